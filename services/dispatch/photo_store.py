"""The crews' photos in MongoDB: made small and free of what the camera wrote into them before they come here. Kept for
some days from their upload, and for good once a step of their work has named them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import Binary
from pymongo import IndexModel

from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import now
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service

# A phone sends its photos right before the step that names them, and sends them again when they are gone.
UNNAMED = timedelta(days=7)
SWEPT_AT_ONCE = 1000
_NAMING = ("state.before", "state.completion.before", "state.completion.photos", "state.history.overtaken.brought")


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
    """By the work that they show: `{_id, order_id, content, kind, expires_at}`, the last until a step names it."""

    def __init__(self, service: Service, orders: MongoCases[WorkOrder]) -> None:
        self._photos = service.database["photos"]
        self._orders = orders.collection
        waiting = {"expires_at": {"$exists": True}}
        service.indexes("photos", IndexModel("expires_at", name="waiting", partialFilterExpression=waiting))

    async def save(self, photo: Photo) -> None:
        """Once; a second copy of the same picture is the same photo."""
        about = {"order_id": photo.order_id, "content": Binary(photo.content), "kind": photo.kind}
        fresh = about | {"expires_at": now() + UNNAMED}
        await self._extend([photo.id])  # first: what waits longer is not swept away in between
        await self._photos.update_one({"_id": photo.id}, {"$setOnInsert": fresh}, upsert=True)

    async def find(self, order_id: str, photo_id: str) -> Photo | None:
        """The photo, if it is of that work order; None else, also for one of another order."""
        found = await self._photos.find_one({"_id": photo_id, "order_id": order_id})
        return Photo(found["_id"], found["order_id"], bytes(found["content"]), found["kind"]) if found else None

    async def list_missing(self, order_id: str, photos: Sequence[str]) -> Sequence[str]:
        """Those that are no photos of that work; the others wait while the step that names them is decided."""
        await self._extend(photos)
        wanted = {"_id": {"$in": list(photos)}, "order_id": order_id}
        there = {one["_id"] async for one in self._photos.find(wanted, {"_id": 1})}
        return [one for one in photos if one not in there]

    async def _extend(self, photos: Sequence[str]) -> None:
        waiting = {"_id": {"$in": list(photos)}, "expires_at": {"$exists": True}}
        await self._photos.update_many(waiting, {"$set": {"expires_at": now() + UNNAMED}})

    async def name(self, photos: Sequence[str]) -> None:
        """A step that is saved names them, and they stay: also when that step is taken back, for it may stand in what
        the resident was told."""
        if photos:
            await self._photos.update_many({"_id": {"$in": list(photos)}}, {"$unset": {"expires_at": ""}})

    async def forget_unnamed(self) -> None:
        """Remove what no step ever named: what was refused, or begun and never sent."""
        waited = {"expires_at": {"$lt": now()}}
        while expired := await self._photos.find(waited, {"order_id": 1}).limit(SWEPT_AT_ONCE).to_list(None):
            # A step is saved before its photos are named: a crash in between has left them waiting.
            orders = {"_id": {"$in": list({one["order_id"] for one in expired})}}
            naming = self._orders.find(orders, dict.fromkeys(_NAMING, 1))
            await self.name([name async for order in naming for name in _list_photo_ids(order["state"])])
            await self._photos.delete_many({"_id": {"$in": [one["_id"] for one in expired]}, **waited})


def _list_photo_ids(state: Mapping[str, Any]) -> Iterator[str]:
    """The ids of all photos that an order names by their paths."""
    brought = ((line.get("overtaken") or {}).get("brought", {}) for line in state.get("history", ()))
    for said in (state, state.get("completion") or {}, *brought):
        for paths in (said.get("before"), said.get("photos")):
            yield from (path.rpartition("/")[2] for path in paths if isinstance(path, str)) if paths else ()
