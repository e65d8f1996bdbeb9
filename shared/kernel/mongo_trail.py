"""The trail of a service in MongoDB: what its staff did, out of all its cases, for as long as the town keeps it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from shared.kernel.clock import now
from shared.kernel.trail import Change, Line
from shared.people import Person

Document = dict[str, Any]

MOVED_AT_ONCE = 500  # cases
MOVE_SECONDS = 60  # a line waits in its case for this long, unless somebody reads the trail
TRAIL_INDEXES = (
    IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
    IndexModel([("case_id", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="case"),
    IndexModel([("reference", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="reference"),
    IndexModel([("who.sub", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="who"),
)
# Of the cases themselves. Sparse: a case whose lines have moved is not in it.
WAITING_INDEX = IndexModel([("trail.at", ASCENDING)], name="trail", sparse=True)
_WAITING = {"trail.at": {"$exists": True}}


@dataclass(frozen=True)
class TrailFilter:
    """Which lines; None: any. `since` and `until` are the first moment that counts and the first that does not."""

    case_id: str | None = None
    reference: str | None = None
    sub: str | None = None
    since: datetime | None = None
    until: datetime | None = None


Place = tuple[datetime, str]  # in the order of the trail: when, and which line


class MongoTrail:
    """`{_id: <collection>/<case>/<cause>, at, happened_at, case_id, reference, act, who, changes}`."""

    def __init__(self, database: AsyncIOMotorDatabase[Document], days: int) -> None:
        self._lines = database["trail"]
        self._cases: list[AsyncIOMotorCollection[Document]] = []
        self._days = days

    def follow(self, cases: AsyncIOMotorCollection[Document]) -> None:
        """From now on move the trail lines of these cases into this collection."""
        self._cases.append(cases)

    async def add(self, collection: str, line: Line) -> None:
        """A line about something that is no step of a case, before it is done."""
        document = as_document(line)
        key = f"{collection}/{line.case_id}/{document.pop('id')}"
        await self._lines.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True)

    async def sweep(self) -> None:
        """Move what waits in the cases, and forget what is older than the town keeps it."""
        await self.move()
        await self._lines.delete_many({"at": {"$lt": now() - timedelta(days=self._days)}})

    async def move(self) -> None:
        """Into the trail first, then out of the case: whoever dies in between leaves it to be done once more."""
        for cases in self._cases:
            while found := await cases.find(_WAITING, {"trail": 1}, hint="trail").limit(MOVED_AT_ONCE).to_list(None):
                lines = [(case["_id"], line) for case in found for line in case["trail"]]
                await self._lines.bulk_write([_keep_line(cases.name, *line) for line in lines], ordered=False)
                await cases.bulk_write([_take_out(case) for case in found], ordered=False)

    async def newest(self, wanted: TrailFilter, most: int, before: Place | None = None) -> Sequence[tuple[str, Line]]:
        """Lines with their keys, the newest first, that come after that place; also what waits in the cases."""
        await self.move()
        cursor = (
            self._lines.find(_build_query(wanted, before)).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(most)
        )
        return [(document["_id"], _read_line(document)) async for document in cursor]

    async def of_case(self, case_id: str, most: int) -> Sequence[Line]:
        """The newest lines of one case, also those that still wait in it; nothing is moved, for a page may ask."""
        waiting = [
            line | {"_id": line["id"]}
            for cases in self._cases
            if (case := await cases.find_one({"_id": case_id}, {"trail": 1})) is not None
            for line in case.get("trail", ())
        ]
        cursor = self._lines.find({"case_id": case_id}).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(most)
        lines = {line.id: line for line in map(_read_line, [*waiting, *await cursor.to_list(None)])}
        return sorted(lines.values(), key=lambda line: (line.at, line.id), reverse=True)[:most]

    async def rewrite(self, case_id: str, change: Callable[[Any], Any]) -> None:
        """Put `change(value)` in the place of each value that the lines of this case hold."""
        await self.move()
        rewrites = [
            UpdateOne(
                {"_id": line["_id"]}, {"$set": {"changes": [_rewrite_change(one, change) for one in line["changes"]]}}
            )
            async for line in self._lines.find({"case_id": case_id})
        ]
        if rewrites:
            await self._lines.bulk_write(rewrites, ordered=False)


def as_document(line: Line) -> Document:
    """A line as it waits in its case's document: plain values only, sets sorted."""
    about = line.who.model_dump()
    who = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in about.items()}
    return {**asdict(line), "who": who, "changes": [asdict(change) for change in line.changes]}


def _keep_line(collection: str, case_id: str, line: Mapping[str, Any]) -> UpdateOne:
    content = {name: value for name, value in line.items() if name != "id"}
    return UpdateOne({"_id": f"{collection}/{case_id}/{line['id']}"}, {"$setOnInsert": content}, upsert=True)


def _take_out(case: Mapping[str, Any]) -> UpdateOne:
    """The case's version stays: this gets in the way of no step."""
    ids = [line["id"] for line in case["trail"]]
    return UpdateOne({"_id": case["_id"]}, {"$pull": {"trail": {"id": {"$in": ids}}}})


def _build_query(wanted: TrailFilter, before: Place | None) -> Document:
    names = {"case_id": wanted.case_id, "reference": wanted.reference, "who.sub": wanted.sub}
    query: Document = {name: value for name, value in names.items() if value is not None}
    period = {"$gte": wanted.since, "$lt": wanted.until}
    if given := {name: value for name, value in period.items() if value is not None}:
        query["at"] = given
    if before:
        at, key = before
        query["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": key}}]
    return query


def _read_line(document: Mapping[str, Any]) -> Line:
    return Line(
        id=document["_id"].rpartition("/")[2],
        at=document["at"],
        happened_at=document["happened_at"],
        case_id=document["case_id"],
        reference=document["reference"],
        act=document["act"],
        who=Person.model_validate(document["who"]),
        changes=[Change(**change) for change in document["changes"]],
    )


def _rewrite_change(change: Mapping[str, Any], rewrite: Callable[[Any], Any]) -> Document:
    return {**change, "old": rewrite(change["old"]), "new": rewrite(change["new"])}
