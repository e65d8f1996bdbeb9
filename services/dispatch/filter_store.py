"""Filters that officers keep under a name, each their own, in MongoDB: what they look at every morning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError

from shared.kernel import Reject

FILTERS_MOST = 20  # of one person: more than fit above the list


@dataclass(frozen=True)
class SavedFilter:
    """What is asked, under the name that its owner gave it."""

    name: str
    asked: Mapping[str, str]


class FilterStore:
    """A document for each person: `{_id: subject of the sign-in, filters: [{name, asked}]}`."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection

    async def of(self, sub: str) -> list[SavedFilter]:
        """In the order in which they were saved."""
        found = await self._collection.find_one({"_id": sub})
        return [SavedFilter(one["name"], one["asked"]) for one in found["filters"]] if found else []

    async def save(self, sub: str, saved: SavedFilter) -> None:
        """Under a name that is there already it takes that one's place; `Reject` when there are enough."""
        asked = dict(saved.asked)
        known = {"_id": sub, "filters.name": saved.name}
        if (await self._collection.update_one(known, {"$set": {"filters.$.asked": asked}})).matched_count:
            return
        has_room = {"_id": sub, f"filters.{FILTERS_MOST - 1}": {"$exists": False}}
        new = {"$push": {"filters": {"name": saved.name, "asked": asked}}}
        try:
            await self._collection.update_one(has_room, new, upsert=True)
        except DuplicateKeyError:  # it is there, and full
            raise Reject("too-many-filters", f"One person keeps {FILTERS_MOST} filters at most.") from None

    async def remove(self, sub: str, name: str) -> None:
        """Remove a person's filter of that name; nothing happens where there is none."""
        await self._collection.update_one({"_id": sub}, {"$pull": {"filters": {"name": name}}})
