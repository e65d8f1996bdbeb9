"""What is read from a work order as it stands: whether it is late, and who brought it where it is."""

from datetime import timedelta

import pytest

from services.dispatch.api.views import summarise
from services.dispatch.domain import crew_work, escalation, from_report, pausing
from services.dispatch.domain.work_order import WorkOrder
from shared.events.ids import new_id
from shared.kernel import Case, Reject
from tests.support.work import MONDAY, SOMCHAI, by, order, reopened, town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due(work: WorkOrder) -> timedelta:
    assert work.due_at is not None
    return work.due_at - MONDAY


def paused(after: timedelta) -> WorkOrder:
    on_site = crew_work.start(town(), order(), by(SOMCHAI, MONDAY), stage="on_site").state
    at = MONDAY + after
    return pausing.pause(town(), on_site, by(SOMCHAI, at), reason="part", resume_at=at + 30 * DAY).state


def test_work_that_waits_does_not_become_late() -> None:
    before = paused(HOUR)

    assert due(before) < 20 * DAY
    assert not before.is_late(MONDAY + 20 * DAY)


def test_work_that_was_late_before_it_waits_stays_late() -> None:
    late = due(order()) + HOUR

    assert paused(late).is_late(MONDAY + late + HOUR)
    assert order().is_late(MONDAY + late)


def test_work_that_nobody_took_in_time_is_late_until_somebody_takes_it() -> None:
    acknowledge = order().clocks.acknowledge
    assert acknowledge is not None
    missed = acknowledge.due_at + HOUR
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, missed)).state

    assert order().is_late(missed)
    assert not order().is_overdue(missed)
    assert not order().is_late(acknowledge.due_at)
    assert not taken.is_late(missed + HOUR)


def test_who_brought_it_there_is_not_whoever_did_something_before_or_said_something_since() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state
    told = escalation.elapse(town(), taken, MONDAY + due(taken) + HOUR)
    assert told is not None
    gone = from_report.withdraw(town(), told.state, "หายแล้ว", MONDAY + 2 * DAY)
    assert gone is not None

    assert told.state.history[-1].actor is None
    assert told.state.arrival is not None
    assert told.state.arrival.actor == SOMCHAI
    assert gone.state.arrival is not None
    assert gone.state.arrival.actor is None


def test_a_stale_press_after_a_warning_names_the_person_and_not_the_clock() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state
    told = escalation.elapse(town(), taken, MONDAY + due(taken) + HOUR)
    assert told is not None

    with pytest.raises(Reject, match=SOMCHAI.name):
        crew_work.acknowledge(town(), told.state, by(SOMCHAI, MONDAY + 3 * DAY))


def test_a_refused_press_says_what_may_be_done_instead() -> None:
    taken = crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY + HOUR)).state
    with pytest.raises(Reject, match="Possible now: start, take, give, assign, complete, pause"):
        crew_work.acknowledge(town(), taken, by(SOMCHAI, MONDAY + HOUR))

    closed = crew_work.complete(town(), taken, by(SOMCHAI, MONDAY + HOUR), note="แก้แล้ว", photos=["/p/1"]).state
    with pytest.raises(Reject, match="Possible now: verify, send_back"):
        pausing.pause(town(), closed, by(SOMCHAI, MONDAY + HOUR), reason="part")


def test_a_list_tells_reopened_work_from_new() -> None:
    work = order()

    assert summarise(Case(new_id(), 1, work)).reopened == 0
    assert summarise(Case(new_id(), 1, reopened(work, MONDAY, times=2).state)).reopened == 2
