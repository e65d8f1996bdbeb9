"""An officer judges how urgent work is: the promises change with it, counted from when the work began."""

from datetime import timedelta
from typing import get_args

import pytest

from services.dispatch.domain import crew_work, pausing
from services.dispatch.domain.clocks import start
from services.dispatch.domain.priority import prioritise
from services.dispatch.domain.work_order import WorkOrder
from shared.events.work_orders import Priority, WorkOrderPrioritised
from shared.kernel import Reject
from shared.town.models import Target
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


@pytest.mark.parametrize("level", town().service_levels)
@pytest.mark.parametrize("priority", get_args(Priority))
def test_however_urgent_an_officer_judges_it_there_is_an_end(level: str, priority: Priority) -> None:
    """Work that was made an emergency had no clock any more: nobody was chased, and it sank below all that had one."""
    running = start(town(), level, priority, "v1", MONDAY)

    assert running.acknowledge is not None
    assert running.resolve is not None


def test_an_emergency_is_one_whatever_level_its_rule_named() -> None:
    """The soonest of all levels that know emergencies, round the clock."""
    streetlight = start(town(), "repair", "emergency", "v1", MONDAY + 8 * HOUR)
    known = start(town(), "emergency", "emergency", "v1", MONDAY + 8 * HOUR)

    assert (streetlight.acknowledge, streetlight.resolve) == (known.acknowledge, known.resolve)
    assert streetlight.service_level == "repair"  # judged down again it is as it was


def test_what_is_less_urgent_than_all_that_its_level_knows_has_its_longest_time() -> None:
    high, low = (start(town(), "emergency", priority, "v1", MONDAY).resolve for priority in ("high", "low"))

    assert high is not None
    assert high == low


def test_a_level_may_say_that_it_promises_nothing() -> None:
    levels = town().service_levels
    none = levels["repair"].model_copy(update={"targets": {**levels["repair"].targets, "low": Target()}})
    place = town().model_copy(update={"service_levels": {**levels, "repair": none}})

    assert start(place, "repair", "low", "v1", MONDAY).resolve is None


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
