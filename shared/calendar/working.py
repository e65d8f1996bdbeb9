"""The working calendar: when a town works, and what a number of working minutes or days comes to.

Every method takes aware times and answers in the time zone of its first argument. A clock that runs out exactly when
the office closes is due at closing time, not at the next opening.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import mode
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(_Part):
    """One stretch of open time on a day; `closes` 00:00 means midnight at the end of that day."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError(f"closes {self.closes:%H:%M}, which is not after it opens {self.opens:%H:%M}")
        return self

    @property
    def length(self) -> timedelta:
        """How long it is open."""
        opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in (self.opens, self.closes))
        return (closes or _DAY) - opens


class WeekHours(_Part):
    """Open hours per weekday; two stretches on a day leave a lunch break, none means closed."""

    monday: tuple[Hours, ...] = ()
    tuesday: tuple[Hours, ...] = ()
    wednesday: tuple[Hours, ...] = ()
    thursday: tuple[Hours, ...] = ()
    friday: tuple[Hours, ...] = ()
    saturday: tuple[Hours, ...] = ()
    sunday: tuple[Hours, ...] = ()

    @field_validator("*")
    @classmethod
    def _in_order(cls, hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
        for earlier, later in pairwise(hours):
            if earlier.closes == time.min or earlier.closes > later.opens:
                raise ValueError(f"{later.opens:%H:%M} overlaps the stretch before it; write them in order")
        return hours

    @model_validator(mode="after")
    def _open_at_some_time(self) -> Self:
        if not any(self.on(day) for day in range(7)):
            raise ValueError("is never open")
        return self

    def on(self, weekday: int) -> tuple[Hours, ...]:
        """The stretches of a weekday, 0 is Monday (as `date.weekday()`)."""
        hours: tuple[Hours, ...] = getattr(self, _WEEKDAYS[weekday])
        return hours


class Holiday(_Part):
    """A day on which the office is closed. `provisional`: it may still be moved by a later announcement."""

    date: date
    th: str = Field(min_length=1)
    en: str = Field(min_length=1)
    provisional: bool = False


_ROUND_THE_CLOCK = (Hours(opens=time.min, closes=time.min),)
ALWAYS_OPEN = WeekHours(**dict.fromkeys(_WEEKDAYS, _ROUND_THE_CLOCK))


class WorkingCalendar(_Part):
    """Opening hours and holidays in one time zone. `WorkingCalendar.always(tz)` is the 24x7 one."""

    timezone: str
    hours: WeekHours
    holidays: tuple[Holiday, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _need_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {name!r}") from error
        return name

    @classmethod
    def always(cls, timezone: str) -> "WorkingCalendar":
        """A calendar that is open round the clock, holidays included, for emergencies."""
        return cls(timezone=timezone, hours=ALWAYS_OPEN)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def _closed(self) -> dict[date, Holiday]:
        return {holiday.date: holiday for holiday in self.holidays}

    @cached_property
    def usual_day(self) -> timedelta:
        """How long the office is open on most of the days on which it is: a working day, to whoever counts in them."""
        week = (self.hours.on(weekday) for weekday in range(7))
        return mode(sum((one.length for one in hours), timedelta()) for hours in week if hours)

    def holiday_on(self, day: date) -> Holiday | None:
        """The holiday of a day, if it is one."""
        return self._closed.get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on that day."""
        return day not in self._closed and bool(self.hours.on(day.weekday()))

    def open_day(self, day: date) -> date:
        """This day, or the next on which the office is open (Civil and Commercial Code, section 193/8)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def is_working(self, at: datetime) -> bool:
        """Whether the office is open at that moment; at closing time it is not."""
        moment = self._moment(at)
        day = moment.astimezone(self.zone).date()
        return any(opens <= moment < closes for opens, closes in self._stretches(day))

    def find_opening_after(self, at: datetime, days: int) -> datetime:
        """When the office opens on the first working day that is at least so many days after that of `at`: 1 is the
        next working day, whatever the hour is now."""
        day = self._moment(at).astimezone(self.zone).date() + days * _DAY
        while not self.is_working_day(day):
            day += _DAY
        return self._stretches(day)[0][0].astimezone(at.tzinfo)

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The first moment by which `working` open time has passed since `start`."""
        if working < timedelta(0):
            raise ValueError("working time only runs forward")
        moment = self._moment(start)
        if not working:
            return start
        left = working
        for opens, closes in self._from(moment):
            begin = max(opens, moment)
            if closes - begin >= left:
                return (begin + left).astimezone(start.tzinfo)
            left -= max(closes - begin, timedelta(0))
        raise AssertionError("a calendar opens at some time")

    def add_minutes(self, start: datetime, minutes: float) -> datetime:
        """The first moment by which so many working minutes have passed (see `add`)."""
        return self.add(start, minutes * _MINUTE)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of the last of `days` working days; the day of `start` does not count (as the Thai rule has it)."""
        if days < 1:
            raise ValueError("at least one working day")
        day = self._moment(start).astimezone(self.zone).date()
        while days:
            day += _DAY
            days -= self.is_working_day(day)
        return self._stretches(day)[-1][1].astimezone(start.tzinfo)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Open time from `a` to `b`; negative when `b` comes first."""
        first, last = self._moment(a), self._moment(b)
        if last < first:
            return -self.between(b, a)
        total = timedelta(0)
        for opens, closes in self._from(first):
            if opens >= last:
                return total
            total += max(min(closes, last) - max(opens, first), timedelta(0))
        raise AssertionError("a calendar opens at some time")

    def minutes_between(self, a: datetime, b: datetime) -> float:
        """How many working minutes lie between the two (see `between`)."""
        return self.between(a, b) / _MINUTE

    def after_pause(self, due_at: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
        """The due time once a paused clock runs again: what was left at the pause is left now.

        What was late when it was paused stays late: its due time does not move. Nor does one that falls into the same
        closed hours as the pause: no working time lies between them, and the pause has cost none.
        """
        if self._moment(due_at) <= self._moment(paused_at) or resumed_at <= paused_at:
            return due_at
        return max(due_at, self.add(resumed_at, self.between(paused_at, due_at)).astimezone(due_at.tzinfo))

    def at_percent(self, start: datetime, due_at: datetime, percent: int) -> datetime:
        """When `percent` of the working time from `start` to `due_at` is used up; above 100 it lies after `due_at`."""
        return self.add(start, max(self.between(start, due_at), timedelta(0)) * percent / 100)

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches in order, from the one that may hold `moment` on."""
        day = moment.astimezone(self.zone).date()
        while True:
            yield from self._stretches(day)
            day += _DAY

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self._closed:
            return []
        return [self._instants(day, hours) for hours in self.hours.on(day.weekday())]

    def _instants(self, day: date, hours: Hours) -> tuple[datetime, datetime]:
        """A stretch in UTC, so that lengths are true across a change of clocks."""
        last = day + _DAY if hours.closes == time.min else day
        opens = datetime.combine(day, hours.opens, self.zone)
        closes = datetime.combine(last, hours.closes, self.zone)
        return opens.astimezone(ZoneInfo("UTC")), closes.astimezone(ZoneInfo("UTC"))

    @staticmethod
    def _moment(at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("a time without zone cannot be placed on a calendar")
        return at.astimezone(ZoneInfo("UTC"))
