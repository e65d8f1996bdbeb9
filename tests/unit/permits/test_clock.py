"""The permit clock runs in working time, stands still while the applicant answers, and reminds before it is late."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.domain import clock as clocks
from tests.support.permits import HOUSE, TOWN

BANGKOK = ZoneInfo("Asia/Bangkok")
FAST, NORMAL = HOUSE.lanes


def bangkok(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        (bangkok(20, 15, 45), bangkok(23, 9, 45)),  # Friday afternoon: the weekend does not count
        (bangkok(23, 9, 0), bangkok(23, 11, 0)),
        (bangkok(21, 12, 0), bangkok(23, 10, 30)),  # Saturday: from Monday's opening
        (bangkok(23, 14, 30), bangkok(23, 16, 30)),  # ends with the day
    ],
)
def test_two_working_hours_from_acceptance(accepted: datetime, due: datetime) -> None:
    assert clocks.start(FAST, TOWN, accepted).due_at == due


def test_twenty_working_days_end_at_closing_time() -> None:
    due = clocks.start(NORMAL, TOWN, bangkok(23, 9)).due_at

    assert due == datetime(2026, 12, 21, 16, 30, tzinfo=BANGKOK)


def test_the_answer_moves_the_due_time_by_the_working_time_waited() -> None:
    clock = clocks.start(FAST, TOWN, bangkok(20, 15, 45))

    waiting = clocks.pause(clock, TOWN, bangkok(20, 16, 0))
    running = clocks.resume(waiting, TOWN, bangkok(24, 9, 0))

    assert waiting.next is None
    assert running.due_at == bangkok(24, 10, 45)  # 15 of 120 minutes were used


def test_reminders_come_at_their_share_of_the_working_time() -> None:
    clock = clocks.start(FAST, TOWN, bangkok(20, 15, 45))
    first = clock.next
    second = clocks.after_reminder(clock, TOWN).next

    assert first is not None
    assert second is not None
    assert (first.at, first.percent, first.level) == (bangkok(23, 8, 45), 50, "examiner")
    assert (second.at, second.percent, second.level) == (clock.due_at, 100, "clerk")


def test_after_the_last_step_nobody_is_left_to_tell() -> None:
    clock = clocks.start(FAST, TOWN, bangkok(23, 9))

    assert clocks.after_reminder(clocks.after_reminder(clock, TOWN), TOWN).next is None


def test_a_pause_does_not_use_up_the_share_before_the_warning() -> None:
    clock = clocks.pause(clocks.start(FAST, TOWN, bangkok(23, 9)), TOWN, bangkok(23, 9, 30))
    running = clocks.resume(clock, TOWN, bangkok(23, 13, 0))

    assert running.next is not None
    assert running.next.at == bangkok(23, 13, 30)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 6000)), max_size=4), st.integers(0, 10_000))
def test_however_often_it_was_paused_the_time_that_ran_is_the_time_allowed(
    waits: list[tuple[int, int]], minute: int
) -> None:
    moment = bangkok(2, 0) + timedelta(minutes=minute)
    clock = clocks.start(FAST, TOWN, moment)
    ran = timedelta(0)
    for running_for, waiting_for in waits:
        until = moment + timedelta(minutes=running_for)
        if until >= clock.due_at:
            break
        ran += TOWN.calendar.between(moment, until)
        moment = until + timedelta(minutes=waiting_for)
        clock = clocks.resume(clocks.pause(clock, TOWN, until), TOWN, moment)

    assert ran + TOWN.calendar.between(moment, clock.due_at) == timedelta(minutes=120)
