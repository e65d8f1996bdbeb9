"""What a database says of itself after it was restored from a backup, for every process that opens it later.

Readers take an event that is not higher than one before for a repetition, and between the backup and its restoration
they heard events that nobody here remembers. So all that is told from then on is numbered above a floor, which is made
of the time of the restoration: whatever was told before lies below it, and so does the floor of any restoration before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase

from shared.kernel.errors import Transient

RESTORED = "restored"  # the collection: `{_id: LAST, floor, moment, begun_at, finished}`
LAST = "last"
_PER_MILLISECOND = 1000  # a case that tells more than that for years would reach the next floor before its time


@dataclass(frozen=True)
class Restoration:
    """A database came back as it was at `moment`; what happened in it from then until `begun_at` is forgotten."""

    moment: datetime
    begun_at: datetime


async def find_sequence_floor(cases: AsyncIOMotorCollection[dict[str, Any]]) -> int:
    """No event of these cases is numbered so low; 0 where nothing was ever restored. `Transient` while that goes on."""
    database: Any = cases.database  # which motor's types call a collection
    restored = await _read_last(database)
    return int(restored["floor"]) if restored else 0


async def find_restored_at(database: AsyncIOMotorDatabase[dict[str, Any]]) -> datetime | None:
    """When the last restoration began, of which on all that was told before is forgotten; None where nothing was ever
    restored. `Transient` while that goes on."""
    restored = await _read_last(database)
    return restored["begun_at"] if restored else None


async def find_restoration(database: AsyncIOMotorDatabase[dict[str, Any]]) -> Restoration | None:
    """The last one; None where nothing was ever restored. `Transient` while it goes on."""
    restored = await _read_last(database)
    return Restoration(restored["moment"], restored["begun_at"]) if restored else None


async def _read_last(database: AsyncIOMotorDatabase[dict[str, Any]]) -> dict[str, Any] | None:
    restored = await database[RESTORED].find_one({"_id": LAST})
    if restored is not None and not restored["finished"]:
        raise Transient(f"{database.name} is being restored from a backup; when that has failed, run it once more")
    return restored


def floor_at(moment: datetime) -> int:
    """The floor of a restoration that begins then."""
    return int(moment.timestamp() * 1000) * _PER_MILLISECOND
