"""How often something was done that may be done only so often: counted in one write, whoever else counts too."""

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

LOOK_UPS = "look_up_counts"  # `{_id: hour and officer, ids: of the looks, at}`
MAILS = "mail_counts"  # `{_id: day and mailbox, ids: of its mails, at}`; no address, only a keyed digest of it
FORGOTTEN = (IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=2 * 24 * 60 * 60),)


async def has_room(counts: AsyncIOMotorCollection[Any], key: str, one: str, most: int, at: datetime) -> bool:
    """Counts `one` under the key, as long as no more than `most` are; the same again counts once."""
    wanted = {"_id": key, "$or": [{"ids": one}, {f"ids.{most - 1}": {"$exists": False}}]}
    try:
        await counts.update_one(wanted, {"$addToSet": {"ids": one}, "$setOnInsert": {"at": at}}, upsert=True)
    except DuplicateKeyError:  # it is there, and full
        return False
    return True
