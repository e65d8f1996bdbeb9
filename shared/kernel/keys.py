"""Idempotency keys: which case a client's key opened, so that a retry on a bad network finds it again.

The case keeps a fresh id that sorts by time; an id derived from the key could not.
"""

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import IndexModel
from pymongo.errors import BulkWriteError

from shared.events.ids import new_id
from shared.kernel.case import derive_keyed_id
from shared.kernel.clock import now
from shared.kernel.errors import Transient
from shared.kernel.gather import Gather

_DUPLICATE_KEY = 11000
KEPT_SECONDS = 30 * 24 * 60 * 60  # longer than any phone goes on trying to send a draft
KEY_INDEXES = (IndexModel([("at", 1)], name="kept", expireAfterSeconds=KEPT_SECONDS),)


class Keys:
    """One collection: `{_id: digest of scope and key, case_id, at}`."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection
        self._claim = Gather(self._claim_all)

    async def case_id(self, scope: str, key: str | None) -> str:
        """The id of the case that belongs to the key; a new one for a new key, and for none."""
        return new_id() if key is None else await self._claim(derive_keyed_id(scope, key))

    async def _claim_all(self, keys: Sequence[str]) -> Sequence[str]:
        """The first claim of a key stays. Nearly all are first: what was there is read only for the others."""
        found = {key: new_id() for key in keys}
        claims = [{"_id": key, "case_id": case_id, "at": now()} for key, case_id in found.items()]
        try:
            await self._collection.insert_many(claims, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(item["code"] != _DUPLICATE_KEY for item in failed):
                raise
            there = [claims[item["index"]]["_id"] for item in failed]
            earlier = {claim["_id"]: claim["case_id"] async for claim in self._collection.find({"_id": {"$in": there}})}
            if len(earlier) < len(there):  # a new id would be nobody's, and the next try would get another one
                raise Transient("an earlier request with the same key is not readable yet") from error
            found |= earlier
        return [found[key] for key in keys]
