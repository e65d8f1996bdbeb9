"""A town's databases without its services, in which something is always going on, with backups of its own."""

import random
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from shared.events.ids import new_id
from shared.kernel.restored import LAST, RESTORED
from tools.operate import backup, restore
from tools.operate.backups.chain import Step, moments
from tools.operate.backups.database import Databases

Documents = Mapping[str, Mapping[Any, bytes]]
RESTORE = [sys.executable, "-m", "tools.operate", "restore", "--yes", "--by", "somchai", "--rehearsal"]
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class BackedUp:
    """Names of its own on a real replica set and a real broker; commands obey it by the environment."""

    def __init__(self, kafka: str, mongo: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = folder / "kept"
        self.key = folder / "key"
        self.prefix = f"backup_{new_id()}"
        self.client = MongoClient[dict[str, Any]](mongo)
        self.data = Databases(self.client, self.prefix)
        self._patch = patch
        self._made = [self.prefix]
        around = {
            "MONGODB_URI": mongo,
            "MONGODB_PREFIX": self.prefix,
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "TOPIC_PREFIX": f"{self.prefix.lower()}.",
            "BACKUP_DIR": str(self.home),
            "BACKUP_IDENTITY_FILE": str(self.key),
        }
        backup.main(["key", str(self.key)])
        around["BACKUP_RECIPIENTS"] = self.key.read_text("utf-8").split()[3]
        for name, value in around.items():
            patch.setenv(name, value)

    def close(self) -> None:
        """Leaves nothing."""
        for name in self.client.list_database_names():
            if name.startswith(tuple(self._made)):
                self.client.drop_database(name)
        self.client.close()

    def fill(self, count: int, size: int = 200) -> None:
        """So many reports, and one of everything else that services keep."""
        reports = self.data.of("intake")["reports"]
        reports.insert_many([{"_id": new_id(), "v": 1, "text": "ก" * size, "seen": []} for _ in range(count)])
        self.data.of("permits")["documents.chunks"].insert_one({"_id": ObjectId(), "data": bytes(range(256)) * 900})
        self.data.of("notify")["recipients"].insert_one({"_id": f"{new_id()}:reporter", "state": {"erased": False}})
        self.data.of("dispatch")["leases"].replace_one({"_id": "sweep"}, {"holder": "nobody"}, upsert=True)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Documents come, change and go until the block ends."""
        over, pick = threading.Event(), random.Random(8)

        def work() -> None:
            while not over.is_set():
                self.change(pick)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            over.set()
            worker.join()

    def change(self, pick: random.Random) -> None:
        """One comes, one changes, one goes."""
        reports = self.data.of("intake")["reports"]
        changed, gone = (one["_id"] for one in reports.aggregate([{"$sample": {"size": 2}}, {"$project": {"_id": 1}}]))
        reports.insert_one({"_id": new_id(), "v": 1, "text": "new", "seen": []})
        reports.update_one({"_id": changed}, {"$inc": {"v": 1}, "$push": {"seen": pick.randrange(1000)}})
        reports.delete_one({"_id": gone})

    def end_cursors(self) -> None:
        """What the database does by itself with each that it was asked nothing of for ten minutes."""
        asked: list[dict[str, Any]] = [{"$currentOp": {"idleCursors": True}}, {"$match": {"type": "idleCursor"}}]
        for one in self.client.admin.aggregate(asked):
            name, _, collection = one["ns"].partition(".")
            if name.startswith(self.prefix):
                ended = self.client[name].command("killCursors", collection, cursors=[one["cursor"]["cursorId"]])
                assert ended["cursorsKilled"]

    def take(self, *arguments: str) -> Step:
        """One backup more."""
        assert backup.main(["take", *arguments]) == 0
        return moments(self.home)[-1][1]

    def at(self, step: Step) -> Documents:
        """What the databases held at the moment of a backup, as the database itself remembers it for some minutes."""
        concern = {"level": "snapshot", "atClusterTime": step.manifest.stamp}
        return _by_place(
            {
                (service, name): self.data.of(service)
                .with_options(codec_options=_RAW)
                .cursor_command({"find": name, "readConcern": concern}, codec_options=_RAW)
                for service, name in self.data.places()
            }
        )

    def elsewhere(self) -> Databases:
        """Databases that are empty; the commands mean these from now on."""
        self._made.append(f"backup_{new_id()}")
        self._patch.setenv("MONGODB_PREFIX", self._made[-1])
        return Databases(self.client, self._made[-1])

    def restored(self, *arguments: str) -> Documents:
        """What empty databases hold after a restoration."""
        other = self.elsewhere()
        assert restore.main(["--yes", "--by", "somchai", "--rehearsal", *arguments]) == 0
        self._patch.setenv("MONGODB_PREFIX", self.prefix)
        return held(other)


def held(data: Databases) -> Documents:
    """All documents by collection and id, but for the line that says who restored them."""
    found = _by_place({place: map(RawBSONDocument, data.scan(place)) for place in data.places()})
    return {name: documents for name, documents in found.items() if not name.endswith(".trail")}


def is_finished(data: Databases, service: str = "intake") -> bool | None:
    """What the mark says that services look at; None: there is none yet."""
    mark = data.of(service)[RESTORED].find_one({"_id": LAST})
    return None if mark is None else bool(mark["finished"])


def wait(seconds: float = 0.002) -> bool:
    """Between two looks at what another process does."""
    time.sleep(seconds)
    return True


def _by_place(found: Mapping[tuple[str, str], Any]) -> Documents:
    every = {".".join(place): {one["_id"]: bytes(one.raw) for one in documents} for place, documents in found.items()}
    return {name: documents for name, documents in every.items() if documents}
