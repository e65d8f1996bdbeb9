"""Files and notices outlive the profile: every code is taken from under them, and every way in and out goes on."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.notify.domain.delivery import Later
from shared.events.agencies import WorkOrderReferred
from shared.events.ids import new_id
from shared.events.permit_base import PermitEvent
from shared.events.permits import PermitOverdue, PermitPaused
from shared.events.reports import ReportCommented, ReportMerged
from shared.events.work_orders import WorkOrderAssigned, WorkOrderEscalated, WorkOrderPaused
from shared.kernel import now
from shared.town import Town
from shared.town.base import Text
from shared.town.work import Routing, RoutingOutcome, ServiceLevel, Target, Team
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, NotifyInMemory, maehia
from tests.support.notify_pages import inbox_link, open_inbox
from tests.support.oidc import FakeIssuer

NAME = Text(th="ศูนย์รับเรื่อง", en="Front office")
STAFF = ("crew", "officer", "examiner", "signatory", "supervisor")


def another_town() -> Town:
    """The same town after a reform: not one code is left."""
    outcome = RoutingOutcome(team="front-office", priority="normal", service_level="one-level")
    level = ServiceLevel(name=NAME, calendar="working", targets={"normal": Target(resolve_minutes=600)})
    changes: dict[str, Any] = {
        "categories": {}, "groups": {}, "zones": (), "agencies": {}, "posts": {}, "escalation": (), "permits": {},
        "permit_escalation": (), "signatories": (), "notices": (), "templates": {},
        "teams": {"front-office": Team(name=NAME, unit=NAME, kind="triage")}, "service_levels": {"one-level": level},
        "routing": Routing(version="reform", rules=(), fallback=outcome),
    }  # fmt: skip
    return Town.model_construct(**{**dict(maehia()), **changes})


def told_of(story: Story) -> list[Any]:
    """All kinds of word of a report, with every code that a profile can name."""
    return [
        story.submitted(zone=maehia().zones[0].code), story.created(zone=maehia().zones[0].code),
        story.of_work(WorkOrderAssigned, previous_team="works-roads"),
        story.of_work(WorkOrderPaused, reason="part", resume_at=BEGAN),
        story.of_work(WorkOrderReferred, agency="pwa", status="sent"),
        story.of_work(WorkOrderEscalated, clock="resolve", percent=100, due_at=BEGAN, level="director"),
        story.of_report(ReportCommented, by="public", text="ยังรออยู่"), story.followed("follower-1"), story.completed(),
    ]  # fmt: skip


def told_of_permit(story: Story, kind: str = "house-new") -> list[Any]:
    overdue = {"permit_type": kind, "due_at": BEGAN, "percent": 75, "level": "head"}
    words: list[tuple[type[PermitEvent], dict[str, Any]]] = [
        (PermitPaused, {"permit_type": kind, "reason": "documents"}), (PermitOverdue, overdue),
    ]  # fmt: skip
    return [story.applied(permit_type=kind), *(story.of_permit(event, **fields) for event, fields in words)]


@pytest.fixture
async def notify() -> NotifyInMemory:
    """Notify of the other town over what was stored under the old one, some of it still to be sent."""
    old, report, permit = NotifyInMemory(), Story(reference=REFERENCE), Story(reference="MH-7GX2-01CQ")
    old.email.answers = [Later("mail-server-away")] * 5
    await old.hear(report.contact(), *told_of(report), *told_of_permit(permit))
    new = NotifyInMemory(another_town(), old)
    new.report, new.permit = report, permit  # type: ignore[attr-defined]
    return new


async def test_what_was_still_to_be_sent_ends_with_its_reason(notify: NotifyInMemory) -> None:
    waiting = [one for _, one in notify.deliveries() if not one.ended]
    assert {one.state for one in waiting} == {"retrying"}
    await notify.work_at(now() + timedelta(minutes=10))
    await notify.work_at(now() + timedelta(days=2))
    assert {one.state for _, one in notify.deliveries()} <= {"sent", "skipped"}
    assert {one.reason for _, one in notify.deliveries() if one.state == "skipped"} <= {"no-template", "no-contact"}


async def test_every_handler_and_timer_goes_on(notify: NotifyInMemory) -> None:
    report: Story = notify.report  # type: ignore[attr-defined]
    permit: Story = notify.permit  # type: ignore[attr-defined]
    merged = report.of_report(ReportMerged, into=new_id(), into_reference="MH-0000-0000")
    fresh = Story(reference="MH-1111-1111")
    await notify.hear(*told_of(report), *told_of_permit(permit), merged, *told_of(fresh), *told_of_permit(fresh))
    await notify.hear(report.contact("follower-1"), report.erased("reporter"), report.erased("follower-1"))
    await notify.work_at(now() + timedelta(days=2))


@pytest.mark.parametrize("language", ["th", "en"])
async def test_every_page_and_route_goes_on(
    notify: NotifyInMemory, client: httpx.AsyncClient, issuer: FakeIssuer, language: str
) -> None:
    report: Story = notify.report  # type: ignore[attr-defined]
    own = [inbox_link(report, party) for party in ("reporter", "follower-1")]
    own.append(httpx.URL(notify.links.preferences(report.case_id, "reporter")))
    client.cookies.set("language", language)
    for address in own:
        answer = await client.get(address, headers=BROWSER, follow_redirects=True)
        assert answer.status_code == 200, address
    for role in STAFF:
        token = issuer.token(sub="s", roles=[role], team="front-office", town="maehia")
        headers = BROWSER | {"authorization": f"Bearer {token}"}
        assert (await client.get("/inbox", headers=headers)).status_code == 200, role
        for asked in ({}, {"reference": REFERENCE}, {"state": "retrying"}, {"channel": "email"}):
            answer = await client.get("/api/v1/deliveries", params=asked, headers=headers)
            assert answer.status_code == 200, asked
            for one in answer.json()["items"]:
                assert (await client.get(f"/api/v1/deliveries/{one['id']}", headers=headers)).status_code == 200


async def test_the_inbox_still_says_that_something_was_told(notify: NotifyInMemory, client: httpx.AsyncClient) -> None:
    report: Story = notify.report  # type: ignore[attr-defined]
    answer = await open_inbox(client, report, "reporter")
    assert f"มีความคืบหน้าของเรื่องเลขที่ {REFERENCE}" in answer.text
