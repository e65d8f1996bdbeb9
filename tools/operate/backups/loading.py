"""From sealed files into databases: a scan, and the moments after it laid over it in order."""

from collections.abc import Sequence
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteMany, InsertOne, MongoClient, ReplaceOne
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from shared.kernel.clock import now
from shared.kernel.mongo_trail import as_document
from shared.kernel.restored import LAST, RESTORED
from shared.kernel.trail import Change, Line
from shared.people import Person
from tools.operate.backups.chain import Chain, Step
from tools.operate.backups.database import LEFT_OUT, Databases
from tools.operate.backups.sealed import SUFFIX, Part, read
from tools.operate.backups.settings import Identity
from tools.operate.backups.taking import GONE, RECORDS
from tools.operate.failures import NotDone

EVERYTHING = "events"  # in a line of the trail, where others name the collection of their case
_AT_ONCE, _BYTES = 1000, 8_000_000  # of one bulk write


class Loading:
    """The databases of one town, on their way to a moment of a backup."""

    def __init__(self, client: MongoClient[dict[str, Any]], prefix: str) -> None:
        self._databases = Databases(client, prefix)

    def need_stopped(self) -> None:
        """Raises `NotDone` while a process of the services works on these databases."""
        alive = {"pool": {"$exists": True}, "$expr": {"$gt": ["$until", "$$NOW"]}}
        for service in SERVICES:
            if member := self._databases.of(service)["leases"].find_one(alive):
                raise NotDone(f"{service} runs ({member['holder']}): stop all services first")

    def need_empty(self) -> None:
        """Raises `NotDone` where there is something, unless it is what an interrupted restoration has left: also in a
        database that it had released before the others."""
        marks = {service: self._databases.mark(service) for service in SERVICES}
        interrupted = {mark["begun_at"] for mark in marks.values() if mark and not mark["finished"]}
        for service, name in self._databases.places():
            mark = marks[service]
            is_left = mark is not None and mark["begun_at"] in interrupted
            if not is_left and self._databases.of(service)[name].find_one({}, {"_id": 1}):
                raise NotDone(
                    f"{self._databases.prefix}_{service} is not empty ({name}): restore into an empty system, or say "
                    "--replace, and what is there is gone"
                )

    def begin(self, step: Step, floor: int) -> None:
        """From here on services refuse to work on these databases, and all that was in them goes."""
        mark = {"floor": floor, "moment": step.manifest.time, "begun_at": now(), "finished": False}
        for service in SERVICES:
            database = self._databases.of(service)
            database[RESTORED].with_options(write_concern=WriteConcern("majority")).replace_one(
                {"_id": LAST}, mark, upsert=True
            )
            for name in database.list_collection_names(filter={"type": "collection"}):
                if name != RESTORED and not name.startswith("system."):
                    database.drop_collection(name)

    def load(self, chain: Chain, identities: Sequence[Identity]) -> None:
        """Every step of the chain, the last of which is the moment."""
        for step in chain.steps:
            for part in step.manifest.parts:
                self._load(step, part, identities)

    def finish(self) -> None:
        """Services may work on them; on the disks of the majority, with all that was written before."""
        for service in SERVICES:
            marks = self._databases.of(service)[RESTORED]
            marks.with_options(write_concern=WriteConcern("majority", j=True)).update_one(
                {"_id": LAST}, {"$set": {"finished": True, "finished_at": now()}}
            )

    def record(self, step: Step, who: Person) -> None:
        """A line in each service's trail: what is in it ends at the moment, and who went back there."""
        changes = (Change("moment", None, step.manifest.time),)
        line = as_document(Line(new_id(), now(), None, "", "", "restore", who, changes))
        key = f"{EVERYTHING}//{line.pop('id')}"
        for service in SERVICES:
            self._databases.of(service)["trail"].insert_one({"_id": key, **line})

    def _load(self, step: Step, part: Part, identities: Sequence[Identity]) -> None:
        name = part.name.removesuffix(SUFFIX)
        if name == RECORDS:
            return
        is_gone = name.startswith(f"{GONE}.")
        service, _, collection = name.removeprefix(f"{GONE}.").partition(".")
        if service not in SERVICES or not collection or collection in LEFT_OUT:
            raise NotDone(f"{step.folder.name}/{part.name} is of no service that this release knows")
        bulk = _Bulk(self._databases.of(service)[collection], is_gone=is_gone, is_new=step.manifest.kind == "scan")
        read(step.folder, part, identities, bulk.add)
        bulk.flush()


class _Bulk:
    """Writes documents together; which of them come first does not matter, for each is there once in a part."""

    def __init__(self, collection: Collection[dict[str, Any]], *, is_gone: bool, is_new: bool) -> None:
        self._collection: Collection[Any] = collection.with_options(write_concern=WriteConcern(1))
        self._is_gone, self._is_new = is_gone, is_new
        self._writes: list[Any] = []
        self._bytes = 0

    def add(self, raw: bytes) -> None:
        """One document more, or the id of one that is gone."""
        self._writes.append(self._write(raw))
        self._bytes += len(raw)
        if len(self._writes) >= _AT_ONCE or self._bytes >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """What was not written yet."""
        if self._writes:
            self._collection.bulk_write(self._writes, ordered=False)
        self._writes, self._bytes = [], 0

    def _write(self, raw: bytes) -> Any:
        if self._is_gone:
            return DeleteMany({"_id": bson.decode(raw)["_id"]})
        document = RawBSONDocument(raw)
        return InsertOne(document) if self._is_new else ReplaceOne({"_id": document["_id"]}, document, upsert=True)
