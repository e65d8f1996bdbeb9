"""An officer judges how urgent work is: the promises change with it, counted from when the work began."""

from datetime import timedelta

import pytest

from services.dispatch.domain import crew_work, pausing
from services.dispatch.domain.priority import prioritise
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import Priority, WorkOrderPrioritised
from shared.kernel import Reject
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, promised_times, town

HOUR = timedelta(hours=1)


def judged(work: WorkOrder, priority: Priority, hours: float = 1) -> WorkOrder:
    return prioritise(town(), work, by(OFFICER, MONDAY + hours * HOUR), priority=priority, reason="ใกล้โรงเรียน").state


def test_it_says_so_and_team_state_and_level_stay() -> None:
    work = order()
    step = prioritise(town(), work, by(OFFICER, MONDAY + HOUR), priority="emergency")
    (said,) = step.events
    assert isinstance(said, WorkOrderPrioritised)
    assert (said.priority, said.previous_priority, said.due_at) == ("emergency", work.priority, step.state.due_at)
    assert (step.state.team, step.state.state, step.state.level) == (work.team, work.state, work.level)
    assert step.state.history[-1].what == "prioritised"


@pytest.mark.parametrize("priority", ["emergency", "low"])
def test_what_is_promised_counts_from_the_beginning(priority: Priority) -> None:
    work = order()
    after = judged(work, priority, hours=3)
    wanted = promised_times(town(), work.clocks.service_level, priority, work.created_at)
    clock = after.clocks.acknowledge
    assert (clock.due_at if clock else None, after.due_at) == wanted


def test_there_and_back_is_as_it_was() -> None:
    work = order()
    back = judged(judged(work, "emergency"), work.priority)
    assert back.due_at == work.due_at


def test_time_that_it_waited_does_not_count() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state
    waits = pausing.pause(town(), taken, by(SOMCHAI, MONDAY + HOUR), reason="part", resume_in="2h").state
    goes_on = pausing.resume(town(), waits, by(SOMCHAI, MONDAY + 2 * HOUR)).state
    plain = judged(taken, "high", hours=4) if taken.priority != "high" else judged(taken, "normal", hours=4)
    after = judged(goes_on, plain.priority, hours=4)
    assert plain.due_at is not None
    assert after.due_at is not None
    assert after.due_at > plain.due_at


def test_a_team_that_has_seen_it_need_not_see_it_again() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state
    clock = judged(taken, "emergency", hours=2).clocks.acknowledge
    assert clock is None or clock.stopped_at == MONDAY + HOUR


def test_the_same_priority_and_work_that_is_over_are_refused() -> None:
    work = order()
    with pytest.raises(Reject, match="same-priority"):
        judged(work, work.priority)
    over = work.model_copy(update={"state": "completed", "closed_at": MONDAY})
    with pytest.raises(Reject, match="stale-action"):
        judged(over, "emergency")
