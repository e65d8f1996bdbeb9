"""The moments of the cases in one collection: which have come, and what became of them; see `moments` for the shape."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING, IndexModel

from shared.kernel.errors import Transient
from shared.kernel.moments import (
    Kept,
    Moment,
    Search,
    as_documents,
    found_by,
    make_fresh,
    read_moments,
    wake_oversleeping,
)

Document = dict[str, Any]

ATTEMPTS = 10  # of a note on a case whose moments others change at the same time
WOKEN_MOST = 500  # in one go; it comes again
COUNTED_MOST = 10_000  # of a backlog: that it is large is all that anybody needs to know
# Named in every query: without it the database reads the whole index and each case in it.
_WAITS = {"wake.at": {"$type": "date"}}
# Other keys want another name: the database refuses a start that asks for them under one which is there. What had been
# `wake`, without kinds, stays for the replicas of the release before, who name it; whoever follows retires it.
_WAKE = "wake-kind"
# Each is as small as the work that waits. A look goes through the pools by the first, however much waits in one.
MOMENT_INDEXES = (
    IndexModel(
        [("wake.lane", ASCENDING), ("wake.at", ASCENDING), ("wake.part", ASCENDING), ("wake.kind", ASCENDING)],
        name=_WAKE,
        partialFilterExpression=_WAITS,
    ),
    IndexModel([("moments.at", ASCENDING)], name="failing", partialFilterExpression={"moments.tries": {"$gt": 0}}),
    IndexModel([("moments.next", ASCENDING)], name="resting", partialFilterExpression={"moments.tries": {"$gt": 0}}),
    IndexModel([("moments.parked", ASCENDING)], name="parked", partialFilterExpression={"moments.parked": True}),
)

Change = Callable[[Sequence[Kept]], Sequence[Kept]]


class MongoMoments:
    """What timers read and write of a case's document; the version stays, so that it does not get in a step's way.

    `kinds`: of the moments that are looked for; None: all. Those of a newer release are left to it. One that is stored
    without its kind was written by a release before there were any: it is looked for too, and known by its name.
    """

    def __init__(self, collection: AsyncIOMotorCollection[Document], kinds: Collection[str] | None = None) -> None:
        self._collection = collection
        self._kinds = kinds
        self._of_kind: Mapping[str, Any] = {} if kinds is None else {"kind": {"$in": [*sorted(kinds), None]}}

    async def due(self, search: Search) -> Sequence[tuple[str, Sequence[Kept]]]:
        """Cases with what the search is after, in the order of pool and time."""
        # No sort: what the index yields is in its order, and asked for it the database would read and sort all.
        query = {"wake": {"$elemMatch": {**_within(search), **self._of_kind}}, **_WAITS}
        cursor = self._collection.find(query, {"moments": 1}, hint=_WAKE, limit=search.most, batch_size=search.most)
        found = [(document["_id"], found_by(search, self._select_known(document))) async for document in cursor]
        return [(case_id, moments) for case_id, moments in found if moments]

    async def keep(self, case_id: str, moment: Kept) -> None:
        """Note what became of a moment, unless the case no longer waits for it."""
        await self._change(case_id, lambda kept: [moment if one.moment == moment.moment else one for one in kept])

    async def put_back(self, case_id: str, moment: Moment) -> None:
        """Try a parked moment again, as if it had never failed."""
        await self._change(case_id, lambda kept: make_fresh(kept, moment))

    async def wake_oversleeping(self, after: datetime) -> None:
        """Try what has failed and rests until then or longer: its rest was reckoned by a clock that was ahead."""
        resting = {"moments.next": {"$gt": after}, "moments.tries": {"$gt": 0}}
        async for document in self._collection.find(resting, {"_id": 1}, hint="resting", limit=WOKEN_MOST):
            await self._change(document["_id"], lambda kept: wake_oversleeping(kept, after))

    async def oldest_failing(self) -> datetime | None:
        """Since when the oldest moment waits that has failed and is tried again; None: there is none."""
        failing = {"tries": {"$gt": 0}, "parked": False, **self._of_kind}
        query = {"moments": {"$elemMatch": failing}, "moments.tries": {"$gt": 0}}
        found = await self._collection.find_one(query, {"moments": 1}, sort=[("moments.at", 1)], hint="failing")
        return min(
            (one.moment.at for one in self._select_known(found or {}) if one.tries and not one.parked), default=None
        )

    async def count_due(self, now: datetime) -> int:
        """How many cases have something to do now, up to `COUNTED_MOST`."""
        query = {"wake": {"$elemMatch": {"lane": {"$gte": ""}, "at": {"$lte": now}, **self._of_kind}}, **_WAITS}
        return await self._collection.count_documents(query, hint=_WAKE, limit=COUNTED_MOST)

    async def count_parked(self) -> int:
        """How many cases have a moment that was given up."""
        return await self._collection.count_documents({"moments.parked": True}, hint="parked", limit=COUNTED_MOST)

    def _select_known(self, document: Mapping[str, Any]) -> Sequence[Kept]:
        return [one for one in read_moments(document) if self._kinds is None or one.moment.kind in self._kinds]

    async def _change(self, case_id: str, change: Change) -> None:
        """Guarded by the moments themselves: a step in between has others, and then the note is made on those."""
        for _ in range(ATTEMPTS):
            document = await self._collection.find_one({"_id": case_id}, {"moments": 1})
            if document is None:
                return
            kept = read_moments(document)
            if (wanted := change(kept)) == kept:
                return
            same = {"_id": case_id, "moments": document["moments"]}
            if (await self._collection.update_one(same, {"$set": as_documents(case_id, wanted)})).matched_count:
                return
        raise Transient(f"the moments of {case_id} were changed by others {ATTEMPTS} times in a row")


def _within(search: Search) -> Mapping[str, Any]:
    """The bounds of a search in the index, for one of a case's pools."""
    # One condition alone becomes bounds of the index; of two on the same field one would be checked on each document.
    pool: Mapping[str, Any] = {"$eq": search.pool} if search.pool is not None else {"$nin": sorted(search.but)}
    part = {"$gte": search.parts.start, "$lt": search.parts.stop}
    return {"lane": pool, "at": {"$lte": search.until}, "part": part}
