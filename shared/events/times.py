"""The one way in which a time is written, in envelopes and in data: UTC, milliseconds, `Z`."""

import re
from datetime import UTC, date, datetime

from pydantic_core import PydanticCustomError

# As we write it; what others write may be any RFC 3339 time.
RENDERED = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_READ = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)

FIRST_YEAR, LAST_YEAR = 1900, 2199


def rfc3339(instant: datetime) -> str:
    """As it is written everywhere: equal times are equal as text, and later ones sort later."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Any RFC 3339 time with a zone, as we would write it: in UTC, to the millisecond. Else `ValueError`."""
    if not _READ.fullmatch(text):
        raise ValueError("must be an RFC 3339 time with zone")
    try:
        return whole(datetime.fromisoformat(text))
    except OverflowError:  # the year 1 in Bangkok
        raise ValueError("must be a time that exists in UTC") from None


def whole(instant: datetime) -> datetime:
    """The same time in UTC without what is below the millisecond: nobody will be told of that."""
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def need_our_instant(instant: datetime) -> datetime:
    """As `whole`, of our time: the year 1 cannot be moved to another zone, and neither can the databases' last one."""
    _need_our_time(instant)
    return whole(instant)


def need_our_day(day: date) -> date:
    """A day of our time: 2569 is a year of the Buddhist era, typed where the common one was asked for."""
    _need_our_time(day)
    return day


def _need_our_time(when: date) -> None:
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise PydanticCustomError(
            "time_out_of_bounds",
            "must lie between the years {first} and {last}",
            {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
