"""Which replica does what only one should do, and how all of them share the rest; by the database's clock, so that
theirs may differ."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from shared.kernel.moments import Shard
from shared.telemetry import metrics

RENEW_SECONDS = 3.0  # how soon a replica that comes or goes is noticed
MEMBER_SECONDS = 10.0  # and one that was killed
FORGOTTEN_SECONDS = 3600
LEASE_INDEXES = (IndexModel([("until", 1)], name="forgotten", expireAfterSeconds=FORGOTTEN_SECONDS),)


class Leases(Protocol):
    """What sweeps and timers need; the work itself must bear two holders, for a holder may be slower than its lease."""

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew; False while another holds it."""

    async def join(self, group: str) -> Shard:
        """Say that this process is alive, and learn its shard among all that are."""


class MongoLeases:
    """Leases in one collection: `{_id: name, holder, until}`; `{_id: group/holder, pool: group, …}` for a member"""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]], holder: str) -> None:
        self._collection = collection
        self._holder = holder

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew the lease; False while another holds it."""
        # A missing `until` is less than any time, so a new lease is free.
        free = {"$or": [{"$eq": ["$holder", self._holder]}, {"$lt": ["$until", "$$NOW"]}]}
        taken = {"holder": self._holder, "until": _in(seconds)}
        change = {field: {"$cond": [free, value, f"${field}"]} for field, value in taken.items()}
        try:
            lease = await self._collection.find_one_and_update(
                {"_id": name}, [{"$set": change}], upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:  # another made it in the same moment
            lease = None
        if lease is None or lease["holder"] != self._holder:
            metrics.leases_held.labels(name).set(0)
            return False
        metrics.leases_held.labels(name).set(1)
        return True

    async def join(self, group: str) -> Shard:
        """Say that this process is alive, and learn its shard among all that are."""
        mine = {"pool": group, "holder": self._holder, "until": _in(MEMBER_SECONDS)}
        await self._collection.update_one({"_id": f"{group}/{self._holder}"}, [{"$set": mine}], upsert=True)
        alive = {"pool": group, "$expr": {"$gt": ["$until", "$$NOW"]}}
        members = sorted([one["holder"] async for one in self._collection.find(alive, {"holder": 1})])
        if self._holder not in members:  # its own lease was read before the majority had it
            members = sorted([*members, self._holder])
        return Shard(members.index(self._holder), len(members))

    async def release_all(self) -> None:
        """Give back at the stop, so that the next replica need not wait; without a database they run out."""
        with suppress(PyMongoError):
            await self._collection.delete_many({"holder": self._holder})


def _in(seconds: float) -> Mapping[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}
