"""How often something was done that may be done only so often: counted by the write itself, whoever else counts too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from shared.kernel.errors import Conflict
from shared.kernel.gather import Gather
from shared.kernel.mongo_outcomes import outcomes_of

LOOK_UPS = "look_up_counts"  # `{_id: hour and officer, ids: of the looks, at}`
MAILS = "mail_counts"  # `{_id: day and mailbox, ids: of its mails, at}`; no address, only a keyed digest of it
FORGOTTEN = (IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=2 * 24 * 60 * 60),)


@dataclass(frozen=True)
class Counted:
    """One thing that is counted under a key, which has room for `most`."""

    key: str
    one: str
    most: int
    at: datetime


class Counts:
    """One collection of counts: what is counted in one moment goes into it together."""

    def __init__(self, collection: AsyncIOMotorCollection[Any]) -> None:
        self._collection = collection
        self.has_room = Gather(self._count)

    async def _count(self, asked: Sequence[Counted]) -> Sequence[bool | BaseException]:
        """Counts each, as long as no more than `most` are under its key; the same again counts once."""
        try:
            await self._collection.bulk_write([_count_up(one) for one in asked], ordered=False)
        except BulkWriteError as error:
            return [_has_room(outcome) for outcome in outcomes_of(error, len(asked))]
        return [True] * len(asked)


def _count_up(counted: Counted) -> UpdateOne:
    full = f"ids.{counted.most - 1}"
    wanted = {"_id": counted.key, "$or": [{"ids": counted.one}, {full: {"$exists": False}}]}
    return UpdateOne(wanted, {"$addToSet": {"ids": counted.one}, "$setOnInsert": {"at": counted.at}}, upsert=True)


def _has_room(outcome: BaseException | None) -> bool | BaseException:
    """A key that is there and full would be made a second time, which the database refuses."""
    return False if isinstance(outcome, Conflict) else outcome or True
