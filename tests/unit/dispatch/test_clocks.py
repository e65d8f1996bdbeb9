"""Clocks: due times follow from start, promise and pauses, and every rung of the ladder rings once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain import clocks
from services.dispatch.domain.clocks import Clock, Pause
from services.dispatch.domain.service_levels import calendar_of
from tests.support.work import MONDAY, promised_times, town

HOUR = timedelta(hours=1)
LONG_AGO = datetime(2026, 1, 5, 2, 30, tzinfo=UTC)


def started(level: str = "standard", priority: str = "normal") -> clocks.Clocks:
    return clocks.start(town(), level, priority, "v1", MONDAY)  # type: ignore[arg-type]  # literal by content


def resolve(running: clocks.Clocks) -> Clock:
    assert running.resolve is not None
    return running.resolve


def test_due_times_are_the_towns_promise_with_the_version_of_the_rules() -> None:
    running = started()

    assert (running.acknowledge and running.acknowledge.due_at, resolve(running).due_at) == promised_times(
        town(), "standard", "normal", MONDAY
    )
    assert running.version == "v1"


def test_a_pause_moves_the_due_time_by_the_working_time_waited() -> None:
    running = started()
    over_night = [Pause(since=MONDAY + HOUR, until=MONDAY + 25 * HOUR)]  # one working day of 8 hours

    moved = clocks.apply_pauses(town(), running, over_night)

    calendar = town().calendar
    assert calendar.between(resolve(running).due_at, resolve(moved).due_at) == 8 * HOUR
    assert calendar.minutes_between(resolve(moved).runs_from, resolve(moved).due_at) == resolve(moved).minutes


def test_a_clock_that_waits_rings_for_nobody() -> None:
    waits = clocks.apply_pauses(town(), started(), [Pause(since=MONDAY + HOUR)])

    assert resolve(waits).alarm is None
    assert resolve(waits).due_at == resolve(started()).due_at


def test_eighty_percent_is_counted_without_the_time_waited() -> None:
    paused = [Pause(since=MONDAY + HOUR, until=MONDAY + 3 * HOUR)]
    plain = clocks.start(town(), "emergency", "emergency", "v1", MONDAY)
    moved = clocks.apply_pauses(town(), plain, paused)

    before, after = resolve(plain).alarm, resolve(moved).alarm
    assert before is not None
    assert after is not None
    assert after.at - before.at == 2 * HOUR


def test_what_was_late_before_the_pause_stays_late() -> None:
    running = clocks.start(town(), "emergency", "emergency", "v1", MONDAY)
    due = resolve(running).due_at

    moved = clocks.apply_pauses(town(), running, [Pause(since=due + HOUR, until=due + 5 * HOUR)])

    assert resolve(moved).due_at == due


def test_each_rung_rings_once_and_in_order() -> None:
    running = started("emergency", "emergency")
    rang: list[int] = []
    for minutes in range(0, 3000, 7):
        running, due = clocks.ring(town(), running, "resolve", MONDAY + timedelta(minutes=minutes))
        rang += [alarm.percent for alarm in due]

    assert rang == [step.percent for step in town().escalation if step.clock == "resolve"]


def test_all_rungs_that_were_slept_through_ring_at_once() -> None:
    _, due = clocks.ring(town(), started("emergency", "emergency"), "acknowledge", MONDAY + 100 * HOUR)

    assert [alarm.percent for alarm in due] == [80, 100, 200]


def test_a_stopped_clock_is_late_only_if_it_stopped_after_its_due_time() -> None:
    due = resolve(started()).due_at

    assert not clocks.is_late(clocks.stop(started(), due).resolve, due + 9 * HOUR)
    assert clocks.is_late(clocks.stop(started(), due + HOUR).resolve, due + HOUR)


STRETCHES = st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 4000)), max_size=6)  # minutes at work, waiting


@given(STRETCHES, st.sampled_from(["working", "always"]))
def test_due_never_moves_backwards_and_the_promised_minutes_stay(gaps: list[tuple[int, int]], kind: str) -> None:
    level, priority = ("standard", "normal") if kind == "working" else ("utilities", "normal")
    running, at = started(level, priority), MONDAY
    pauses: list[Pause] = []
    for work, wait in gaps:
        since = at + timedelta(minutes=work)
        at = since + timedelta(minutes=wait)
        before = resolve(running)
        pauses.append(Pause(since=since, until=at))
        running = clocks.apply_pauses(town(), running, pauses)
        after = resolve(running)

        assert after.due_at >= before.due_at
        assert after.due_at == before.due_at or since < before.due_at
        assert calendar_of(town(), level, "normal").minutes_between(after.runs_from, after.due_at) == after.minutes


def test_a_new_promise_gives_a_team_that_got_the_work_later_its_full_time_to_see_it() -> None:
    taken_over = clocks.hand_over(town(), started("standard", "normal"), MONDAY + 3 * HOUR)
    fresh = clocks.start(town(), "emergency", "emergency", "v2", MONDAY)

    promised = clocks.recompute(town(), taken_over, fresh).acknowledge

    assert promised
    assert fresh.acknowledge
    assert promised.minutes == fresh.acknowledge.minutes
    assert promised.started_at == MONDAY + 3 * HOUR
    assert promised.due_at == MONDAY + 3 * HOUR + timedelta(minutes=promised.minutes)


def test_only_civil_defence_of_the_small_town_works_at_night() -> None:
    nong_bua_noi = town("nong-bua-noi")
    evening = datetime(2026, 11, 23, 20, tzinfo=ZoneInfo("Asia/Bangkok"))
    acknowledge, _ = promised_times(nong_bua_noi, "day-and-night", "emergency", evening)
    assert acknowledge == datetime(2026, 11, 23, 20, 30, tzinfo=ZoneInfo("Asia/Bangkok"))
    acknowledge, _ = promised_times(nong_bua_noi, "office", "normal", evening)
    assert acknowledge == datetime(
        2026, 11, 24, 16, 30, tzinfo=ZoneInfo("Asia/Bangkok")
    )  # seven hours, with a lunch break
    acknowledge, resolve = promised_times(nong_bua_noi, "office", "low", evening)
    assert acknowledge is None
    assert resolve is not None
