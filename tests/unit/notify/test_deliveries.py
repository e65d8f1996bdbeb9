"""The list of deliveries over HTTP: what became of each notice, for staff, and nobody's address."""

import httpx
import pytest

from shared.events.permits import PermitAccepted
from shared.references import make_reference
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import REFERENCE, NotifyInMemory, at_work
from tests.support.notify_pages import staff
from tests.support.oidc import FakeIssuer

CASES = {"water": "2", "welfare": "3", "permit": "4"}


BUILDING = {"team": "works-building", "permit_type": "house-new"}


ACCEPTED = {**BUILDING, "lane": "fast", "due_at": BEGAN, "conditions": []}


async def test_deliveries_are_listed_for_staff_without_any_address(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    assert (await client.get("/api/v1/deliveries")).status_code == 401
    for asked in ({"reference": REFERENCE.lower()}, {"case": story.case_id}):
        answer = await client.get("/api/v1/deliveries", params=asked, headers=staff(issuer, "officer"))
        items = answer.json()["items"]
        ((inbox, mail),) = [one["deliveries"] for one in items]
        assert (inbox["channel"], inbox["state"], inbox["attempts"]) == ("inbox", "sent", 1)
        assert (mail["channel"], mail["state"], mail["attempts"]) == ("email", "sent", 1)
        assert "example.org" not in answer.text


# Who asks, and of which teams' reports and of which permits they read the notices.
READERS = [
    (("crew", "works-water"), {"water"}),
    (("crew", "works-roads"), set()),
    (("crew", None), set()),
    (("officer", "triage"), {"water", "welfare", "permit"}),
    (("officer", "works-building"), {"water", "welfare", "permit"}),
    (("officer", "works-roads"), {"water", "welfare"}),
    (("examiner", "works-building"), {"permit"}),
    (("examiner", "works-roads"), set()),
    (("signatory", None), {"permit"}),
    (("supervisor", None), {"water", "welfare", "permit"}),
    (("admin", None), {"water", "welfare", "permit"}),
]


@pytest.mark.parametrize(("who", "reads"), READERS, ids=lambda one: "-".join(sorted(map(str, one))))
async def test_who_reads_notices_reads_those_of_their_own_work_only(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, who: tuple[str, str | None], reads: set[str]
) -> None:
    stories = {name: Story(reference=make_reference("MH", number * 26)) for name, number in CASES.items()}
    water, welfare, permit = (stories[name] for name in ("water", "welfare", "permit"))
    words = [water.submitted(), water.created(), welfare.submitted(), welfare.created(team="welfare")]
    await at_work(notify, *words, permit.applied(**BUILDING), permit.of_permit(PermitAccepted, **ACCEPTED))
    headers = staff(issuer, who[0], team=who[1])
    listed = (await client.get("/api/v1/deliveries", headers=headers)).json()["items"]
    known = {case.reference: name for name, case in stories.items()}
    assert {known[one["reference"]] for one in listed} == reads
    for name, case in stories.items():
        answer = await client.get("/api/v1/deliveries", params={"reference": case.reference}, headers=headers)
        assert bool(answer.json()["items"]) == (name in reads), "and no reference tells that there is a case"
    for notice_id in notify.store.all():
        seen = await client.get(f"/api/v1/deliveries/{notice_id}", headers=headers)
        assert seen.status_code == (200 if notice_id in {one["id"] for one in listed} else 404)


async def test_the_list_pages_through_everything_once(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact(), story.created(), story.completed())
    seen: list[str] = []
    asked: dict[str, str] = {"limit": "3"}
    while True:
        answer = (await client.get("/api/v1/deliveries", params=asked, headers=staff(issuer, "officer"))).json()
        seen += [one["id"] for one in answer["items"]]
        if answer["next"] is None:
            break
        asked["after"] = answer["next"]
    assert sorted(seen) == sorted(notify.store.all())


@pytest.mark.parametrize("after", ["WzFd", "W251bGxd", "WyJ4IiwieSJd", "W10"])  # [1], [null], ["x","y"], []
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx.AsyncClient, issuer: FakeIssuer, after: str) -> None:
    answer = await client.get("/api/v1/deliveries", params={"after": after}, headers=staff(issuer, "officer"))
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor")
