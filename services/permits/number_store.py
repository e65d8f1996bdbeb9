"""Numbers of permits: `142/2569`, counted by year. None is given twice; gaps are allowed."""

from datetime import timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.kernel.restored import Restoration, find_restoration
from shared.words.dates import BUDDHIST_ERA

# More than any town decides between two backups: what was numbered after the one that came back is on paper.
LEAP = 1_000
_DAY = timedelta(days=1)  # a year ends at another moment in the town than in UTC


class NumberStore:
    """One counter for each year, and the number that each case was given."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._database = database
        self._numbers = database["numbers"]

    async def give(self, case_id: str, year: int) -> str:
        """The next of the year. A case keeps the number it was given, whatever happens to the step after, until the
        year is over. One that was not signed then leaves a gap; so do two processes that decide at once, and a
        restoration."""
        of_year = {"$regex": f"/{year}$"}
        stored = await self._numbers.find_one({"_id": case_id, "number": of_year})
        if stored is None:
            counter = await self._numbers.find_one_and_update(
                {"_id": f"year-{year}"}, await self._count(year), upsert=True, return_document=ReturnDocument.AFTER
            )
            stored = {"_id": case_id, "number": f"{counter['last']}/{year}"}
            try:
                await self._numbers.replace_one({"_id": case_id, "number": {"$not": of_year}}, stored, upsert=True)
            except DuplicateKeyError:  # another process has just given it one of this year
                stored = await self._numbers.find_one({"_id": case_id}) or stored
        return str(stored["number"])

    async def _count(self, year: int) -> Any:
        """One more; after a restoration that may have forgotten numbers of this year first a leap over them, once."""
        restored = await find_restoration(self._database)
        if restored is None or not _forgot(restored, year):
            return {"$inc": {"last": 1}}
        begun = restored.begun_at
        step = {"$cond": [{"$lt": ["$leapt_at", begun]}, LEAP, 1]}
        return [{"$set": {"last": {"$add": [{"$ifNull": ["$last", 0]}, step]}, "leapt_at": begun}}]


def _forgot(restored: Restoration, year: int) -> bool:
    """Whether numbers of that year may have been given in the time that is forgotten."""
    first, last = restored.moment - _DAY, restored.begun_at + _DAY
    return first.year + BUDDHIST_ERA <= year <= last.year + BUDDHIST_ERA
