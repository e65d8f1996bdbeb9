"""Who of all replicas does what only one should do; by the database's clock, so that theirs may differ."""

from contextlib import suppress
from typing import Any, Protocol

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from shared.telemetry import metrics


class Leases(Protocol):
    """What timers and sweeps need; the work itself must bear two holders, for a holder may be slower than its lease."""

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew; False while another holds it."""


class MongoLeases:
    """Leases in one collection: `{_id: name, holder, until}`."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]], holder: str) -> None:
        self._collection = collection
        self._holder = holder

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew the lease; False while another holds it."""
        # A missing `until` is less than any time, so a new lease is free.
        free = {"$or": [{"$eq": ["$holder", self._holder]}, {"$lt": ["$until", "$$NOW"]}]}
        taken = {"holder": self._holder, "until": {"$add": ["$$NOW", round(seconds * 1000)]}}
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

    async def release_all(self) -> None:
        """Give back at the stop, so that the next replica need not wait; without a database they run out."""
        with suppress(PyMongoError):
            await self._collection.delete_many({"holder": self._holder})
