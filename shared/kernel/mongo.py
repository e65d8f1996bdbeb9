"""Cases in MongoDB: the shape of a stored case, and bulk reads and guarded bulk writes of it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from motor.motor_asyncio import AsyncIOMotorCollection
from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.kernel.case import Case
from shared.kernel.cases import Cases
from shared.kernel.clock import now
from shared.kernel.errors import Conflict
from shared.kernel.failures import is_transient
from shared.kernel.fold import current_case_batch
from shared.kernel.moments import Moment, as_documents, keep_failures, read_moments
from shared.kernel.mongo_beside import MongoBeside
from shared.kernel.mongo_moments import MOMENT_INDEXES, MongoMoments
from shared.kernel.mongo_outcomes import outcomes_of
from shared.kernel.mongo_state import list_state_changes
from shared.kernel.mongo_trail import WAITING_INDEX, as_document
from shared.kernel.outbox import Entry, Message, has_waited
from shared.kernel.restored import find_sequence_floor
from shared.kernel.write import Stored, Write
from shared.telemetry import metrics

S = TypeVar("S", bound=BaseModel)
Document = dict[str, Any]

_NEVER = ""  # no case's id
OBSERVE_SECONDS = 5.0
# That there are any is all that a step needs to know.
_WITHOUT_EVENTS = {"outbox.headers": 0, "outbox.messages": 0, "trail": 0}
# Sparse: a case with an empty outbox is not in the index, so it stays as small as the work that waits.
KERNEL_INDEXES = (
    IndexModel([("outbox.at", ASCENDING)], name="outbox", sparse=True),
    WAITING_INDEX,
    *MOMENT_INDEXES,
)


class MongoStore(Generic[S]):
    """One collection of cases: `{_id, v, state, seen, asked, seq, heard, correlation, outbox, trail, moments, wake,
    older, until}`.

    What the cases no longer hold themselves is in `<name>_older`.
    """

    def __init__(
        self,
        collection: AsyncIOMotorCollection[Document],
        model: type[S],
        moments: Callable[[S], Sequence[Moment]] | None = None,
        kinds: Collection[str] = (),
    ) -> None:
        self.collection = collection
        self.beside = MongoBeside(collection, model)
        self.move, self.recall = self.beside.move, self.beside.recall
        self.floor = partial(find_sequence_floor, collection)
        self._model = model
        self._moments = moments
        self.kinds = frozenset(kinds)

    def parse(self, document: Mapping[str, Any]) -> Case[S]:
        """The case that a stored document holds; raises where its state does not fit the model."""
        return Case(document["_id"], document["v"], self._model.model_validate(document["state"]))

    def moments(self, state: S) -> Sequence[Moment]:
        """What a case in this state waits for."""
        return self._moments(state) if self._moments else ()

    async def load(self, ids: Sequence[str]) -> Sequence[Stored[S] | BaseException]:
        """Each case as stored, in the order asked; one that is not there has version 0 and no state."""
        cursor = self.collection.find({"_id": {"$in": list(set(ids))}}, _WITHOUT_EVENTS)
        found = {document["_id"]: document async for document in cursor}
        return [self._read_stored(case_id, found.get(case_id)) for case_id in ids]

    def _read_stored(self, case_id: str, document: Document | None) -> Stored[S] | BaseException:
        if document is None:
            return Stored(case_id, 0, None)
        try:
            state = self._model.model_validate(document["state"])
        except ValueError as error:  # one unreadable case must not fail the batch it was loaded in
            return error
        return Stored(
            case_id,
            document["v"],
            state,
            tuple(document["seen"]),
            document.get("asked", {}),
            document["seq"],
            document["heard"],
            read_moments(document),
            document.get("correlation", ""),
            document.get("older", {}),
            document.get("until", {}),
            bool(document.get("outbox")),
            document["state"],
        )

    async def save(self, writes: Sequence[Write[S]]) -> Sequence[BaseException | None]:
        """One unordered bulk: each write that finds its case in another version, or gone, fails by itself."""
        metrics.save_batch_size.labels(self.collection.name).observe(len(writes))
        try:
            await self.collection.bulk_write([self._write(write) for write in writes], ordered=False)
        except BulkWriteError as error:
            return outcomes_of(error, len(writes))
        except Exception as error:  # noqa: BLE001 - each caller raises its own
            if is_transient(error) or len(writes) == 1:
                return [error] * len(writes)
            # One case that cannot be encoded must not take the others of its batch down.
            return [await self._save_alone(write) for write in writes]
        return [None] * len(writes)

    async def _save_alone(self, write: Write[S]) -> BaseException | None:
        """What left before the driver came to one that it cannot send has taken effect, and its caller is to hear so;
        one whose events have left meanwhile hears of a conflict, and finds on its next load that it was here."""
        (outcome,) = await self.save([write])
        ours: Document = {"_id": write.id, "v": write.case.version, "seen": write.case.seen[-1]}
        if write.entries:
            ours["outbox.id"] = write.entries[0].id
        is_ours = isinstance(outcome, Conflict) and await self.collection.count_documents(ours, limit=1)
        return None if is_ours else outcome

    def _write(self, write: Write[S]) -> InsertOne[Document] | UpdateOne:
        case = write.case
        bookkeeping: Document = {
            "v": case.version,
            "seen": list(case.seen),
            "asked": case.asked,
            "seq": case.sequences,
            "heard": case.heard,
            "correlation": case.correlation,
            **as_documents(write.id, keep_failures(self.moments(write.state), case.moments, self.kinds)),
            **({"older": case.older} if case.older else {}),
            **({"until": case.until} if case.until else {}),
        }
        # Outbox and trail are changed by others too: the relay and the trail take out what has left.
        beside = {"outbox": [_dump_entry(entry) for entry in write.entries]}
        if write.lines:
            beside["trail"] = [as_document(line) for line in write.lines]
        state = write.state.model_dump()
        if not write.expected:  # inserts of a bulk cost the database a third of what as many upserts do
            return InsertOne({"_id": write.id, **bookkeeping, "state": state, **beside})
        named, grown, gone = list_state_changes(case.kept, state)
        update = {
            "$set": bookkeeping | named,
            "$push": {name: {"$each": added} for name, added in (beside | grown).items()},
            # A bulk does not say which of its updates found nothing. An upsert that may not insert does, by an error of
            # its own, and brings back no case that was deleted since it was loaded.
            "$setOnInsert": {"_id": _NEVER},
            **({"$unset": gone} if gone else {}),
        }
        return UpdateOne({"_id": write.id, "v": write.expected}, update, upsert=True)

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        """What these cases have to publish, each in order."""
        cursor = self.collection.find({"_id": {"$in": list(ids)}, "outbox.at": {"$exists": True}}, {"outbox": 1})
        return [(document["_id"], [read_entry(entry) for entry in document["outbox"]]) async for document in cursor]

    async def unpublished(self, before: datetime, most: int, passed: int = 0) -> Sequence[str]:
        """Cases with an event that has waited since before then, oldest first, without so many of the oldest."""
        # Asked without a bound, the multikey index gives its order; with one, all that wait would be read and sorted.
        waiting = self.collection.find({"outbox.at": {"$exists": True}}, {"outbox.at": 1}, hint="outbox")
        cursor = waiting.sort("outbox.at", 1).skip(passed).limit(most)
        return [one["_id"] async for one in cursor if any(has_waited(entry["at"], before) for entry in one["outbox"])]

    async def oldest_unpublished(self) -> datetime | None:
        """The time of the oldest event that waits, None when none does."""
        document = await self.collection.find_one(
            {"outbox.at": {"$exists": True}}, {"outbox.at": 1}, sort=[("outbox.at", 1)], hint="outbox"
        )
        return min(entry["at"] for entry in document["outbox"]) if document and document["outbox"] else None

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Take published entries out. The version stays: the relay does not get in the way of a step."""
        # One update for all of them, for no case holds an entry of another.
        ids = [entry_id for _, entry_ids in published for entry_id in entry_ids]
        cases = {"_id": {"$in": [case_id for case_id, _ in published]}}
        await self.collection.update_many(cases, {"$pull": {"outbox": {"id": {"$in": ids}}}})


