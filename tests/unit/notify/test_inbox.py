"""The inbox over HTTP, with the real app on a store in memory: a citizen's by their link, and an office's."""

import httpx
import pytest

from services.notify.access import rungs_of
from services.notify.domain.delivery import Later, Outcome, Refused, Sent
from shared.events.work_orders import WorkOrderEscalated
from shared.people import Person
from shared.secret_links import case_secret
from shared.town import load_town
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work
from tests.support.notify_pages import inbox_link, open_inbox, staff
from tests.support.oidc import FakeIssuer
from tests.support.source import ROOT


async def test_the_secret_link_opens_the_citizens_inbox(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact(), story.created())
    answer = await open_inbox(client, story, "reporter")
    assert answer.status_code == 200
    assert f"ได้รับเรื่องของท่านแล้ว เลขที่ {REFERENCE}" in answer.text
    assert "อีเมล · ส่งแล้ว" in answer.text
    assert "งานใหม่" not in answer.text, "what the team is told is not the citizen's"
    assert "example.org" not in answer.text


async def test_the_secret_stands_in_the_address_of_the_first_visit_only(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    first = await client.get(inbox_link(story, "reporter"), headers=BROWSER)
    secret = case_secret(SECRET, story.case_id)
    assert first.status_code == 303
    assert secret not in first.headers["location"]
    kept = first.headers["set-cookie"]
    assert kept.startswith(f"case-{REFERENCE}={secret};")
    assert all(part in kept for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert first.headers["referrer-policy"] == "no-referrer"
    again = await client.get("/inbox", params={"reference": REFERENCE}, headers=BROWSER)
    assert again.status_code == 200
    assert secret not in again.text


@pytest.mark.parametrize("place", ["track/{}?secret=", "permits/{}?secret=", "inbox?reference={}&secret="])
async def test_a_link_that_was_pasted_whole_opens_the_inbox(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, place: str
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    link = f" http://localhost:8080/{place.format(REFERENCE)}{case_secret(SECRET, story.case_id)} "
    answer = await client.post("/inbox", data={"link": link}, headers=BROWSER, follow_redirects=True)
    assert f"ได้รับเรื่องของท่านแล้ว เลขที่ {REFERENCE}" in answer.text
    wrong = await client.post("/inbox", data={"link": link.strip()[:-1]}, headers=BROWSER)
    assert wrong.status_code == 404


@pytest.mark.parametrize("typed", ["", "?", "http://[", "secret=x", "http://x/track/MH-0000-0000?secret=%00"])
async def test_anything_may_be_pasted(client: httpx.AsyncClient, typed: str) -> None:
    assert (await client.post("/inbox", data={"link": typed}, headers=BROWSER)).status_code == 404


@pytest.mark.parametrize("secret", ["", "wrong", "ไทย", case_secret(SECRET, "0" * 26)])
async def test_a_wrong_secret_and_an_unknown_reference_look_the_same(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, secret: str
) -> None:
    await at_work(notify, story.submitted())
    known = await client.get("/inbox", params={"reference": REFERENCE, "secret": secret}, headers=BROWSER)
    unknown = await client.get("/inbox", params={"reference": "MH-0000-0000", "secret": secret}, headers=BROWSER)
    assert known.status_code == unknown.status_code == 404
    assert known.text.replace(REFERENCE, "") == unknown.text.replace("MH-0000-0000", "")


@pytest.mark.parametrize(
    ("address", "outcome", "said"),
    [
        ("nobody", Sent(), "ส่งไม่สำเร็จ (ที่อยู่อีเมลไม่ถูกต้อง)"),
        ("a@example.org", Later("mail-server-away"), "จะส่งอีกครั้ง (ระบบส่งอีเมลขัดข้องชั่วคราว)"),
        ("a@example.org", Refused("gave-up"), "ส่งไม่สำเร็จ (ลองส่งหลายครั้งแล้วไม่สำเร็จ)"),
        ("a@example.org", Refused("smtp-550"), "ส่งไม่สำเร็จ (ระบบปลายทางไม่รับ)"),
    ],
)
async def test_why_a_mail_did_not_come_is_told_as_it_is(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, address: str, outcome: Outcome, said: str
) -> None:
    notify.email.answers = [outcome]
    await at_work(notify, story.submitted(), story.contact(email=address))
    inbox = await open_inbox(client, story, "reporter")
    assert said in inbox.text


async def test_a_follower_sees_what_followers_are_told(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(
        notify, story.submitted(), story.followed("follower-1"), story.contact("follower-1"), story.completed()
    )
    answer = await open_inbox(client, story, "follower-1")
    assert "ที่ท่านติดตามแก้ไขแล้ว" in answer.text
    assert "ได้รับเรื่องของท่านแล้ว" not in answer.text


async def test_staff_read_what_their_office_was_told(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.created())
    mine = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team="works-water"))
    other = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team="works-roads"))
    assert f"งานใหม่ {REFERENCE}" in mine.text
    assert "งานใหม่" not in other.text


@pytest.mark.parametrize(("team", "told"), [(None, "ยังไม่ได้กำหนดทีม"), ("works-canals", "works-canals")])
async def test_staff_whose_inbox_could_only_stay_empty_read_why(
    client: httpx.AsyncClient, issuer: FakeIssuer, team: str | None, told: str
) -> None:
    crew = await client.get("/inbox", headers=BROWSER | staff(issuer, "crew", team=team))
    assert crew.status_code == 403
    assert told in crew.text
    assert "ผู้ดูแลบัญชีผู้ใช้" in crew.text
    signatory = await client.get("/inbox", headers=BROWSER | staff(issuer, "signatory", team=team))
    assert signatory.status_code == 200, "told by the role, whatever the team"


def holder(issuer: FakeIssuer, level: str, team: str | None = None) -> dict[str, str]:
    """The headers of somebody who holds a rung of the ladder."""
    token = issuer.token(sub="s", roles=["supervisor"], team=team, town="maehia", level=level)
    return {"authorization": f"Bearer {token}"}


async def test_a_level_reads_what_was_told_to_it_and_the_rest_only_when_asked_for(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    told = story.of_work(WorkOrderEscalated, clock="resolve", percent=100, due_at=BEGAN, level="director")
    await at_work(notify, story.submitted(), story.created(), told)
    mine = await client.get("/inbox", headers=BROWSER | holder(issuer, "director", "works-roads"))
    other = await client.get("/inbox", headers=BROWSER | holder(issuer, "director", "health-waste"))
    above = await client.get("/inbox", headers=BROWSER | holder(issuer, "mayor"))
    asked = await client.get("/inbox?levels=all", headers=BROWSER | holder(issuer, "mayor"))

    assert [REFERENCE in each.text for each in (mine, other, above, asked)] == [True, False, False, True]


def test_a_post_that_several_teams_share_reads_what_comes_of_each_of_them() -> None:
    town = load_town(ROOT / "deploy/municipalities/maehia")
    clerk = Person(sub="c", roles=frozenset({"supervisor"}), level="clerk")
    head = Person(sub="h", roles=frozenset({"supervisor"}), level="head", team="works-roads")

    assert {f"level:clerk:{team}" for team in town.teams} <= {*rungs_of(clerk, town)}
    assert "level:head:works-roads" in rungs_of(head, town)
    assert "level:head:works-water" in rungs_of(head, town)  # the same post
    assert "level:head:health-waste" not in rungs_of(head, town)
    assert rungs_of(Person(sub="o", roles=frozenset({"officer"})), town) == []
