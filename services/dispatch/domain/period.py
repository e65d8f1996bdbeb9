"""Days that figures are asked of: a stretch of the town's own calendar, told in steps that a chart can show."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

StepUnit = Literal["day", "week", "month"]
MOST_DAYS = 731  # two years and a leap day
_DAYS_BY_DAY, _DAYS_BY_WEEK = 45, 200  # at most so many are told by day, by week
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @classmethod
    def up_to(cls, last: date, days: int) -> "Period":
        """So many days, of which that is the last."""
        return cls(last - (days - 1) * _DAY, last)

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """A month of the calendar."""
        following = date(year + month // 12, month % 12 + 1, 1)
        return cls(date(year, month, 1), following - _DAY)

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def unit(self) -> StepUnit:
        """In what steps it is told."""
        if self.days <= _DAYS_BY_DAY:
            return "day"
        return "week" if self.days <= _DAYS_BY_WEEK else "month"

    @property
    def before(self) -> "Period":
        """As many days that end where these begin, to compare with."""
        return Period.up_to(self.first - _DAY, self.days)

    def begin(self, zone: ZoneInfo) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + _DAY, time.min, zone)

    def days_of(self, step: date) -> tuple[date, date]:
        """The first and the last day of that step which are the period's."""
        return max(step, self.first), min(_after(step, self.unit) - _DAY, self.last)

    def steps(self) -> list[date]:
        """The first day of each step; of the first it may lie before the period."""
        found, step = [], _step_of(self.first, self.unit)
        while step <= self.last:
            found.append(step)
            step = _after(step, self.unit)
        return found


def _after(step: date, unit: StepUnit) -> date:
    """The first day of the step that follows."""
    return _step_of(step + (32 if unit == "month" else 7 if unit == "week" else 1) * _DAY, unit)


def _step_of(day: date, unit: StepUnit) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - day.weekday() * _DAY if unit == "week" else day
