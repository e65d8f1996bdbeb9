"""The working calendar: known cases in a table, and what must hold for any calendar and any moment."""

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.calendar import Holiday, Hours, WeekHours, WorkingCalendar

BANGKOK = ZoneInfo("Asia/Bangkok")
OFFICE = (Hours(opens=time(8, 30), closes=time(16, 30)),)
LUNCH = (Hours(opens=time(8, 30), closes=time(12)), Hours(opens=time(13), closes=time(16, 30)))
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOLIDAY = Holiday(date=date(2026, 12, 7), th="วันชดเชย", en="In lieu")  # a Monday

office = WorkingCalendar(timezone="Asia/Bangkok", hours=WeekHours(**dict.fromkeys(WEEK, OFFICE)), holidays=(HOLIDAY,))
lunch = WorkingCalendar(timezone="Asia/Bangkok", hours=WeekHours(**dict.fromkeys(WEEK, LUNCH)))
always = WorkingCalendar.always("Asia/Bangkok")
berlin = WorkingCalendar(timezone="Europe/Berlin", hours=WeekHours(**dict.fromkeys((*WEEK, "sunday"), OFFICE)))


def at(text: str) -> datetime:
    """A moment on Bangkok's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (office, "2026-11-20 15:45", 120, "2026-11-23 09:45"),  # Friday to Monday: the law's own example
        (office, "2026-12-04 15:45", 120, "2026-12-08 09:45"),  # the Monday is a holiday
        (lunch, "2026-11-20 15:45", 120, "2026-11-23 09:45"),
        (office, "2026-11-23 11:00", 120, "2026-11-23 13:00"),
        (lunch, "2026-11-23 11:00", 120, "2026-11-23 14:00"),
        (office, "2026-11-23 14:30", 120, "2026-11-23 16:30"),  # due at closing, not at the next opening
        (office, "2026-11-23 14:31", 120, "2026-11-24 08:31"),
        (office, "2026-11-21 03:00", 1, "2026-11-23 08:31"),  # from a Saturday night
        (office, "2026-11-23 08:29:30", 1, "2026-11-23 08:31"),
        (office, "2026-11-23 08:30:30", 1, "2026-11-23 08:31:30"),  # exact below the minute
        (office, "2026-11-23 16:30", 1, "2026-11-24 08:31"),
        (office, "2026-11-20 15:45", 0, "2026-11-20 15:45"),
        (always, "2026-12-06 23:30", 120, "2026-12-07 01:30"),
    ],
)
def test_minutes_run_only_while_the_office_is_open(
    calendar: WorkingCalendar, start: str, minutes: int, due: str
) -> None:
    assert calendar.add_minutes(at(start), minutes) == at(due)
    assert calendar.minutes_between(at(start), at(due)) == minutes


@pytest.mark.parametrize(
    ("calendar", "start", "days", "due"),
    [
        (office, "2026-11-23 09:00", 1, "2026-11-24 16:30"),  # the day itself does not count
        (office, "2026-11-20 16:00", 1, "2026-11-23 16:30"),
        (office, "2026-11-23 09:00", 20, "2026-12-22 16:30"),  # over a holiday on 7 December
        (always, "2026-11-23 09:00", 2, "2026-11-26 00:00"),
    ],
)
def test_working_days_end_at_closing_time(calendar: WorkingCalendar, start: str, days: int, due: str) -> None:
    assert calendar.add_working_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-11-23 08:29:59", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 16:29:59", True),
        ("2026-11-23 16:30", False),
        ("2026-11-22 10:00", False),
        ("2026-12-07 10:00", False),
    ],
)
def test_the_office_is_open_from_opening_until_before_closing(moment: str, working: bool) -> None:
    assert office.is_working(at(moment)) is working


def test_noon_is_closed_only_where_there_is_a_lunch_break() -> None:
    assert office.is_working(at("2026-11-23 12:30"))
    assert not lunch.is_working(at("2026-11-23 12:30"))


@pytest.mark.parametrize("hour", ["00:00", "07:00", "10:00", "18:25", "23:59"])
@pytest.mark.parametrize(
    ("day", "days", "opens"),
    [
        ("2026-11-26", 1, "2026-11-27 08:30"),  # Thursday: Friday is a working day, also for who asks in the evening
        ("2026-11-27", 1, "2026-11-30 08:30"),  # over the weekend
        ("2026-12-04", 1, "2026-12-08 08:30"),  # and a holiday
        ("2026-11-24", 3, "2026-11-27 08:30"),
        ("2026-11-26", 3, "2026-11-30 08:30"),
        ("2026-11-28", 1, "2026-11-30 08:30"),
    ],
)
def test_the_next_working_day_does_not_depend_on_the_hour(day: str, hour: str, days: int, opens: str) -> None:
    assert office.find_opening_after(at(f"{day} {hour}"), days) == at(opens)


def test_the_answer_is_in_the_time_zone_of_the_question() -> None:
    due = office.add_minutes(datetime(2026, 11, 20, 8, 45, tzinfo=UTC), 120)
    assert due == at("2026-11-23 09:45")
    assert due.tzinfo is UTC


def test_a_pause_leaves_what_was_left() -> None:
    due = at("2026-11-23 16:00")
    assert office.after_pause(due, at("2026-11-23 15:00"), at("2026-11-24 09:00")) == at("2026-11-24 10:00")


def test_a_pause_over_the_night_costs_no_working_time() -> None:
    due = at("2026-11-24 09:00")
    assert office.after_pause(due, at("2026-11-23 17:00"), at("2026-11-24 08:00")) == due


def test_what_was_late_before_the_pause_stays_late() -> None:
    due = at("2026-11-23 10:00")
    assert office.after_pause(due, at("2026-11-23 11:00"), at("2026-11-25 11:00")) == due


def test_percents_are_of_working_time() -> None:
    start, due = at("2026-11-20 15:30"), at("2026-11-23 09:30")
    assert office.at_percent(start, due, 50) == at("2026-11-20 16:30")
    assert office.at_percent(start, due, 100) == due
    assert office.at_percent(start, due, 150) == at("2026-11-23 10:30")


def test_a_change_of_clocks_keeps_true_minutes() -> None:
    night = WorkingCalendar.always("Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 12, tzinfo=zone)  # clocks go back in the night after it
    assert night.add_minutes(start, 24 * 60) == datetime(2026, 10, 25, 11, tzinfo=zone)


def test_ten_years_of_minutes_take_no_time() -> None:
    started = perf_counter()
    due = always.add_minutes(at("2026-01-01 00:00"), 10 * 365 * 24 * 60)
    assert due == at("2026-01-01 00:00") + timedelta(days=3650)
    assert perf_counter() - started < 2  # minute by minute would be five million steps


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"monday": [{"opens": "16:30", "closes": "08:30"}]},
        {"monday": [{"opens": "08:30", "closes": "12:00"}, {"opens": "11:00", "closes": "16:30"}]},
        {"monday": [{"opens": "08:30", "closes": "00:00"}, {"opens": "11:00", "closes": "16:30"}]},
    ],
)
def test_impossible_hours_are_refused(hours: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WeekHours.model_validate(hours)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        office.add_minutes(datetime(2026, 11, 23, 9), 1)  # noqa: DTZ001  # what it is about
    with pytest.raises(ValueError, match="only runs forward"):
        office.add_minutes(at("2026-11-23 09:00"), -1)
    with pytest.raises(ValueError, match="at least one"):
        office.add_working_days(at("2026-11-23 09:00"), 0)


calendars = st.sampled_from([office, lunch, always, berlin])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.integers(0, 20_000)


@given(calendars, moments, minutes)
def test_between_undoes_add(calendar: WorkingCalendar, start: datetime, length: int) -> None:
    assert calendar.minutes_between(start, calendar.add_minutes(start, length)) == length


@given(calendars, moments, minutes, minutes)
def test_adding_in_two_steps_is_adding_at_once(calendar: WorkingCalendar, start: datetime, a: int, b: int) -> None:
    assert calendar.add_minutes(calendar.add_minutes(start, a), b) == calendar.add_minutes(start, a + b)


@given(calendars, moments, moments, minutes)
def test_a_later_start_is_never_due_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, length: int
) -> None:
    first, second = sorted((one, other))
    assert calendar.add_minutes(first, length) <= calendar.add_minutes(second, length)


@given(calendars, moments, moments, moments)
def test_between_is_additive_and_changes_sign(calendar: WorkingCalendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(a, b) == -calendar.between(b, a)


@given(calendars, moments, minutes, moments, minutes)
@example(office, datetime(2026, 1, 5, 1, 0, tzinfo=UTC), 0, datetime(2026, 1, 5, 0, 0, tzinfo=UTC), 1)
def test_a_pause_never_brings_the_due_time_forward(
    calendar: WorkingCalendar, start: datetime, length: int, paused: datetime, pause: int
) -> None:
    due = calendar.add_minutes(start, length)
    resumed = paused + timedelta(minutes=pause)
    moved = calendar.after_pause(due, paused, resumed)
    assert moved >= due
    if paused < due and pause:
        assert calendar.between(resumed, moved) == calendar.between(paused, due)
