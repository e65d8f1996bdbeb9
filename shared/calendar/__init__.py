"""Working time: pure, minute-exact arithmetic over opening hours and holidays; it reads no clock and no file."""

from shared.calendar.working import ALWAYS_OPEN, Holiday, Hours, WeekHours, WorkingCalendar

__all__ = ["ALWAYS_OPEN", "Holiday", "Hours", "WeekHours", "WorkingCalendar"]
