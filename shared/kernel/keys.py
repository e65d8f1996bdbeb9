"""Idempotency keys: which case a client's key opened, so that a retry on a bad network finds it again.

The case keeps a fresh id that sorts by time; an id derived from the key could not.
"""

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from shared.events.ids import new_id
from shared.kernel.case import keyed_id
from shared.kernel.clock import now
from shared.kernel.gather import Gather

KEPT_SECONDS = 30 * 24 * 60 * 60  # longer than any phone goes on trying to send a draft
KEY_INDEXES = (IndexModel([("at", 1)], name="kept", expireAfterSeconds=KEPT_SECONDS),)


class Keys:
    """One collection: `{_id: digest of scope and key, case_id, at}`."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection
        self._claim = Gather(self._claims)

    async def case_id(self, scope: str, key: str | None) -> str:
        """The id of the case that belongs to the key; a new one for a new key, and for none."""
        return new_id() if key is None else await self._claim(keyed_id(scope, key))

    async def _claims(self, keys: Sequence[str]) -> Sequence[str]:
        """The first claim of a key stays; all of them then read what it says."""
        claims = [
            UpdateOne({"_id": key}, {"$setOnInsert": {"case_id": new_id(), "at": now()}}, upsert=True) for key in keys
        ]
        try:
            await self._collection.bulk_write(claims, ordered=False)
        except BulkWriteError as error:  # two processes claimed one key in the same moment: one of them did
            if any(item["code"] != 11000 for item in error.details["writeErrors"]):
                raise
        found = {claim["_id"]: claim["case_id"] async for claim in self._collection.find({"_id": {"$in": list(keys)}})}
        return [found[key] for key in keys]