def _dump_entry(entry: Entry) -> Document:
    return {
        "id": entry.id,
        "at": entry.at,
        "ref": entry.reference,
        "headers": [[name, value] for name, value in entry.headers],
        "messages": [[message.topic, message.key, message.value] for message in entry.messages],
    }


def read_entry(document: Document) -> Entry:
    """What waits in an outbox, as it was put there."""
    return Entry(
        document["id"],
        document["at"],
        tuple((name, bytes(value)) for name, value in document["headers"]),
        tuple(
            Message(topic, key, None if value is None else bytes(value)) for topic, key, value in document["messages"]
        ),
        document["ref"],
    )


class MongoCases(Cases[S]):
    """Cases with the collection that holds them, for a `store.py`'s own queries."""

    def __init__(
        self,
        store: MongoStore[S],
        *,
        source: str,
        shown: Callable[[S], bool],
        beside: Mapping[str, int],
        silent: Collection[str],
    ) -> None:
        super().__init__(store.collection.name, store, source=source, shown=shown, beside=beside, silent=silent)
        self.collection = store.collection
        self.waiting = MongoMoments(store.collection, store.kinds)
        self.parse = store.parse
        self.rewrite_older = store.beside.rewrite
        self._older = store.beside.older

    async def older(self, case_id: str, field: str) -> Sequence[Any]:
        """The items of a list that have moved, as the model has them, the oldest first; in a batch as it will be."""
        batch = current_case_batch()
        turn = batch.find_loaded(self, case_id) if batch else None
        return await self._older(case_id, field, turn.case.older.get(field, 0) if turn else None)


async def observe(stores: Sequence[MongoStore[Any]]) -> None:
    """Say in the metrics what waits to be published, again and again; ends by cancellation or by the first error."""
    while True:
        for store in stores:
            oldest = await store.oldest_unpublished()
            age = (now() - oldest).total_seconds() if oldest else 0.0
            metrics.outbox_oldest_age_seconds.labels(store.collection.name).set(age)
            waiting = await store.collection.count_documents({"outbox.at": {"$exists": True}}, hint="outbox")
            metrics.outbox_unpublished.labels(store.collection.name).set(waiting)
        await asyncio.sleep(OBSERVE_SECONDS)
