"""What a report's page says when the town checks the work, sends it back, or splits it between teams."""

from datetime import timedelta

from services.intake.domain import resident
from services.intake.domain.progress import close_when_over, record_work
from services.intake.domain.report import Report
from shared.events.work_orders import (
    WorkOrderAcknowledged,
    WorkOrderCancelled,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEvent,
    WorkOrderSentBack,
    WorkOrderSplit,
    WorkOrderStarted,
    WorkOrderVerified,
)
from tests.support.reports import ORDER, OTHER_ORDER, after, report, work

DUE = after(240)


def told(before: Report, *news: WorkOrderEvent, order: str = ORDER, late: bool = False) -> Report:
    for minute, one in enumerate(news, start=len(before.timeline)):
        before = record_work(before, one, order, after(minute), late=late, reopen_days=14).state
    return before


def done() -> Report:
    return told(
        report(),
        work(WorkOrderCreated, due_at=DUE),
        work(WorkOrderAcknowledged),
        work(WorkOrderCompleted, before=["/p/before", "//elsewhere/x"], photos=["/p/after"], late=True),
    )


def test_what_is_sent_back_is_open_again_with_the_promise_as_it_was() -> None:
    again = told(done(), work(WorkOrderSentBack, reason="ถนนยังทรุด", due_at=DUE))

    assert (again.state, again.outcome, again.resolved_at, again.reopen_until) == ("assigned", None, None, None)
    assert (again.due_at, again.was_late, again.work_order) == (DUE, False, ORDER)
    assert again.timeline[-1].type == "sent_back"
    assert close_when_over(again, after(0) + timedelta(days=40)) is None


def test_the_same_work_speaks_for_the_report_until_it_is_done_anew() -> None:
    again = told(done(), work(WorkOrderSentBack, reason="x"), work(WorkOrderStarted), work(WorkOrderCompleted))

    assert [line.type for line in again.timeline[-3:]] == ["sent_back", "on_the_way", "completed"]
    assert (again.state, again.outcome) == ("resolved", "fixed")


def test_why_it_was_sent_back_is_the_staff_s() -> None:
    line = told(done(), work(WorkOrderSentBack, reason="ช่างทำไม่เรียบร้อย")).timeline[-1]

    assert (line.note, line.public_note, line.private_note) == (None, None, None)


def test_work_that_the_resident_has_opened_again_is_not_taken_back_by_what_came_before() -> None:
    reopened = resident.reopen(done(), after(60), "ยังรั่ว").state
    stays = told(reopened, work(WorkOrderSentBack, reason="x"))

    assert (stays.state, stays.work_order) == ("received", None)


def test_a_report_that_is_closed_for_good_stays_closed() -> None:
    closed = close_when_over(done(), after(0) + timedelta(days=20))
    assert closed is not None

    assert told(closed.state, work(WorkOrderSentBack, reason="x")).state == "closed"
    assert told(done(), work(WorkOrderSentBack, reason="x"), late=True).state == "resolved"
    assert told(done(), work(WorkOrderSentBack, reason="x"), order=OTHER_ORDER).state == "resolved"


def test_a_check_by_the_town_is_a_line_and_one_by_the_resident_is_their_rating() -> None:
    assert told(done(), work(WorkOrderVerified, by="staff")).timeline[-1].type == "verified"
    assert told(done(), work(WorkOrderVerified, by="reporter")) == done()


def test_photos_of_before_and_after_are_told_apart_and_only_the_town_s_own_are_shown() -> None:
    line = done().timeline[-1]

    assert (line.pictures_before, line.pictures) == (["/p/before"], ["/p/after"])


def test_split_work_is_in_hand_and_its_shares_move_nothing() -> None:
    whole = told(report(), work(WorkOrderCreated, due_at=DUE), work(WorkOrderSplit, children=[OTHER_ORDER], due_at=DUE))
    shares = told(
        whole,
        work(WorkOrderCreated, parent=ORDER, team="works-roads", due_at=after(500)),
        work(WorkOrderAcknowledged, parent=ORDER, team="works-roads"),
        work(WorkOrderCompleted, parent=ORDER, team="works-roads", note="เสร็จ", photos=["/p/1"]),
        work(WorkOrderCancelled, parent=ORDER, outcome="not_ours"),
        order=OTHER_ORDER,
    )

    assert whole.state == "acknowledged"
    assert [line.type for line in shares.timeline[-3:]] == ["share_begun", "share_over", "share_over"]
    assert shares.timeline[-2].pictures == []
    assert shares.model_dump(exclude={"timeline", "updated_at"}) == whole.model_dump(exclude={"timeline", "updated_at"})
    assert told(shares, work(WorkOrderCompleted)).state == "resolved"
