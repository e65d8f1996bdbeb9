"""The crews' photos in MongoDB: made small and free of what the camera wrote into them before they come here."""

import hashlib
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError


@dataclass(frozen=True)
class Photo:
    """A picture as stored, already made small and free of what the camera wrote into it."""

    id: str
    order_id: str
    content: bytes
    kind: str = "image/jpeg"


def photo_id(order_id: str, content: bytes) -> str:
    """The same picture of the same work has the same id; nobody can guess it."""
    return hashlib.sha256(order_id.encode() + content).hexdigest()[:40]


class PhotoStore:
    """By the work that they show."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection

    async def save(self, photo: Photo) -> None:
        """Once; a second copy of the same picture is the same photo."""
        document = {"_id": photo.id, "order_id": photo.order_id, "content": photo.content, "kind": photo.kind}
        try:
            await self._collection.insert_one(document)
        except DuplicateKeyError:
            return

    async def find(self, order_id: str, photo_id: str) -> Photo | None:
        """A photo of that work order."""
        found = await self._collection.find_one({"_id": photo_id, "order_id": order_id})
        return Photo(found["_id"], found["order_id"], bytes(found["content"]), found["kind"]) if found else None
