"""The reports and photos in MongoDB: the only file of intake that knows the driver and the documents' shape."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Binary
from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from services.intake.domain.report import ENDED, OPEN, Report
from services.intake.domain.retention import forget_at
from services.intake.domain.submission import Submission, same, submit
from services.intake.settings import Settings
from shared.kernel import Case, Cause, Decide, DuplicateKey, Moment, Reject, Step, now
from shared.kernel.service import Service
from shared.pictures import Picture
from shared.references import make_reference
from shared.town import Town

ATTEMPTS = 20  # two of 10⁷ cases share a reference once in 3,000; twenty times in a row does not happen
EARTH_M = 6_371_008.8
SWEPT_AT_ONCE = 1000
COUNTED_FOR = timedelta(minutes=1)  # counting takes 0.14 s among 100,000 reports, and the first page asks for it
_INDEXES = (
    IndexModel([("state.reference", ASCENDING)], name="reference", unique=True),
    IndexModel([("state.submitted_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
    IndexModel(["state.listed", "state.state", ("state.submitted_at", DESCENDING), ("_id", DESCENDING)], name="states"),
    IndexModel([("state.category", ASCENDING), ("state.submitted_at", DESCENDING)], name="category"),
    IndexModel([("state.updated_at", ASCENDING)], name="updated"),
    IndexModel([("state.shown_at", GEOSPHERE)], name="place", sparse=True),
    IndexModel(
        [("state.photos", ASCENDING)], name="photos", partialFilterExpression={"state.photos.0": {"$exists": True}}
    ),
    IndexModel([("state.forgotten_at", ASCENDING), ("state.closed_at", ASCENDING)], name="retention",
               partialFilterExpression={"state.closed_at": {"$type": "date"}}),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which public reports; None: any. `bounds`: west, south, east, north."""

    open: bool | None = None
    states: Sequence[str] = ()
    categories: Sequence[str] = ()
    bounds: tuple[float, float, float, float] | None = None
    updated_since: datetime | None = None

    def query(self) -> dict[str, Any]:
        """As MongoDB asks for it."""
        query: dict[str, Any] = {"state.listed": True}
        if self.open is not None:
            query["state.state"] = {"$in": list(OPEN if self.open else ENDED)}
        if self.states:
            query["state.state"] = {"$in": list(self.states)}
        if self.categories:
            query["state.category"] = {"$in": list(self.categories)}
        if self.updated_since:
            query["state.updated_at"] = {"$gte": self.updated_since}
        if self.bounds:
            west, south, east, north = self.bounds
            # Flat comparison instead of $geoWithin: a box on a sphere has bent edges, a map's has straight ones.
            query["state.shown_at.0"] = {"$gte": west, "$lte": east}
            query["state.shown_at.1"] = {"$gte": south, "$lte": north}
        return query


