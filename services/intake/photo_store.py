"""Photos in MongoDB: kept for some days from their upload, and for as long as a report that names them. Together, those
that no report names have a budget."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Binary
from pymongo import IndexModel

from services.intake.domain.report import Report
from shared.files.budget import Budget
from shared.files.pictures import Picture
from shared.kernel import Reject, now
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service

SWEPT_AT_ONCE = 1000
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # before every photo: a bound lets the index alone answer


class PhotoStore:
    """One collection: `{_id: hash of the picture, jpeg, thumbnail, width, height, size, expires_at, cases}`."""

    def __init__(self, service: Service, reports: MongoCases[Report], life: timedelta, most: int) -> None:
        self._photos = service.database["photos"]
        self._reports = reports.collection
        self._life = life
        self.budget = Budget("photos", most, self._count_waiting_bytes)
        waiting = {"expires_at": {"$exists": True}}
        keys = [("expires_at", 1), ("size", 1)]  # so that the sum is read off the index, and no picture for it
        service.indexes("photos", IndexModel(keys, name="waiting", partialFilterExpression=waiting))

    async def save(self, picture: Picture) -> None:
        """Kept for some days from the last time it came; for as long as its report once one names it."""
        size = len(picture.jpeg) + len(picture.thumbnail)
        photo = {
            "jpeg": Binary(picture.jpeg),
            "thumbnail": Binary(picture.thumbnail),
            "width": picture.width,
            "height": picture.height,
            "size": size,
        }
        await self.budget.need(size)
        fresh = {"expires_at": now() + self._life, "cases": []}
        await self._extend([picture.id])  # first: what waits longer is not swept away in between
        await self._photos.update_one({"_id": picture.id}, {"$set": photo, "$setOnInsert": fresh}, upsert=True)

    async def _count_waiting_bytes(self) -> int:
        """What the photos take that no report names."""
        steps: list[dict[str, Any]] = [
            {"$match": {"expires_at": {"$gt": _LONG_AGO}}},
            {"$group": {"_id": None, "bytes": {"$sum": "$size"}}},
        ]
        return sum([one["bytes"] async for one in self._photos.aggregate(steps)])

    async def jpeg(self, photo_id: str, *, thumbnail: bool) -> bytes | None:
        """The bytes of a photo or of its thumbnail; None where there is none (any more)."""
        field = "thumbnail" if thumbnail else "jpeg"
        document = await self._photos.find_one({"_id": photo_id}, {field: 1})
        return bytes(document[field]) if document else None

    async def require(self, photos: Sequence[str]) -> list[str]:
        """They wait while their report is decided; `Reject` when one is not there (never was, or waited too long)."""
        wanted = list(dict.fromkeys(photos))
        if wanted:
            await self._extend(wanted)
            if await self._photos.count_documents({"_id": {"$in": wanted}}) != len(wanted):
                raise Reject("unknown-photo", "a photo is not here (any more): upload it again", status=422)
        return wanted

    async def _extend(self, photos: Sequence[str]) -> None:
        """Those that no report names yet wait for some days from now."""
        waiting = {"_id": {"$in": list(photos)}, "expires_at": {"$exists": True}}
        await self._photos.update_many(waiting, {"$set": {"expires_at": now() + self._life}})

    async def attach(self, photos: Sequence[str], case_id: str, named: Sequence[str]) -> None:
        """For as long as the case, those that it names: the answer to a repeated request names no new ones."""
        if both := [photo for photo in photos if photo in named]:
            lasting = {"$unset": {"expires_at": ""}, "$addToSet": {"cases": case_id}}
            await self._photos.update_many({"_id": {"$in": both}}, lasting)

    async def forget_unnamed(self) -> None:
        """Remove uploads that no report ever named."""
        waited = {"expires_at": {"$lt": now()}}
        while expired := [one["_id"] async for one in self._photos.find(waited, {"_id": 1}).limit(SWEPT_AT_ONCE)]:
            # Their report is saved before they are attached: a crash in between has left them waiting.
            naming = {"state.photos": {"$in": expired}, "state.photos.0": {"$exists": True}}
            async for case in self._reports.find(naming, {"state.photos": 1}):
                await self.attach(expired, case["_id"], case["state"]["photos"])
            await self._photos.delete_many({"_id": {"$in": expired}, **waited})
