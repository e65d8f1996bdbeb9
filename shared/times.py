"""Times that others send, in queries, bodies and cursors: with a zone, within what all zones and databases hold."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime

from shared.events.times import need_our_instant

Time = Annotated[AwareDatetime, AfterValidator(need_our_instant)]
"""The only type for a time in a query or a body; as the database keeps it, in UTC and to the millisecond."""


def read_time(text: str) -> datetime:
    """A time as `isoformat` writes it, under the same bounds; else ValueError."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return need_our_instant(time)


def read_local_time(text: str, zone: ZoneInfo) -> datetime:
    """A time as a form's field has it (`2026-11-26T14:30`), by the clocks of that zone; else ValueError."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is not None:
        raise ValueError("a time with a zone")
    return need_our_instant(time.replace(tzinfo=zone))