class Store:
    """Reports as cases, photos beside them."""

    def __init__(self, service: Service, town: Town, settings: Settings) -> None:
        self.cases = service.cases(
            "reports", Report, moments=self._moments, shown=lambda one: one.listed, indexes=_INDEXES
        )
        self.case_id = service.keys.case_id
        self.town = town
        self._days = town.retention.reporter_days
        self._photos = service.database["photos"]
        service.indexes("photos", IndexModel([("expires_at", 1)], name="expiry", sparse=True))
        self._photo_life = timedelta(hours=settings.photo_hours)
        self._counted: tuple[datetime, dict[str, int]] = (datetime.min.replace(tzinfo=UTC), {})

    async def submit(self, case_id: str, new: Submission, cause: Cause) -> Case[Report]:
        """Open the case; the same key with the same content finds the one it opened before."""
        new = new.model_copy(update={"photos": await self._held(new.photos)})
        for attempt in range(ATTEMPTS):
            reference = make_reference(self.town.reference_prefix, case_id, attempt)
            try:
                case = await self.cases.step(case_id, self._opened(case_id, reference, new), cause)
            except DuplicateKey:
                continue
            same(case.state, new)
            await self._keep(new.photos, case_id, case.state.photos)
            return case
        raise RuntimeError(f"no free reference after {ATTEMPTS} attempts")

    def _opened(self, case_id: str, reference: str, new: Submission) -> Decide[Report]:
        def decide(report: Report | None, cause: Cause) -> Step[Report] | None:
            return None if report else submit(case_id, reference, new, self.town, cause.at)

        return decide

    async def step(self, case_id: str, decide: Callable[[Report, Cause], Step[Report] | None],
                   cause: Cause, photos: Sequence[str] = ()) -> Case[Report]:  # fmt: skip
        """A decision about a report that must be there, and the photos that it adds."""

        def known(report: Report | None, judged: Cause) -> Step[Report] | None:
            if report is None:
                raise Reject("unknown-report", f"there is no report {case_id}", status=404)
            return decide(report, judged)

        held = await self._held(photos)
        case = await self.cases.step(case_id, known, cause)
        await self._keep(held, case_id, case.state.photos)
        return case

    async def by_reference(self, reference: str) -> Case[Report] | None:
        """The case of a reference in its written form."""
        document = await self.cases.collection.find_one({"state.reference": reference}, _CASE)
        return self.cases.parse(document) if document else None

    async def newest(self, wanted: Wanted, most: int, after: tuple[datetime, str] | None = None) -> list[Case[Report]]:
        """Public reports without their timelines, newest first, that come after that time and id."""
        query = wanted.query()
        if after:
            at, case_id = after
            query["$or"] = [{"state.submitted_at": {"$lt": at}}, {"state.submitted_at": at, "_id": {"$lt": case_id}}]
        return await self._found(query, most)

    async def _found(self, query: dict[str, Any], most: int) -> list[Case[Report]]:
        order = [("state.submitted_at", DESCENDING), ("_id", DESCENDING)]
        documents = await self.cases.collection.find(query, _LISTED).sort(order).limit(most).to_list(most)
        # Ten thousand take a second, in which nobody else would be answered.
        return await asyncio.to_thread(lambda: [self.cases.parse(document) for document in documents])

    async def near(self, categories: Sequence[str], latitude: float, longitude: float, radius_m: float,
                   since: datetime, most: int) -> list[Case[Report]]:  # fmt: skip
        """Open public reports of those categories without their timelines, as everybody may know their places."""
        circle = {"$centerSphere": [[longitude, latitude], radius_m / EARTH_M]}
        query = Wanted(open=True, categories=categories).query() | {
            "state.shown_at": {"$geoWithin": circle}, "state.sensitive": False, "state.submitted_at": {"$gte": since},
        }  # fmt: skip
        return await self._found(query, most)

    async def counts(self) -> dict[str, int]:
        """How many public reports are in each state, or were less than a minute ago."""
        at, counts = self._counted
        if now() - at >= COUNTED_FOR:
            self._counted = at, counts = now(), await self._count()
        return counts

    async def _count(self) -> dict[str, int]:
        # The states' index answers this alone; even so each report is a key to be counted.
        group = {"_id": "$state.state", "count": {"$sum": 1}}
        pipeline: list[dict[str, Any]] = [{"$match": {"state.listed": True}}, {"$group": group}]
        return {row["_id"]: row["count"] async for row in self.cases.collection.aggregate(pipeline)}

    def _moments(self, report: Report) -> list[Moment]:
        at = report.reopen_until if report.state == "resolved" else forget_at(report, self._days)
        return [Moment("clock", at)] if at else []

    async def wake_overdue(self) -> None:
        """Have the timer look now at each report whose people are to be forgotten by the profile as it is: it may have
        been closed when the profile said a longer time, or by a version that forgot nobody."""
        at = now()
        late = {"state.forgotten_at": None, "moments.at": {"$not": {"$lte": at}},
                "state.closed_at": {"$lte": at - timedelta(days=self._days), "$type": "date"}}  # fmt: skip
        while ids := [one["_id"] async for one in self.cases.collection.find(late, {"_id": 1}).limit(SWEPT_AT_ONCE)]:
            # This moment, and not the one that it missed: the case may have seen that one, when it was too early.
            await self.cases.ask_for(Moment("clock", at), ids)

    async def save_photo(self, picture: Picture) -> None:
        """Kept for some days from the last time it came; for as long as its report once one names it."""
        photo = {"jpeg": Binary(picture.jpeg), "thumbnail": Binary(picture.thumbnail), "width": picture.width,
                 "height": picture.height}  # fmt: skip
        fresh = {"expires_at": now() + self._photo_life, "cases": []}
        await self._extend([picture.id])  # first: what waits longer is not swept away in between
        await self._photos.update_one({"_id": picture.id}, {"$set": photo, "$setOnInsert": fresh}, upsert=True)

    async def photo(self, photo_id: str, *, thumbnail: bool) -> bytes | None:
        """The JPEG of a photo."""
        field = "thumbnail" if thumbnail else "jpeg"
        document = await self._photos.find_one({"_id": photo_id}, {field: 1})
        return bytes(document[field]) if document else None

    async def _held(self, photos: Sequence[str]) -> list[str]:
        """They wait while their report is decided; `Reject` when one is not there (never was, or waited too long)."""
        wanted = list(dict.fromkeys(photos))
        if wanted:
            await self._extend(wanted)
            if await self._photos.count_documents({"_id": {"$in": wanted}}) != len(wanted):
                raise Reject("unknown-photo", "a photo is not here (any more): upload it again", status=422)
        return wanted

    async def _extend(self, photos: Sequence[str]) -> None:
        """Those that are not kept wait for some days from now."""
        waiting = {"_id": {"$in": list(photos)}, "expires_at": {"$exists": True}}
        await self._photos.update_many(waiting, {"$set": {"expires_at": now() + self._photo_life}})

    async def _keep(self, photos: Sequence[str], case_id: str, named: Sequence[str]) -> None:
        """For as long as the case, those that it names: the answer to a repeated request names no new ones."""
        if both := [photo for photo in photos if photo in named]:
            kept = {"$unset": {"expires_at": ""}, "$addToSet": {"cases": case_id}}
            await self._photos.update_many({"_id": {"$in": both}}, kept)

    async def forget_photos(self) -> None:
        """Remove uploads that no report ever named."""
        waited = {"expires_at": {"$lt": now()}}
        while expired := [one["_id"] async for one in self._photos.find(waited, {"_id": 1}).limit(SWEPT_AT_ONCE)]:
            # Their report is saved before they are kept: who died in between has left them waiting.
            naming = {"state.photos": {"$in": expired}, "state.photos.0": {"$exists": True}}
            async for case in self.cases.collection.find(naming, {"state.photos": 1}):
                await self._keep(expired, case["_id"], case["state"]["photos"])
            await self._photos.delete_many({"_id": {"$in": expired}, **waited})


_CASE = {"outbox": 0, "seen": 0, "heard": 0}
_LISTED = {**_CASE, "state.timeline": 0}  # most of a document, and no list shows it
