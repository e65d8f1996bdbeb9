"""What was sent again and again is told once, and what is still waited for is never folded away."""

from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.progress import record_notice, record_work
from services.intake.domain.states import LINES_OF_EVENT
from services.intake.pages.timeline import arrange
from shared.events.base import Event
from shared.events.catalogue import FAMILIES
from shared.events.incidents import OF_INCIDENTS
from shared.events.notices import NoticeSent
from shared.events.reports import REPORT_EVENTS, ReportLinkRenewed
from shared.events.work_orders import WorkOrderEvent
from tests.support.reports import AT, CASE, NO_LINE, ORDER, after, by_mail, report
from tools.contract.examples import EXAMPLES

OF_REPORTS = [one for one in FAMILIES["work-orders"].events if one not in OF_INCIDENTS]


def step(minute: int, **entry: Any) -> dict[str, Any]:
    return {"at": AT + timedelta(minutes=minute), "type": "routed", "text": "ส่งถึงทีม", **entry}


def mail(minute: int, status: str = "sent", text: str = "ส่งอีเมลแล้ว") -> dict[str, Any]:
    return step(minute, type="notice", status=status, text=text)


def test_messages_that_went_the_same_way_are_one_line_that_counts() -> None:
    lines = arrange([step(0), mail(1), step(2), mail(3), step(4), mail(5)])
    assert [(one["type"], one["times"]) for one in lines] == [
        ("routed", 1), ("routed", 1), ("routed", 1), ("notice", 3),
    ]  # fmt: skip
    assert lines[-1]["at"] == AT + timedelta(minutes=5)


def test_steps_that_repeat_stay() -> None:
    assert len(arrange([step(0), step(1)])) == 2


def test_each_message_that_failed_stays_where_it_happened() -> None:
    lines = arrange([mail(1, "failed", "ส่งไม่สำเร็จ"), mail(2), mail(3, "failed", "ส่งไม่สำเร็จ"), mail(4)])
    assert [(one["status"], one["times"]) for one in lines] == [("failed", 1), ("failed", 1), ("sent", 2)]


def test_what_was_not_sent_is_counted_apart() -> None:
    lines = arrange([mail(1), mail(2, "skipped", "ไม่ได้ส่ง"), mail(3), mail(4, "skipped", "ไม่ได้ส่ง")])
    assert [(one["status"], one["times"]) for one in lines] == [("sent", 2), ("skipped", 2)]


def about(minute: int, event: str, status: str = "sent") -> dict[str, Any]:
    """A mail, sent long afterwards, about what happened in that minute."""
    return {**mail(60 + minute, status), "about": event, "about_at": AT + timedelta(minutes=minute)}


CREATED, STARTED = "onestop.work-order.created.v1", "onestop.work-order.started.v1"


def test_a_message_stands_with_the_step_that_it_told_of() -> None:
    on_the_way = step(2, type="on_the_way", text="กำลังเดินทาง")
    lines = arrange([step(1), on_the_way, about(2, STARTED), about(1, CREATED, "failed")])
    assert [(one["type"], [mark["status"] for mark in one["notices"]]) for one in lines] == [
        ("routed", ["failed"]), ("on_the_way", ["sent"]),
    ]  # fmt: skip


def test_two_steps_of_one_moment_keep_their_own_messages() -> None:
    both = [step(1), step(1, type="acknowledged", text="รับงานแล้ว")]
    lines = arrange([*both, about(1, "onestop.work-order.acknowledged.v1")])
    assert [(one["type"], len(one["notices"])) for one in lines] == [("routed", 0), ("acknowledged", 1)]


def test_messages_about_no_step_of_this_report_are_folded_as_before() -> None:
    elsewhere = about(7, STARTED)
    unknown = about(1, "onestop.work-order.praised.v1")  # of a newer service
    unsaid = {**mail(90), "about": CREATED}  # notify did not say when yet
    lines = arrange([step(1), elsewhere, unknown, unsaid])
    assert [(one["type"], one["times"], one["notices"]) for one in lines] == [("routed", 1, []), ("notice", 3, [])]


def test_every_event_that_makes_a_line_can_be_told_of() -> None:
    every = (*REPORT_EVENTS, *OF_REPORTS)
    makes_none = {ReportLinkRenewed.type, *(one.type for one in NO_LINE)}  # who else had the link is nobody's to read
    assert set(LINES_OF_EVENT) == {event.type for event in every if not event.always_public} - makes_none


@pytest.mark.parametrize(
    "event", [one for one in OF_REPORTS if not one.always_public and one not in NO_LINE], ids=lambda one: one.type
)
def test_what_dispatch_says_and_the_mail_about_it_meet(event: type[Event]) -> None:
    said = EXAMPLES[event.type].event
    assert isinstance(said, WorkOrderEvent)
    then = record_work(report(), said, ORDER, after(5), late=False, reopen_days=14).state
    notice = NoticeSent(
        case_id=CASE, reference=then.reference, about=event.type, happened_at=after(5), audience="reporter",
        channels=by_mail("sent"),
    )  # fmt: skip
    step = record_notice(then, notice, after(6))
    assert step is not None
    lines = arrange([{**entry.model_dump(), "text": entry.type} for entry in step.state.timeline])
    assert [len(one["notices"]) for one in lines] == [0, 1]
