"""The clocks against a reference that counts minute by minute, in zones whose own clocks jump, with pauses between."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dispatch.domain import clocks, from_report
from services.dispatch.domain.clocks import Clocks, Pause
from services.dispatch.domain.service_levels import calendar_of
from shared.calendar import Holiday, Hours, WeekHours, WorkingCalendar
from shared.events.reports import ReportCommented
from shared.events.work_orders import Level
from shared.town import Town
from shared.town.models import EscalationStep, ServiceLevel, Target, Text, TownCalendar
from tests.support.work import order, town

MINUTE = timedelta(minutes=1)
NAME = Text(th="ทดสอบ", en="Test")
# Each with a week in which its clocks jump: an hour on or back, half an hour, at midnight, and never.
WEEKS = {
    "Europe/Berlin": ("2026-03-27", "2026-10-23"),
    "America/New_York": ("2026-03-06", "2026-10-30"),
    "Australia/Lord_Howe": ("2026-04-03", "2026-10-02"),
    "Africa/Cairo": ("2026-04-22", "2026-10-28"),
    "America/Havana": ("2026-03-06", "2026-10-30"),
    "Asia/Bangkok": ("2026-12-03", "2026-12-29"),
}
DAY = (Hours(opens=time(8, 30), closes=time(12)), Hours(opens=time(13), closes=time(16, 30)))
NIGHT = (Hours(opens=time(0), closes=time(6)), Hours(opens=time(22), closes=time(0)))
SHIFTS = {"day": DAY, "night": NIGHT}
HOLIDAYS = tuple(
    Holiday(date=date.fromisoformat(day), th="หยุด", en="Holiday")
    for day in ("2026-03-30", "2026-10-26", "2026-12-07", "2027-01-01")
)
RUNGS: tuple[tuple[int, Level], ...] = ((80, "crew"), (100, "head"), (150, "director"), (200, "clerk"))
LADDER = tuple(EscalationStep(clock="resolve", percent=percent, level=level) for percent, level in RUNGS)


@cache
def place(zone: str, shift: str) -> Town:
    """A town there, with a promise for each of both calendars."""
    hours = WeekHours(
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "sunday"), SHIFTS[shift])
    )
    levels = {
        calendar: ServiceLevel(name=NAME, calendar=calendar, targets={"normal": Target(resolve_minutes=1)})
        for calendar in ("working", "always")
    }
    changes = {
        "timezone": zone,
        "calendar": TownCalendar(timezone=zone, hours=hours, holidays=HOLIDAYS, years=(2026,)),
        "service_levels": levels,
        "escalation": LADDER,
    }
    return Town.model_construct(**{**dict(town()), **changes})


def promising(there: Town, level: str, minutes: int) -> Town:
    promise = there.service_levels[level].model_copy(update={"targets": {"normal": Target(resolve_minutes=minutes)}})
    levels = {**there.service_levels, level: promise}
    return Town.model_construct(**{**dict(there), "service_levels": levels})


def is_open(calendar: WorkingCalendar, minute: datetime) -> bool:
    """As somebody reads it off the clock on the wall and the notice on the door."""
    wall = minute.astimezone(calendar.zone)
    if any(holiday.date == wall.date() for holiday in calendar.holidays):
        return False
    return any(
        hours.opens <= wall.time() and (wall.time() < hours.closes or hours.closes == time.min)
        for hours in calendar.hours.on(wall.weekday())
    )


def counted(calendar: WorkingCalendar, start: datetime, wanted: int, pauses: Sequence[Pause]) -> datetime:
    """When so many minutes were open and not waited, one after the other."""
    minute, count = start, 0
    while count < wanted:
        waited = any(pause.since <= minute < (pause.until or minute) for pause in pauses)
        count += not waited and is_open(calendar, minute)
        minute += MINUTE
    return minute


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(sorted(WEEKS)))
    day = datetime.fromisoformat(draw(st.sampled_from(WEEKS[zone]))).replace(tzinfo=UTC)
    return zone, day + draw(st.integers(0, 3 * 24 * 60)) * MINUTE


GAPS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 2000)), max_size=3)  # minutes at work, then waiting


def pauses_after(start: datetime, gaps: Sequence[tuple[int, int]]) -> list[Pause]:
    found, at = [], start
    for work, wait in gaps:
        since = at + work * MINUTE
        at = since + wait * MINUTE
        found.append(Pause(since=since, until=at))
    return found


@settings(max_examples=40)
@given(beginnings(), st.sampled_from(sorted(SHIFTS)), st.sampled_from(["working", "always"]), st.integers(1, 80), GAPS)
def test_the_due_time_and_each_rung_are_where_counting_minutes_finds_them(
    beginning: tuple[str, datetime], shift: str, level: str, fives: int, gaps: list[tuple[int, int]]
) -> None:
    zone, start = beginning
    agrees(zone, start, shift, level, 10 * fives, gaps)


@pytest.mark.parametrize("level", ["working", "always"])
@pytest.mark.parametrize("shift", sorted(SHIFTS))
@pytest.mark.parametrize("day", [(zone, day) for zone in sorted(WEEKS) for day in WEEKS[zone]], ids=" ".join)
def test_minutes_are_counted_over_each_jump_of_a_zones_clocks(day: tuple[str, str], shift: str, level: str) -> None:
    zone, first = day
    noon = datetime.fromisoformat(f"{first}T12:00").replace(tzinfo=UTC)
    agrees(zone, noon, shift, level, 800 if level == "working" else 3000, [(100, 90)])


def agrees(zone: str, start: datetime, shift: str, level: str, minutes: int, gaps: Sequence[tuple[int, int]]) -> None:
    """Asserts that the clock and the reference say the same; tens of minutes, so that each rung is a whole minute."""
    there = promising(place(zone, shift), level, minutes)
    calendar = calendar_of(there, level, "normal")
    plain = counted(calendar, start, minutes, ())
    # What begins when all the time is used up changes nothing more; the reference must not wait for it either.
    pauses: list[Pause] = []
    for pause in pauses_after(start, gaps):
        if pause.since < (counted(calendar, start, minutes, pauses) if pauses else plain):
            pauses.append(pause)

    resolve = clocks.start(there, level, "normal", "v1", start, pauses_after(start, gaps)).resolve

    assert resolve is not None
    due = counted(calendar, start, minutes, pauses)
    assert _same_open_moment(calendar, resolve.due_at, due)
    last = max((pause.until or start for pause in pauses), default=start)
    for step in LADDER:
        rung = counted(calendar, start, minutes * step.percent // 100, pauses)
        if rung > last:  # one that came before a pause has rung before it
            alarm = calendar.at_percent(resolve.runs_from, resolve.due_at, step.percent)
            assert _same_open_moment(calendar, alarm, rung), step.percent


def _same_open_moment(calendar: WorkingCalendar, one: datetime, other: datetime) -> bool:
    """The same, or with nothing but closed time between: closing time and the next opening are one moment of work."""
    return one == other or calendar.between(min(one, other), max(one, other)) == timedelta(0)


Act = tuple[Literal["wait", "promise", "hand-over", "acknowledge"], int]
ACTS = st.lists(st.tuples(st.sampled_from(["wait", "promise", "hand-over", "acknowledge"]), st.integers(1, 3000)),
                max_size=12)  # fmt: skip
PROMISES = (("standard", "normal"), ("emergency", "emergency"), ("triage", "normal"), ("utilities", "high"))


@given(ACTS)
def test_whatever_is_corrected_paused_and_handed_over_no_rung_rings_twice_for_one_team(acts: list[Act]) -> None:
    at = start = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    running, pauses = clocks.start(town(), "standard", "normal", "v1", start), list[Pause]()
    told: dict[str, list[int]] = {"acknowledge": [], "resolve": []}
    for act, length in acts:
        at += length * MINUTE
        running = _ring(running, at, told)
        match act:
            case "wait":
                pauses.append(Pause(since=at, until=at + length * MINUTE))
                running = clocks.apply_pauses(town(), running, pauses)
                at += length * MINUTE
            case "promise":
                level, priority = PROMISES[length % len(PROMISES)]
                fresh = clocks.start(town(), level, priority, "v2", start, pauses)  # type: ignore[arg-type]
                running = clocks.apply_pauses(town(), clocks.recompute(town(), running, fresh), pauses)
            case "hand-over":
                running = clocks.hand_over(town(), running, at)
                told["acknowledge"] = []
            case "acknowledge":
                running = clocks.acknowledge(running, at)
        running = _ring(running, at, told)

    assert all(len(rungs) == len(set(rungs)) for rungs in told.values())


def _ring(running: Clocks, at: datetime, told: dict[str, list[int]]) -> Clocks:
    for name in clocks.CLOCKS:
        running, alarms = clocks.ring(town(), running, name, at)
        told[name] += [alarm.percent for alarm in alarms]
    return running


@given(st.integers(0, 5000), GAPS, st.sampled_from(PROMISES), st.sampled_from(PROMISES))
def test_another_category_promises_what_it_would_have_promised_from_the_beginning(
    minute: int, gaps: list[tuple[int, int]], first: tuple[str, str], second: tuple[str, str]
) -> None:
    start = datetime(2026, 11, 23, 2, 30, tzinfo=UTC) + minute * MINUTE
    pauses = pauses_after(start, gaps)
    before = clocks.start(town(), *first, "v1", start, pauses)  # type: ignore[arg-type]
    fresh = clocks.start(town(), *second, "v2", start, pauses)  # type: ignore[arg-type]

    promised = clocks.recompute(town(), before, fresh)

    assert promised.resolve is not None
    assert fresh.resolve is not None
    assert promised.resolve.due_at == fresh.resolve.due_at
    assert (promised.version, promised.service_level) == ("v2", second[0])


@given(st.integers(0, 100))
def test_a_comment_moves_no_clock(hours: int) -> None:
    before = order()
    at = before.created_at + timedelta(hours=hours)
    said = ReportCommented(reference=before.reference, category=before.category, by="reporter", text="ยังไม่มา")

    assert from_report.add_comment(town(), before, said, at).state.clocks == before.clocks
