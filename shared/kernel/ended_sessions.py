"""Which sign-ins are over before their cookie says so: the one collection that all services read and write.

A service's cookie is good at all of them, so signing out at one must be known at the others; they do not call each
other, and an answer to "is this session still good" must not wait for a topic.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import IndexModel

from shared.kernel.clock import now

ENDED_INDEXES = (IndexModel([("until", 1)], name="over", expireAfterSeconds=0),)


class EndedSessions:
    """One collection: `{_id: key, before, until}`: sessions of the key begun up to `before` (Unix seconds) are over.

    What a key is, a session's id or a person's, the caller knows. Forgotten when no cookie of then can be good.
    """

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self.collection = collection

    @classmethod
    def of(cls, client: AsyncIOMotorClient[dict[str, Any]], prefix: str) -> "EndedSessions":
        """Those of the installation whose databases begin with this prefix."""
        return cls(client[f"{prefix}_sessions"]["ended"])

    async def end(self, key: str, before: int, lifetime: timedelta) -> None:
        """Remember; ending twice is as good as once, and the later moment counts."""
        change = {"$max": {"before": before, "until": now() + lifetime}}
        await self.collection.update_one({"_id": key}, change, upsert=True)

    async def has_ended(self, keys: Sequence[str], since: int) -> bool:
        """Whether a session under any of these keys, begun then, is over."""
        found = await self.collection.find_one({"_id": {"$in": list(keys)}, "before": {"$gte": since}}, {"_id": 1})
        return found is not None
