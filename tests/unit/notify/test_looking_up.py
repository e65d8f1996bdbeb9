"""A reporter's contact is shown to those who have to speak with them, for a reason, so often, and it is told."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.notify.domain import revealing
from services.notify.domain.file import CaseFile
from shared.kernel import Reject
from shared.kernel.mongo_trail import TrailFilter
from shared.people import Person
from shared.town.models import Calls
from tests.support.notify_events import Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, NotifyInMemory
from tests.support.notify_pages import staff
from tests.support.oidc import FakeIssuer

PHONE = "081-234-5678"
TEAM = "works-water"
LOOK_UP = f"/api/v1/notify/contacts/{REFERENCE}/look-up"


async def reported(notify: NotifyInMemory, story: Story, **contact: Any) -> None:
    await notify.hear(story.submitted(), story.contact(**{"phone": PHONE, **contact}), story.created())


async def test_an_officer_sees_it_and_the_look_is_told_without_the_contact(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    officer = staff(issuer, "officer")
    answer = await client.post(LOOK_UP, json={"reason": "details"}, headers=officer)
    assert (answer.status_code, answer.json()["phone"], answer.json()["name"]) == (200, PHONE, "สมหญิง ใจดี")
    (said,) = notify.said("files")
    assert (said["ce_type"], said["ce_audience"]) == ("onestop.notice.contact-shown.v1", "reporter")
    (entry,) = notify.service.tables["files"].outbox
    assert PHONE not in repr(entry)
    (line,) = notify.service.tables["files"].lines[story.case_id]
    assert (line.act, line.who.sub, line.reference, line.changes) == ("look-up", "s", REFERENCE, ())


async def test_the_same_request_again_is_one_look(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    headers = {**staff(issuer, "officer"), "Idempotency-Key": "the-same-press"}
    for _ in range(2):
        assert (await client.post(LOOK_UP, json={"reason": "details"}, headers=headers)).status_code == 200
    assert len(notify.said("files")) == 1


@pytest.mark.parametrize(
    ("roles", "team", "status"),
    [
        (("officer",), None, 200),
        (("supervisor",), None, 200),
        (("crew",), TEAM, 200),
        (("crew",), "works-roads", 403),
        (("crew",), None, 403),
        (("examiner",), None, 403),
    ],
)
async def test_who_may(
    notify: NotifyInMemory,
    client: httpx.AsyncClient,
    issuer: FakeIssuer,
    story: Story,
    roles: tuple[str, ...],
    team: str | None,
    status: int,
) -> None:
    await reported(notify, story)
    answer = await client.post(LOOK_UP, json={"reason": "details"}, headers=staff(issuer, *roles, team=team))
    assert answer.status_code == status
    assert bool(notify.said("files")) == (status == 200), "a refusal tells of no look"


def test_a_crew_may_only_where_the_town_says_so() -> None:
    crew = Person(sub="c", roles=frozenset({"crew"}), team=TEAM)
    file = CaseFile(reference=REFERENCE, owner="reporter", team=TEAM)
    assert revealing.may_look_up(crew, file, Calls(crew=True))
    assert not revealing.may_look_up(crew, file, Calls(crew=False))


def test_an_applicants_contact_is_not_looked_up_here() -> None:
    """Who works on a permit has it before them."""
    officer = Person(sub="o", roles=frozenset({"officer"}))
    with pytest.raises(Reject, match="not-yours-to-call"):
        revealing.need_look_up(officer, CaseFile(owner="applicant"), Calls())


async def test_who_looks_up_more_than_anybody_calls_is_stopped(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    most = notify.town.calls.most_an_hour
    headers = staff(issuer, "officer")
    answers = [await client.post(LOOK_UP, json={"reason": "other"}, headers=headers) for _ in range(most + 1)]
    assert [answer.status_code for answer in answers] == [200] * most + [429]
    other = {"authorization": f"Bearer {issuer.token(sub='t', roles=['officer'], town='maehia')}"}
    assert (await client.post(LOOK_UP, json={"reason": "other"}, headers=other)).status_code == 200


async def test_who_asks_for_many_at_once_gets_no_more_than_one_after_the_other(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reported(notify, story)

    async def none_yet(*_: object) -> list[object]:  # what each of them finds in the trail before any has written
        return []

    monkeypatch.setattr(type(notify.store.trail), "newest", none_yet)
    headers, most = staff(issuer, "officer"), notify.town.calls.most_an_hour
    asked = [client.post(LOOK_UP, json={"reason": "other"}, headers=headers) for _ in range(most + 5)]
    codes = sorted([answer.status_code for answer in await asyncio.gather(*asked)])
    assert codes == [200] * most + [429] * 5


@pytest.mark.parametrize("how", ["none", "erased", "only a name"])
async def test_where_there_is_no_contact_nothing_is_shown_and_nothing_told(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story, how: str
) -> None:
    await notify.hear(story.submitted(() if how == "none" else ("reporter",)))
    if how == "erased":
        await notify.hear(story.contact(phone=PHONE), story.erased())
    if how == "only a name":
        await notify.hear(story.contact(email=None))
    answer = await client.post(LOOK_UP, json={"reason": "details"}, headers=staff(issuer, "officer"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no-contact")
    assert notify.said("files") == []


async def test_the_page_asks_for_the_reason_shows_the_number_and_leads_back(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    headers = {**staff(issuer, "crew", team=TEAM), **BROWSER}
    asked = await client.get(f"/inbox/contact/{REFERENCE}?back=/crew", headers=headers)
    assert asked.status_code == 200
    assert PHONE not in asked.text
    form = {"reason": "appointment", "back": "/crew", "key": "press-one-of-these"}
    shown = await client.post(f"/inbox/contact/{REFERENCE}", data=form, headers=headers)
    assert (shown.status_code, f'href="tel:{PHONE}"' in shown.text, 'href="/crew"' in shown.text) == (200, True, True)
    unsaid = await client.post(f"/inbox/contact/{REFERENCE}", data={"back": "https://evil.example"}, headers=headers)
    assert (unsaid.status_code, PHONE in unsaid.text, "evil" in unsaid.text) == (422, False, False)


@pytest.mark.parametrize("typed", [PHONE, "0812345678", "+66 (0)81 234 5678", "๐๘๑-๒๓๔-๕๖๗๘"])
async def test_earlier_reports_of_the_caller_are_found_however_the_number_is_typed(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story, typed: str
) -> None:
    await reported(notify, story)
    assert (await callers(client, staff(issuer, "officer"), typed)).json() == {"references": [REFERENCE]}
    assert (await callers(client, staff(issuer, "officer"), "0899999999")).json() == {"references": []}


async def callers(client: httpx.AsyncClient, headers: dict[str, str], phone: str, **more: str) -> httpx.Response:
    """Earlier reports of whoever rings up from there."""
    asked = {"caller": "phone", "phone": phone, **more}
    return await client.post("/api/v1/notify/contacts/reports", json=asked, headers=headers)


async def test_who_asks_for_a_callers_reports_says_where_the_caller_is_and_has_a_number(
    client: httpx.AsyncClient, issuer: FakeIssuer
) -> None:
    officer = staff(issuer, "officer")
    assert (await callers(client, officer, "")).status_code == 422
    assert (await callers(client, officer, PHONE, caller="")).status_code == 422
    assert (await callers(client, staff(issuer, "crew", team=TEAM), PHONE)).status_code == 403


async def test_who_asked_for_a_callers_reports_and_what_was_found_stands_in_the_trail_without_the_number(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    await callers(client, staff(issuer, "officer"), PHONE)
    ((_, line),) = await notify.store.trail.newest(TrailFilter(sub="s"), 9)
    assert (line.act, line.reference, line.case_id) == ("same-contact", "", "")
    assert [(one.field, one.new) for one in line.changes] == [("caller", "phone"), ("found", [REFERENCE])]
    assert PHONE not in repr(line)


async def test_a_callers_reports_count_with_the_looks_of_the_hour(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await reported(notify, story)
    most, officer = notify.town.calls.most_an_hour, staff(issuer, "officer")
    answers = [await callers(client, officer, f"08123456{number:02}") for number in range(most + 1)]
    assert [answer.status_code for answer in answers] == [200] * most + [429]
    assert (await client.post(LOOK_UP, json={"reason": "other"}, headers=officer)).status_code == 429


@pytest.mark.parametrize("kept_back", ["hidden", "followed"])
async def test_a_caller_is_not_led_to_what_was_told_in_confidence_or_to_what_they_only_follow(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story, kept_back: str
) -> None:
    """Whoever has the number of somebody may ring up and say that it is theirs."""
    party = "follower-01" if kept_back == "followed" else "reporter"
    shown = {"shown": False} if kept_back == "hidden" else {}
    await notify.hear(story.submitted((party,), **shown), story.contact(party, phone=PHONE))
    assert (await callers(client, staff(issuer, "officer"), PHONE)).json() == {"references": []}


async def test_the_same_request_minutes_later_is_another_look_and_shows_nothing(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds the request in a browser's list sends it again, and nobody would know."""
    await reported(notify, story)
    headers = {**staff(issuer, "officer"), "Idempotency-Key": "the-same-press"}
    await client.post(LOOK_UP, json={"reason": "details"}, headers=headers)
    monkeypatch.setattr("services.notify.revealing.REPEATED", timedelta(0))
    again = await client.post(LOOK_UP, json={"reason": "details"}, headers=headers)
    assert (again.status_code, again.json()["code"], PHONE in again.text) == (409, "looked-up-already", False)
