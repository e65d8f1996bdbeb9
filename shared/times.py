"""Times that others send, in queries, bodies and cursors: with a zone, within what all zones and databases hold."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from shared.events.times import bounded

Time = Annotated[AwareDatetime, AfterValidator(bounded)]
"""The only type for a time in a query or a body; as the database keeps it, in UTC and to the millisecond."""


def read_time(text: str) -> datetime:
    """A time as `isoformat` writes it, under the same bounds; ValueError for anything else."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return bounded(time)
