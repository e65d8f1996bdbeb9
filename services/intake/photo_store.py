"""Photos in MongoDB: kept for some days from their upload, and for as long as a report that names them."""

from collections.abc import Sequence
from datetime import timedelta

from bson import Binary
from pymongo import IndexModel

from services.intake.domain.report import Report
from shared.kernel import Reject, now
from shared.kernel.mongo import MongoCases
from shared.kernel.service import Service
from shared.pictures import Picture

SWEPT_AT_ONCE = 1000


class PhotoStore:
    """One collection: `{_id: hash of the picture, jpeg, thumbnail, width, height, expires_at, cases}`."""

    def __init__(self, service: Service, reports: MongoCases[Report], life: timedelta) -> None:
        self._photos = service.database["photos"]
        self._reports = reports.collection
        self._life = life
        service.indexes("photos", IndexModel([("expires_at", 1)], name="expiry", sparse=True))

    async def save(self, picture: Picture) -> None:
        """Kept for some days from the last time it came; for as long as its report once one names it."""
        photo = {"jpeg": Binary(picture.jpeg), "thumbnail": Binary(picture.thumbnail), "width": picture.width,
                 "height": picture.height}  # fmt: skip
        fresh = {"expires_at": now() + self._life, "cases": []}
        await self._extend([picture.id])  # first: what waits longer is not swept away in between
        await self._photos.update_one({"_id": picture.id}, {"$set": photo, "$setOnInsert": fresh}, upsert=True)

    async def jpeg(self, photo_id: str, *, thumbnail: bool) -> bytes | None:
        """The JPEG of a photo."""
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
