"""What residents may do, when, and what is told then."""

import pytest

from services.intake.domain import resident
from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from shared.events.reports import ReportClosed, ReportCommented, ReportRated, ReportReopened, ReportWithdrawn
from shared.events.work_orders import WorkOrderCompleted, WorkOrderCreated
from shared.kernel import Reject
from tests.support.reports import ORDER, after, report, work


def resolved() -> Report:
    held = record_work(report(), work(WorkOrderCreated), ORDER, after(1), late=False, reopen_days=14).state
    return record_work(held, work(WorkOrderCompleted), ORDER, after(2), late=False, reopen_days=14).state


def test_a_comment_is_a_line_and_is_told() -> None:
    step = resident.comment(report(photos=["a" * 32]), after(1), by="reporter", text="น้ำเข้าบ้าน", photos=["b" * 32])
    assert step.state.timeline[-1].photos == [2]
    assert step.state.photos == ["a" * 32, "b" * 32]
    assert isinstance(step.events[0], ReportCommented)
    assert step.events[0].photos == 1


def test_a_closed_report_takes_no_comments() -> None:
    with pytest.raises(Reject, match="closed"):
        resident.comment(report(state="closed"), after(1), by="staff", text="x")


def test_photos_are_bounded() -> None:
    many = [f"{number:032x}" for number in range(resident.PHOTOS_WITH_COMMENTS + 1)]
    with pytest.raises(Reject, match="too-many-photos"):
        resident.comment(report(), after(1), by="reporter", text="x", photos=many)


def test_a_report_that_nobody_follows_is_closed_when_withdrawn() -> None:
    step = resident.withdraw(report(work_order=ORDER), after(1), "หายแล้ว")
    assert (step.state.state, step.state.outcome) == ("closed", "withdrawn")
    withdrawn, closed = step.events
    assert isinstance(withdrawn, ReportWithdrawn)
    assert isinstance(closed, ReportClosed)
    late = record_work(step.state, work(WorkOrderCompleted), ORDER, after(2), late=False, reopen_days=14).state
    assert late.outcome == "withdrawn"


def test_work_goes_on_for_followers_of_a_withdrawn_report() -> None:
    step = resident.withdraw(report(followers=1), after(4), None)
    assert step.state.is_open
    with pytest.raises(Reject, match="already-withdrawn"):
        resident.withdraw(step.state, after(5), None)


def test_an_answered_report_cannot_be_withdrawn() -> None:
    with pytest.raises(Reject, match="already-ended"):
        resident.withdraw(resolved(), after(5), None)


def test_each_resolution_is_rated_once() -> None:
    with pytest.raises(Reject, match="not-resolved"):
        resident.rate(report(), after(5), stars=5, text=None)
    step = resident.rate(resolved(), after(5), stars=2, text="ยังซึม")
    assert isinstance(step.events[0], ReportRated)
    assert step.events[0].stars == 2
    with pytest.raises(Reject, match="already-rated"):
        resident.rate(step.state, after(6), stars=5, text=None)
    assert resident.reopen(step.state, after(7), None).state.stars is None


def test_reopening_tells_everything_that_routing_needs() -> None:
    step = resident.reopen(resolved(), after(60), "ยังรั่ว")
    (said,) = step.events
    assert isinstance(said, ReportReopened)
    assert (said.times, said.text, said.reason) == (1, step.state.text, "ยังรั่ว")
    assert said.location is not None
    assert (step.state.state, step.state.outcome, step.state.team) == ("received", None, None)


def test_reopening_ends_with_the_window_counted_from_the_resolution() -> None:
    done = resolved()
    assert done.reopen_until is not None
    assert resident.reopen(done, done.reopen_until, None).state.is_open
    with pytest.raises(Reject, match="too-late-to-reopen"):
        resident.reopen(done, done.reopen_until.replace(year=2027), None)


def test_what_is_open_or_was_withdrawn_cannot_be_reopened() -> None:
    with pytest.raises(Reject, match="still-open"):
        resident.reopen(report(), after(1), None)
    with pytest.raises(Reject, match="not-resolved"):
        resident.reopen(resident.withdraw(report(), after(1), None).state, after(2), None)
