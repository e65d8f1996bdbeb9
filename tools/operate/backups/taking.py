"""One backup: a scan where a chain is to begin, then the moment; both are kept only when they are whole."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import bson
from aiokafka.errors import KafkaError
from bson import Timestamp
from pymongo import MongoClient

from shared.events.catalogue import SERVICES
from shared.kernel.clock import now
from tools.operate.backups.chain import Chain, Kind, Manifest, Step, alone, begin_step, chains, faults, forget
from tools.operate.backups.database import Databases, HistoryLost, Place, TooSlow
from tools.operate.backups.sealed import SUFFIX, Part, write
from tools.operate.backups.settings import BackupSettings
from tools.operate.backups.underway import UnderWay
from tools.operate.failures import NotDone

GONE = "gone"  # before the name of a collection: the ids of what was deleted
RECORDS = "records"  # the name of what is kept of Kafka
_TRIES = 5  # each reads what changed during the one before, which is less
_PAUSE_SECONDS = 300.0  # between two moments while everything is read
Say = Callable[[str], None]
Tell = Callable[[Step], None]


@dataclass(frozen=True)
class Taken:
    """What was kept, and why Kafka's part is missing if it is."""

    step: Step
    forgotten: Sequence[Chain]
    unheard: str = ""


def take(settings: BackupSettings, say: Say, *, anew: bool = False, tell: Tell = lambda _: None) -> Taken:
    """One moment more, and a scan before it when the chain is too long, cannot be gone on with, or is to begin anew.
    `tell` is called with each moment as soon as it is kept."""
    settings.recipients  # noqa: B018 - refused before anything is read
    with alone(settings.folder), MongoClient[dict[str, Any]](settings.mongodb_uri) as client:
        taker = _Taker(settings, Databases(client, settings.mongodb_prefix), say, tell)
        taker.need_whole()
        current = taker.current()
        # Before anything is written: a volume that is full would else stay so.
        gone = forget(settings.folder, timedelta(days=settings.backup_keep_days))
        chain = None if anew else current
        try:
            taken = taker.begin(chain, anew=anew) if chain is None or taker.is_long(chain) else taker.moment(chain)
        except HistoryLost as lost:
            if chain is None:
                raise
            say(f"a new chain begins: {lost}")
            taken = taker.begin(None, anew=False)
        return Taken(taken.step, gone, taken.unheard)


