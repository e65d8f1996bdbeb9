"""What is saved in a collection, told as it is saved, whoever saves it: a change stream that never ends in silence.

It wakes whoever would else find the work at its next sweep, and shows live what changes. Nothing depends on it for
being done at all: what a break of the stream hides, the sweep finds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from bson import Timestamp
from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import OperationFailure, PyMongoError

from shared.kernel.errors import say_error
from shared.telemetry import get_log, metrics

log = get_log(__name__)

Document = dict[str, Any]
Change = Mapping[str, Any]
Source = AsyncIOMotorCollection[Document] | AsyncIOMotorDatabase[Document]

RETRY_SECONDS = (0.2, 5.0)  # first and longest, before the stream is begun again
TROUBLE_SECONDS = 10.0  # a stream that is away for less is a primary being elected
HISTORY_LOST = 286  # the journal no longer reaches back so far
# Codes that say: not from that place (ChangeStreamFatalError, InvalidResumeToken, CappedPositionLost, too large).
_LOST = frozenset({HISTORY_LOST, 280, 260, 136, 10334})
# A step of a case, or one of its moments put back; not the relay, which takes out what it has published.
STEPPED = {
    "$or": [
        {"operationType": {"$in": ["insert", "replace"]}},
        {"updateDescription.updatedFields.v": {"$exists": True}},
        {"updateDescription.updatedFields.wake": {"$exists": True}},
    ]
}
STEPS: Sequence[Document] = [{"$match": STEPPED}]


def wakes(collections: Iterable[str]) -> Sequence[Document]:
    """The steps of all these collections, and of each only what a sleeper needs: it is read for every save."""
    wake = {"$ifNull": ["$updateDescription.updatedFields.wake", "$fullDocument.wake"]}
    return [
        {"$match": {"ns.coll": {"$in": sorted(collections)}, **STEPPED}},
        {"$project": {"documentKey": 1, "ns": 1, "wake": wake}},
    ]


class ChangeFollower:
    """Hands every change of a collection or database to `take`; `lost` is told when some were missed.

    `back_seconds`: how far in the past it begins. `whole`: each change brings its document as it is by then.
    """

    def __init__(
        self,
        source: Source,
        take: Callable[[Change], None],
        lost: Callable[[], None],
        *,
        pipeline: Sequence[Document] = STEPS,
        whole: bool = False,
        back_seconds: int = 0,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._name = source.name
        # A database's own attribute of that name would be a collection.
        self._database: Any = source.database if isinstance(source, AsyncIOMotorCollection) else source
        for outcome in ("taken", "failed"):
            metrics.changes_total.labels(self._name, outcome)  # begins at 0
        self._take = take
        self._lost = lost
        self._pipeline = list(pipeline)
        self._options: Document = {"full_document": "updateLookup"} if whole else {}
        self._back_seconds = back_seconds
        self._wait = wait
        self._place: Change | None = None
        self._failures = 0
        self._away_since: float | None = None
        self._trouble = "not begun yet"

    async def follow(self) -> None:
        """Ends only by cancellation: what fails is logged, told in `problem`, and begun again where it was."""
        self._away_since = _read_time()
        while True:
            try:
                await self._watch()
            except Exception as error:  # noqa: BLE001 - a follower that dies is missed by nobody until it is too late
                self._fail(error)
            first, longest = RETRY_SECONDS
            await self._wait(min(longest, first * 2.0 ** min(self._failures, 10)))

    async def problem(self) -> str | None:
        """Why changes do not arrive; None while they do, and for a moment after."""
        if self._away_since is None or _read_time() - self._away_since < TROUBLE_SECONDS:
            return None
        return f"changes of {self._name} do not arrive: {self._trouble}"

    async def _watch(self) -> None:
        async with self._source.watch(self._pipeline, **self._options, **await self._from()) as stream:
            while stream.alive:
                change = await stream.try_next()  # answers after a second at the latest, so that the place moves on
                self._up()
                if change is not None:
                    self._place = change["_id"]
                    self._hand_over(change)
                elif stream.resume_token is not None:
                    self._place = stream.resume_token

    async def _from(self) -> Document:
        """By the database's clock: what ours says that is ahead is told of only then."""
        if self._place is not None:
            return {"resume_after": self._place}
        if not self._back_seconds:
            return {}  # from now on
        at = (await self._database.command("ping"))["operationTime"]
        return {"start_at_operation_time": Timestamp(at.time - self._back_seconds, 1)}

    def _hand_over(self, change: Change) -> None:
        """One change that cannot be taken is no reason to miss those after it."""
        try:
            self._take(change)
        except Exception:
            log.exception("a change could not be taken", extra={"followed": self._name})
            metrics.changes_total.labels(self._name, "failed").inc()
        else:
            metrics.changes_total.labels(self._name, "taken").inc()

    def _up(self) -> None:
        if self._away_since is not None:
            self._away_since, self._failures = None, 0
            metrics.changes_followed.labels(self._name).set(1)

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        self._trouble = say_error(error)
        if self._away_since is None:
            self._away_since = _read_time()
        metrics.changes_followed.labels(self._name).set(0)
        write = log.warning if isinstance(error, PyMongoError) else log.exception
        write("changes are followed again", extra={"followed": self._name, "why": self._trouble})
        if isinstance(error, OperationFailure) and error.code in _LOST:
            self._place, self._back_seconds = None, 0  # nor may it reach back so far as it was to begin
            self._lost()


def _read_time() -> float:
    return asyncio.get_running_loop().time()
