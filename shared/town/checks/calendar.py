"""The calendar's holidays: within the years that the profile covers, none twice, and some in every year."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shared.town.checks.raw import Finding, entries, find


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Holidays outside the years, given twice, and years without any."""
    years = {year for _, year in find(data, "calendar.years.*") if isinstance(year, int)}
    seen: set[date] = set()
    for location, written in find(data, "calendar.holidays.*.date"):
        day = _day(written)
        if day is None:
            continue
        if day.year not in years:
            yield location, f"{day} is outside the calendar's years {', '.join(map(str, sorted(years)))}"
        if day in seen:
            yield location, f"holiday {day} is given twice"
        seen.add(day)
    if entries(data.get("calendar")):
        for year in sorted(years - {day.year for day in seen}):
            yield ("calendar", "years"), f"{year} has no holidays"


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None  # the model says so
