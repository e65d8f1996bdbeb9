"""Reports in, work orders out: through the real broker and database, however often and in whatever order they come."""

from datetime import timedelta
from typing import Any

from shared.events.reports import (
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportMerged,
    ReportReopened,
    ReportWithdrawn,
)
from shared.events.work_orders import WorkOrderCreated, WorkOrderEscalated
from shared.kernel import now
from tests.support.fieldwork import Fieldwork
from tests.support.work import fresh, town

REFERENCE = "MH-7F3K-9QX2"
LEAK: dict[str, Any] = {"reference": REFERENCE, "category": "water-leak"}


async def test_a_report_reaches_its_team_and_a_second_copy_changes_nothing(field: Fieldwork) -> None:
    report = await field.report(fresh(), copies=3)
    await field.report(fresh(), report, sequence=1)  # the same report under another event id
    work = await field.order_of(report)

    assert (work["team"], work["state"], work["rule"]) == ("works-water", "assigned", "water")
    await field.report(ReportWithdrawn(**LEAK), report, sequence=2, copies=2)
    told = await field.events_of(work["id"], "cancelled")
    assert [envelope.type for envelope, _ in told] == [
        "onestop.work-order.created.v1", "onestop.work-order.cancelled.v1",
    ]  # fmt: skip
    assert [envelope.sequence for envelope, _ in told] == [1, 2]
    created = told[0][1]
    assert isinstance(created, WorkOrderCreated)
    assert (created.reference, created.report_id) == (REFERENCE, report)
    assert told[0][0].team == "works-water"
    assert told[0][0].correlation_id == report


async def test_comments_and_followers_reach_the_work(field: Fieldwork) -> None:
    report = await field.report(fresh())
    await field.report(ReportCommented(**LEAK, by="public", text="น้ำเข้าบ้าน"), report, sequence=2, copies=2)
    await field.report(ReportFollowed(**LEAK, followers=4), report, sequence=3)
    before = await field.order_of(report)
    work = await field.order_of(report, until=lambda found: found["followers"] == 4)

    assert [comment["text"] for comment in work["comments"]] == ["น้ำเข้าบ้าน"]
    assert work["due_at"] == before["due_at"]


async def test_a_later_count_of_followers_is_not_undone_by_an_earlier_one(field: Fieldwork) -> None:
    report = await field.report(fresh())
    await field.report(ReportFollowed(**LEAK, followers=9), report, sequence=5)
    await field.report(ReportFollowed(**LEAK, followers=1), report, sequence=2)
    await field.report(ReportCommented(**LEAK, by="public", text="ยังไม่มา"), report, sequence=6)
    work = await field.order_of(report, until=lambda found: bool(found["comments"]))

    assert work["followers"] == 9


async def test_a_correction_that_comes_after_a_comment_on_it_is_applied_and_after_a_newer_one_noted(
    field: Fieldwork,
) -> None:
    report = await field.report(fresh())
    await field.report(ReportCommented(**LEAK, by="public", text="อยู่ซอยถัดไป"), report, sequence=3)
    await field.order_of(report, until=lambda found: bool(found["comments"]))
    await field.report(ReportAmended(**LEAK, text="ซอย 4"), report, sequence=2)  # replayed: parked before the comment
    await field.order_of(report, until=lambda found: found["text"] == "ซอย 4")
    await field.report(ReportAmended(**LEAK, text="ซอย 6"), report, sequence=5)
    await field.report(ReportAmended(**LEAK, text="ซอย 5"), report, sequence=4)
    await field.report(ReportFollowed(**LEAK, followers=2), report, sequence=1)  # late, yet the first count of all
    work = await field.order_of(report, until=lambda found: found["followers"] == 2)

    assert work["text"] == "ซอย 6"
    assert [line["what"] for line in work["history"]][-3:] == ["amended", "amended", "amended_late"]


async def test_a_duplicate_and_a_correction_find_their_work(field: Fieldwork) -> None:
    double, moved = [await field.report(fresh()) for _ in range(2)]
    await field.report(ReportMerged(**LEAK, into=moved, into_reference="MH-AAAA-BBBB"), double, sequence=2)
    await field.report(ReportAmended(reference=REFERENCE, category="noise"), moved, sequence=2)

    gone = await field.order_of(double, until=lambda found: found["state"] == "cancelled")
    work = await field.order_of(moved, until=lambda found: found["category"] == "noise")
    assert gone["outcome"] == "duplicate"
    assert work["team"] in ("health-environment", "civil-defence")


async def test_a_reopened_report_is_new_work_and_old_copies_do_not_reach_it(field: Fieldwork) -> None:
    report = await field.report(fresh())
    comment = ReportCommented(**LEAK, by="public", text="ก่อนเปิดใหม่")
    await field.report(ReportWithdrawn(**LEAK), report, sequence=2)
    await field.order_of(report, until=lambda found: found["state"] == "cancelled")
    await field.report(ReportReopened(**LEAK, times=1, text="ยังรั่วอยู่"), report, sequence=5, copies=2)
    again = await field.order_of(report, 1)
    await field.report(comment, report, sequence=3)  # late: it was said about the first work
    await field.report(ReportCommented(**LEAK, by="public", text="หลังเปิดใหม่"), report, sequence=6)
    work = await field.order_of(report, 1, until=lambda found: bool(found["comments"]))

    assert again["reopened"] == 1
    assert [each["text"] for each in work["comments"]] == ["หลังเปิดใหม่"]
    assert [each["text"] for each in (await field.order_of(report))["comments"]] == ["ก่อนเปิดใหม่"]


async def test_work_that_was_late_before_we_looked_is_escalated_once_per_rung(field: Fieldwork) -> None:
    report = await field.report(fresh(submitted_at=now() - timedelta(days=4, hours=1)))  # promised: two days
    work = await field.order_of(report, until=lambda found: found["level"] == "clerk")
    assert (await field.act(work["id"], "acknowledge", "supervisor")).json()["state"] == "acknowledged"
    told = await field.events_of(work["id"], "acknowledged")

    rung = [(event.clock, event.percent) for _, event in told if isinstance(event, WorkOrderEscalated)]
    ladder = [(step.clock, step.percent) for step in town().escalation if step.percent <= 200]
    assert rung == ladder
    assert work["late"]
    assert {envelope.correlation_id for envelope, _ in told} == {report}, "timers and acts over HTTP too"
