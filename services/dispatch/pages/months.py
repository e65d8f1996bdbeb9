"""The months of which there is a report for the council, and how people write one: `2026-10`, `2569-10`, ตุลาคม 2569."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from shared.events.times import FIRST_YEAR, LAST_YEAR
from shared.words.dates import BUDDHIST_ERA, ENGLISH_MONTHS, THAI_MONTHS, THAI_SHORT, month_text

NAMES: dict[str, int] = {
    name.lower(): number
    for names in (THAI_MONTHS, THAI_SHORT, ENGLISH_MONTHS, [month[:3] for month in ENGLISH_MONTHS])
    for number, name in enumerate(names, 1)
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]{1,3}(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]{1,3}(\d{4})")
_NAMED = re.compile(r"(?:เดือน)?\s*([^\d\s]+)\s*(?:พ\.ศ\.)?\s*(\d{4})")
TYPED_MOST = 100  # characters


def months_between(first: date, last: date) -> list[date]:
    """The first day of each month, the newest first."""
    count = 12 * (last.year - first.year) + last.month - first.month
    number = 12 * last.year + last.month - 1
    return [date((number - back) // 12, (number - back) % 12 + 1, 1) for back in range(max(count, 0) + 1)]


def month_code(month: date) -> str:
    """The month as addresses have it, `2026-11`."""
    return f"{month:%Y-%m}"


def month_choices(months: Sequence[date], language: str) -> list[tuple[str, str]]:
    """For a list to choose from."""
    return [(month_code(month), month_text(month, language)) for month in months]


def read_month(typed: str) -> date | None:
    """The first day of the month that is meant, of either era and in any digits; None where that is not to be seen."""
    plain = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in typed[:TYPED_MOST])
    text = "".join(plain).strip().lower()
    if found := _YEAR_FIRST.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _YEAR_LAST.fullmatch(text):
        return _month(int(found[2]), int(found[1]))
    if found := _NAMED.fullmatch(text):
        return _month(int(found[2]), NAMES.get(found[1].strip(), 0))
    return None


def _month(year: int, month: int) -> date | None:
    of_our_era = year - BUDDHIST_ERA if year > LAST_YEAR else year
    return date(of_our_era, month, 1) if 1 <= month <= 12 and FIRST_YEAR <= of_our_era <= LAST_YEAR else None
