"""Work that waits: its clock stands still, and it goes on by itself when the crew said it would."""

from datetime import timedelta

import pytest

from services.dispatch.domain import crew_work, pausing
from services.dispatch.domain.acts import in_order
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.history import Acting
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import WorkOrderPaused, WorkOrderResumed
from shared.kernel import Reject
from tests.support.work import MONDAY, SOMCHAI, by, order, town, wake_at

HOUR = timedelta(hours=1)
LATER = MONDAY + HOUR


def on_site() -> WorkOrder:
    return crew_work.start(town(), order(), by(SOMCHAI, LATER), stage="on_site").state


def test_a_pause_stops_the_clock_and_resuming_moves_it() -> None:
    before = on_site()
    waits = pausing.pause(town(), before, by(SOMCHAI, LATER), reason="part", resume_at=LATER + 2 * HOUR, note="รอข้อต่อ")
    goes = pausing.resume(town(), waits.state, by(SOMCHAI, LATER + HOUR))
    paused, resumed = waits.events[-1], goes.events[-1]

    assert isinstance(paused, WorkOrderPaused)
    assert (paused.reason, paused.resume_at) == ("part", LATER + 2 * HOUR)
    assert goes.state.state == "on_site"
    assert before.due_at is not None
    assert isinstance(resumed, WorkOrderResumed)
    assert resumed.due_at == before.due_at + HOUR  # water runs round the clock


def test_a_pause_without_a_plan_ends_at_an_opening_of_the_office() -> None:
    waits = pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="weather").state

    assert waits.waiting is not None
    assert waits.waiting.resume_at == town().calendar.find_opening_after(LATER, 1)
    assert wake_at(waits) == waits.waiting.resume_at


def test_a_pause_of_hours_ends_on_the_hour_and_one_of_days_when_the_office_opens() -> None:
    hours = pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_in="2h").state.waiting
    days = pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_in="3d").state.waiting

    assert hours is not None
    assert days is not None
    assert (hours.resume_at, days.resume_at) == (LATER + 2 * HOUR, town().calendar.find_opening_after(LATER, 3))


def test_a_pause_may_not_end_in_the_past() -> None:
    with pytest.raises(Reject, match="resume-time"):
        pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_at=LATER)


def test_a_pause_that_nobody_ended_in_time_has_not_lengthened_the_promise() -> None:
    waits = pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_at=LATER + 2 * HOUR).state
    on_time, late = elapse(town(), waits, LATER + 2 * HOUR), elapse(town(), waits, LATER + 9 * HOUR)
    assert on_time is not None
    assert late is not None
    by_hand = crew_work.complete(town(), waits, by(SOMCHAI, LATER + 9 * HOUR), photos=["/p/1"]).state

    assert on_time.state.due_at == late.state.due_at == by_hand.due_at
    assert [pause.until for pause in late.state.pauses] == [LATER + 2 * HOUR]


def ended_by_itself() -> WorkOrder:
    """Paused for two hours, which were over before its crew could be heard."""
    waits = pausing.pause(town(), on_site(), by(SOMCHAI, LATER), reason="part", resume_at=LATER + 2 * HOUR).state
    step = elapse(town(), waits, LATER + 2 * HOUR)
    assert step is not None
    return step.state


def heard(minutes: int) -> Acting:
    """The crew is heard three hours later, of what it did so many minutes after it had begun to wait."""
    return by(SOMCHAI, LATER + 3 * HOUR, LATER + timedelta(minutes=minutes))


def test_a_crew_out_of_reach_that_went_on_sooner_than_planned_has_waited_only_so_long() -> None:
    before, promised = ended_by_itself(), on_site().due_at
    assert promised is not None
    assert before.due_at == promised + 2 * HOUR
    step = pausing.resume(town(), before, in_order(before, heard(60)))
    work = step.state

    assert (work.state, work.due_at) == ("on_site", promised + HOUR)
    assert [pause.until for pause in work.pauses] == [LATER + HOUR]
    assert isinstance(step.events[-1], WorkOrderResumed)
    assert step.events[-1].due_at == work.due_at
    assert work.arrival is not None
    assert (work.arrival.actor, work.arrival.happened) == (SOMCHAI, LATER + HOUR)
    with pytest.raises(Reject, match="stale-action"):
        pausing.resume(town(), work, heard(90))
    with pytest.raises(Reject, match="stale-action"):
        in_order(work, heard(30))


def test_so_it_is_when_it_finished_or_gave_it_back_in_that_time() -> None:
    before, promised = ended_by_itself(), on_site().due_at
    assert promised is not None
    done = crew_work.complete(town(), before, heard(90), photos=["/p/1"]).state
    refused = crew_work.refuse(town(), before, heard(90), reason="x").state

    assert done.due_at == refused.due_at == promised + timedelta(minutes=90)


@pytest.mark.parametrize("minutes", [-10, 120, 150])
def test_what_happened_before_or_after_the_pause_shortens_nothing(minutes: int) -> None:
    with pytest.raises(Reject, match="stale-action"):
        pausing.resume(town(), ended_by_itself(), heard(minutes))
