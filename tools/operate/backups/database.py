"""What is read of MongoDB for a backup: all documents once, and then those that changed, as they were at one moment."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, islice
from operator import itemgetter
from typing import Any

from bson import CodecOptions, Timestamp
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, MongoClient
from pymongo.database import Database
from pymongo.errors import CursorNotFound, OperationFailure
from pymongo.read_concern import ReadConcern

from shared.events.catalogue import SERVICES
from shared.kernel.restored import LAST, RESTORED

Document = Mapping[str, Any]
Place = tuple[str, str]  # service, collection
LEFT_OUT = frozenset({"leases", RESTORED})  # true of the running processes and of this installation alone
AT_ONCE = 500  # documents
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_HISTORY_LOST = frozenset({136, 280, 286})  # CappedPositionLost, ChangeStreamFatalError, ChangeStreamHistoryLost
_TOO_LATE = frozenset({239, 246})  # SnapshotTooOld, SnapshotUnavailable
# A token begins with the type of what follows it in MongoDB's sortable encoding, a timestamp, and then has that.
_TOKEN_BEGINS, _TOKEN_TIME = "82", slice(2, 18)


class HistoryLost(Exception):
    """What changed since the last moment cannot be told any more: a new chain must begin."""


class TooSlow(Exception):
    """The moment is over before all of it was read; a later one holds less, for most of it is read by now."""


class Databases:
    """The databases of one town's services."""

    def __init__(self, client: MongoClient[dict[str, Any]], prefix: str) -> None:
        self.prefix = prefix
        self._client = client

    def of(self, service: str) -> Database[dict[str, Any]]:
        """One service's."""
        return self._client[f"{self.prefix}_{service}"]

    def is_begun(self, service: str) -> bool:
        """A restoration of this service's database has begun and not come to its end."""
        mark = self.mark(service)
        return mark is not None and not mark["finished"]

    def mark(self, service: str) -> Document | None:
        """What the last restoration of this service's database has left."""
        return self.of(service)[RESTORED].find_one({"_id": LAST})

    def places(self) -> list[Place]:
        """Every collection that holds something to keep."""
        return list(self._list_kept())

    def collections(self) -> Mapping[str, str]:
        """By `service.collection`, what the database itself knows it by: one that was made anew, or is in another
        replica set, is another one under the same name."""
        return {f"{service}.{name}": known for (service, name), known in self._list_kept().items()}

    def _list_kept(self) -> Mapping[Place, str]:
        return {
            (service, one["name"]): bytes(one["info"]["uuid"]).hex()
            for service in SERVICES
            for one in sorted(self._collections(service), key=itemgetter("name"))
            if one["name"] not in LEFT_OUT and not one["name"].startswith("system.")
        }

    def _collections(self, service: str) -> Iterator[Document]:
        yield from self.of(service).list_collections(filter={"type": "collection"})

    def moment(self) -> Timestamp:
        """The cluster time that the majority has reached."""
        reached: Timestamp = self._client.admin.command("hello")["lastWrite"]["majorityOpTime"]["ts"]
        return reached

    def scan(self, place: Place) -> Iterator[bytes]:
        """Every document, each as it is when it is read: only with the changes since it began is that a state.

        Whoever reads may take their time between two: the database ends a cursor that is asked for nothing for ten
        minutes, and the reading goes on behind the last document."""
        last: RawBSONDocument | None = None
        while True:
            try:
                for document in self._behind(place, last):
                    yield bytes(document.raw)
                    last = document
            except CursorNotFound:
                continue
            return

    def _behind(self, place: Place, last: RawBSONDocument | None) -> Iterator[RawBSONDocument]:
        """In the order of the ids; None: from the first one."""
        service, name = place
        collection = self._raw(service).get_collection(name, read_concern=ReadConcern("majority"))
        ordered: dict[str, Any] = {"sort": [("_id", ASCENDING)], "hint": "_id_", "batch_size": AT_ONCE}
        if last is None:
            return iter(collection.find(**ordered))
        known = last["_id"]  # `$gt` would leave out whatever has an id of another type
        return dropwhile(lambda one: bool(one["_id"] == known), collection.find(**ordered).min([("_id", known)]))

    def _raw(self, service: str) -> Database[RawBSONDocument]:
        """Documents as the bytes that they are."""
        return self.of(service).with_options(codec_options=_RAW)

    def list_changed(self, since: Timestamp, until: Timestamp) -> Mapping[Place, set[Any]]:
        """Which documents changed after `since` and not after `until`, by their ids."""
        found: dict[Place, set[Any]] = {}
        for service in SERVICES:
            for name, key in self._changes(service, since, until):
                found.setdefault((service, name), set()).add(key)
        return found

    def _changes(self, service: str, since: Timestamp, until: Timestamp) -> Iterator[tuple[str, Any]]:
        steps: list[Document] = [
            {"$match": {"ns.coll": {"$nin": sorted(LEFT_OUT)}}},
            {"$project": {"documentKey": 1, "ns": 1, "operationType": 1, "clusterTime": 1}},
        ]
        try:
            with self.of(service).watch(steps, start_at_operation_time=since, max_await_time_ms=200) as stream:
                while True:
                    change = stream.try_next()
                    if change is not None and change["clusterTime"] > until:
                        return
                    if change is None and time_of(stream.resume_token) >= until:
                        return
                    if change is not None and change["clusterTime"] > since:
                        yield _name_changed(service, change)
        except OperationFailure as error:
            if error.code in _HISTORY_LOST:
                raise HistoryLost(f"the oplog does not reach back to the last backup: {error.code}") from error
            raise

    def at(self, place: Place, ids: Sequence[Any], moment: Timestamp, gone: list[Any]) -> Iterator[bytes]:
        """These documents as they were at that moment; the ids of those that were not there are put into `gone`."""
        left = iter(ids)
        while some := list(islice(left, AT_ONCE)):
            missing = set(some)
            for document in self._find(place, some, moment):
                missing.discard(document["_id"])
                yield bytes(document.raw)
            gone += missing

    def _find(self, place: Place, ids: Sequence[Any], moment: Timestamp) -> Iterator[RawBSONDocument]:
        service, name = place
        concern = {"level": "snapshot", "atClusterTime": moment}
        try:
            asked = {"find": name, "filter": {"_id": {"$in": list(ids)}}, "readConcern": concern}
            # Said twice: for the first batch, and for those after it.
            yield from self._raw(service).cursor_command(asked, codec_options=_RAW)
        except OperationFailure as error:
            if error.code in _TOO_LATE:
                raise TooSlow(f"{service}.{name}: {error.code}") from error
            raise


def time_of(token: Mapping[str, Any] | None) -> Timestamp:
    """How far a change stream has come, also where nothing changed."""
    if token is None:
        return Timestamp(0, 0)
    text = str(token["_data"])
    if not text.startswith(_TOKEN_BEGINS):
        raise ValueError(f"a resume token of another make: {text[:20]}")
    both = int(text[_TOKEN_TIME], 16)
    return Timestamp(both >> 32, both & 0xFFFFFFFF)


def _name_changed(service: str, change: Mapping[str, Any]) -> tuple[str, Any]:
    if "documentKey" not in change:  # drop, rename, dropDatabase, invalidate
        raise HistoryLost(f"in the database of {service} somebody made a {change['operationType']}")
    return change["ns"]["coll"], change["documentKey"]["_id"]