class _Taker:
    """Reads one town's databases into one folder."""

    def __init__(self, settings: BackupSettings, databases: Databases, say: Say, tell: Tell) -> None:
        self._settings = settings
        self._databases = databases
        self._recipients = settings.recipients
        self._say = say
        self._tell = tell

    def current(self) -> Chain | None:
        """The chain that goes on; None: there is none, or its end is damaged."""
        for fault in faults(self._settings.folder):
            self._say(fault)
        found = chains(self._settings.folder)
        if not found:
            return None
        if (whose := found[-1].steps[0].manifest.prefix) != self._databases.prefix:
            raise NotDone(f"{self._settings.folder} holds backups of {whose}_…: each town has a folder of its own")
        return None if found[-1].fault else found[-1]

    def is_long(self, chain: Chain) -> bool:
        """It is time to read everything once more."""
        return now() - chain.steps[0].manifest.began_at >= timedelta(days=self._settings.backup_scan_days)

    def begin(self, before: Chain | None, *, anew: bool) -> Taken:
        """All documents, each as it is when it is read, and then what changed meanwhile. The chain before goes on until
        that is done, which may be hours."""
        self.need_whole()
        meanwhile = _Meanwhile(self, before, self._say)
        began, since, known = now(), self._databases.moment(), self._databases.collections()
        with begin_step(self._settings.folder, began, None) as unfinished:
            parts = []
            for place in self._databases.places():
                documents = meanwhile.go_on(self._databases.scan(place))
                parts.append(write(unfinished.folder, _name(place), documents, self._recipients))
                self._say(f"{parts[-1].documents:>9} of {'.'.join(place)}")
            if not anew:
                self._need_no_loss(parts)
            step = unfinished.finish(self._manifest("scan", since, began, parts, known))
        return self.moment(Chain(step.folder.parent, [step]))

    def moment(self, chain: Chain) -> Taken:
        """What changed since the chain's last step, as it is at one cluster time."""
        for _ in range(_TRIES):
            try:
                return self._moment(chain)
            except TooSlow as slow:
                self._say(f"once more: the database no longer shows the moment that was being read ({slow})")
        raise NotDone(
            f"no moment could be read in {_TRIES} tries: more changes than can be read within MongoDB's "
            "minSnapshotHistoryWindowInSeconds; raise it, or back up more often"
        )

    def need_whole(self) -> None:
        """Half a town must not become the newest backup, which is what a restoration takes by itself."""
        if begun := [service for service in SERVICES if self._databases.is_begun(service)]:
            raise NotDone(
                f"a restoration of {', '.join(begun)} has begun and not come to its end: run `onestop restore` to its "
                "end first"
            )

    def _need_no_loss(self, parts: Sequence[Part]) -> None:
        """Nor must the empty databases that somebody has set up where a full one was lost."""
        before = chains(self._settings.folder)[-1:]
        if not _holds(parts) and any(_holds(step.manifest.parts) for chain in before for step in chain.steps):
            raise NotDone("the databases are empty and the backups are not: restore, or say --anew")

    def _need_same(self, chain: Chain, found: Mapping[str, str]) -> None:
        """What was restored meanwhile, or lies in another replica set, has other documents under the same names, and
        the journal does not say which of the chain's are not among them."""
        for name, known in chain.steps[-1].manifest.collections.items():
            if found.get(name) != known:
                raise HistoryLost(f"{name} is not the collection that was kept: it was made anew, or is elsewhere now")

    def _moment(self, chain: Chain) -> Taken:
        self.need_whole()
        began, known = now(), self._databases.collections()
        self._need_same(chain, known)
        kafka = UnderWay(self._settings)
        kafka.look(chain.ends)
        until = self._databases.moment()
        changed = self._databases.list_changed(chain.steps[-1].manifest.stamp, until)
        with begin_step(self._settings.folder, began, chain) as unfinished:
            parts = [
                part for place, ids in changed.items() for part in self._changes(unfinished.folder, place, ids, until)
            ]
            parts.append(self._records(unfinished.folder, kafka))
            step = unfinished.finish(self._manifest("moment", until, began, parts, known, kafka.ends))
        self._tell(step)
        return Taken(step, (), kafka.away)

    def _changes(self, folder: Path, place: Place, ids: set[Any], until: Timestamp) -> Iterator[Part]:
        gone: list[Any] = []
        documents = self._databases.at(place, list(ids), until, gone)
        yield write(folder, _name(place), documents, self._recipients)
        if gone:
            yield write(folder, f"{GONE}.{_name(place)}", (bson.encode({"_id": one}) for one in gone), self._recipients)

    def _records(self, folder: Path, kafka: UnderWay) -> Part:
        """All of them, or none: where they end is known only of all."""
        try:
            return write(folder, RECORDS, (record.encode() for record in kafka.read()), self._recipients)
        except (KafkaError, TimeoutError) as error:
            kafka.give_up(error)
            (folder / f"{RECORDS}{SUFFIX}").unlink()
            return write(folder, RECORDS, (), self._recipients)

    def _manifest(
        self,
        kind: Kind,
        at: Timestamp,
        began: datetime,
        parts: Sequence[Part],
        collections: Mapping[str, str],
        ends: Mapping[str, int] | None = None,
    ) -> Manifest:
        return Manifest(
            kind=kind, prefix=self._databases.prefix, at=(at.time, at.inc), began_at=began, ended_at=now(),
            parts=tuple(parts), ends=ends, collections=collections,
        )  # fmt: skip


class _Meanwhile:
    """Goes on with the chain before while everything is read for a new one: what a town loses in a disaster is the time
    since the last moment, and a scan takes hours."""

    def __init__(self, taker: _Taker, chain: Chain | None, say: Say) -> None:
        self._taker = taker
        self._chain = chain
        self._say = say
        self._next = time.monotonic()

    def go_on(self, documents: Iterator[bytes]) -> Iterator[bytes]:
        """The same documents; between two of them a moment is kept when it is time."""
        self._keep()
        for document in documents:
            yield document
            self._keep()

    def _keep(self) -> None:
        if self._chain is None or time.monotonic() < self._next:
            return
        try:
            step = self._taker.moment(self._chain).step
            self._chain = Chain(self._chain.folder, [*self._chain.steps, step])
        except HistoryLost as lost:
            self._say(f"until everything is read nothing is kept: {lost}")
            self._chain = None
        except NotDone as error:
            self._say(str(error))
        self._next = time.monotonic() + _PAUSE_SECONDS


def _holds(parts: Sequence[Part]) -> bool:
    """Any document; what is kept of Kafka, and the ids of what is gone, are none."""
    return any(
        part.documents for part in parts if part.name != RECORDS + SUFFIX and not part.name.startswith(f"{GONE}.")
    )


def _name(place: Place) -> str:
    return ".".join(place)
