"""Days that figures are asked of, and the steps in which they are told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.period import MOST_DAYS, Period

BANGKOK, LONDON = ZoneInfo("Asia/Bangkok"), ZoneInfo("Europe/London")
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
PERIODS = st.builds(Period.up_to, DAYS, st.integers(1, MOST_DAYS))


def test_a_month_is_whole_also_february_and_december() -> None:
    assert Period.month(2028, 2) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert Period.month(2026, 12) == Period(date(2026, 12, 1), date(2026, 12, 31))


def test_it_begins_and_ends_at_midnight_in_the_town_also_when_the_clocks_change() -> None:
    period = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert period.begin(BANGKOK) == datetime(2026, 10, 25, tzinfo=BANGKOK)
    spring = period.end(LONDON).timestamp() - period.begin(LONDON).timestamp()
    assert timedelta(seconds=spring) == timedelta(hours=25)


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (45, "day"), (46, "week"), (200, "week"), (201, "month")])
def test_a_longer_period_is_told_in_longer_steps(days: int, unit: str) -> None:
    assert Period.up_to(date(2026, 11, 26), days).unit == unit


@given(PERIODS)
def test_each_day_lies_in_exactly_one_step(period: Period) -> None:
    steps = period.steps()
    assert steps == sorted(set(steps))
    assert steps[0] <= period.first
    assert all(period.first < step <= period.last for step in steps[1:])
    if period.unit == "week":
        assert {step.weekday() for step in steps} == {0}
    if period.unit == "month":
        assert {step.day for step in steps} == {1}
    assert len(steps) <= MOST_DAYS // 28 + 46


@given(PERIODS)
def test_what_it_is_compared_with_is_as_long_and_ends_where_it_begins(period: Period) -> None:
    assert period.before.days == period.days
    assert period.before.last == period.first - timedelta(days=1)
