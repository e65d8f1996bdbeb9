"""What an agency says of a report: the lines that it leaves, who has it then, and what its page tells."""

from typing import Any

import pytest

from services.intake.domain.progress import record_work
from services.intake.domain.report import Report
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.work_orders import WorkOrderAcknowledged, WorkOrderCompleted, WorkOrderCreated, WorkOrderEvent
from tests.support.reports import ORDER, after, report, work

DUE = after(600)


def moved(now: Report, *events: WorkOrderEvent) -> Report:
    """What is left of a report when its work says this, a minute after another."""
    for minute, event in enumerate(events, start=1):
        now = record_work(now, event, ORDER, after(minute), late=False, reopen_days=14).state
    return now


def with_agency(*events: WorkOrderEvent) -> Report:
    referred = work(WorkOrderReferred, agency="pea", level="agency")
    return moved(report(), work(WorkOrderCreated), work(WorkOrderAcknowledged), referred, *events)


def test_referred_work_says_to_whom_and_what_the_agency_said() -> None:
    answered = work(
        WorkOrderAgencyAnswered, agency="pea", level="agency", answer="answered", agency_reference="W-77",
        expected_at=DUE, note="ส่งทีมแล้ว",
    )  # fmt: skip
    now = with_agency(work(WorkOrderAgencyTold, agency="pea", level="agency", status="sent"), answered)
    assert (now.state, now.agency, now.agency_reference, now.agency_expected_at) == ("referred", "pea", "W-77", DUE)
    line = now.timeline[-1]
    assert (line.type, line.status, line.private_note, line.expected_at) == ("agency_answered", "answered", "W-77", DUE)
    assert (line.note, line.public_note) == ("ส่งทีมแล้ว", None)


@pytest.mark.parametrize(
    "news",
    [
        work(WorkOrderAgencyAnswered, agency="pea", answer="done", level="agency"),
        work(WorkOrderAgencyAnswered, agency="pea", answer="answered", late=True),
        work(WorkOrderAgencyChased, agency="pea", reason="reminder", level="agency"),
    ],
)
def test_other_words_of_an_agency_move_nothing(news: WorkOrderEvent) -> None:
    assert (with_agency(news).state, with_agency(news).agency) == ("referred", "pea")


@pytest.mark.parametrize(
    ("holder", "state"), [({"level": "crew"}, "acknowledged"), ({"team": None, "level": "triage"}, "received")]
)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (WorkOrderAgencyTold, {"status": "failed"}),
        (WorkOrderAgencyAnswered, {"answer": "declined"}),
        (WorkOrderTakenBack, {}),
    ],
)
def test_work_that_an_agency_does_not_have_any_more_is_the_towns_again(
    kind: type[WorkOrderEvent], said: dict[str, Any], holder: dict[str, Any], state: str
) -> None:
    now = with_agency(work(kind, agency="pea", **said, **holder))
    assert (now.state, now.agency, now.agency_reference) == (state, None, None)


def test_a_late_word_of_an_agency_is_a_line_of_a_report_that_is_answered() -> None:
    late = work(WorkOrderAgencyAnswered, agency="pea", answer="done", late=True, note="เสร็จแล้ว")
    now = with_agency(work(WorkOrderCompleted, agency="pea"), late)
    assert (now.state, now.timeline[-1].type, now.timeline[-1].note) == ("resolved", "agency_answered", "เสร็จแล้ว")
