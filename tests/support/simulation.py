"""A world in which everything goes wrong on demand: a store, a broker and processes that lose acks, repeat, and die.

The kernel's own code runs in it unchanged. What happens to each call is read from a script; when the script is used
up, all is well. A process that dies stays inside its call for ever, like one that was killed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from shared.events.topics import internal
from shared.kernel.beside import Key, Older
from shared.kernel.errors import Conflict, Transient
from shared.kernel.moments import Kept, Moment, Search, found_by, keep_failures, part_of, wake_oversleeping
from shared.kernel.mongo_state import list_state_changes
from shared.kernel.outbox import Entry, has_waited
from shared.kernel.write import Stored, Write
from tests.support.campaign import MET

T = TypeVar("T")
Fault = Literal["ok", "slow", "late", "lost", "unacknowledged", "twice", "die before", "die after"]
LATE_SECONDS = 0.02  # that an answer takes after its effect
TOPIC = internal("reports")


class Script:
    """What happens to the next calls."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = list(faults)

    def say(self, faults: Sequence[Fault]) -> None:
        """From now on this happens to the next calls."""
        self._faults = list(faults)

    def next(self) -> Fault:
        """The fate of one call."""
        fate = self._faults.pop(0) if self._faults else "ok"
        MET["calls", fate] += 1
        return fate


class Process:
    """One process: calls to the outside go through it, and never return once it has died."""

    def __init__(self, fates: Callable[[], Fault], seconds: float = 0.0, look_seconds: float = 0.0) -> None:
        self._fates = fates
        self._seconds = seconds  # of each call, before its effect
        self.look_seconds = look_seconds  # that the answer of a search takes, after its effect
        self.dead = asyncio.Event()

    async def call(self, effect: Callable[[], T]) -> T:
        """Let `effect` happen as the script says: not, once or twice, with or without an answer, or with death."""
        await self._unless_dead()
        fate = self._fates()
        await asyncio.sleep(self._seconds)
        await self._unless_dead()
        if fate == "slow":
            for _ in range(5):
                await asyncio.sleep(0)
            fate = "ok"
        if fate == "die before":
            await self._die()
        if fate == "lost":
            raise Transient("the call did not arrive")
        answer = effect()
        if fate == "twice":
            answer = effect()
        if fate == "late":
            await self.travel(LATE_SECONDS)
        if fate == "die after":
            await self._die()
        if fate == "unacknowledged":
            raise Transient("the answer did not arrive")
        return answer

    async def travel(self, seconds: float) -> None:
        """The way of an answer."""
        if seconds:
            await asyncio.sleep(seconds)
            await self._unless_dead()

    async def _unless_dead(self) -> None:
        if self.dead.is_set():
            await self._never()

    async def _die(self) -> None:
        self.dead.set()
        await self._never()

    async def _never(self) -> None:
        await asyncio.Future()


@dataclass
class Row:
    """A stored case: its state as a document, read by whichever release asks."""

    case: Stored[Any]
    document: dict[str, Any]
    model: type[BaseModel]  # of the release that wrote it last
    outbox: list[Entry]
    moments: Sequence[Kept]

    @property
    def state(self) -> Any:
        """Its state."""
        return self.model.model_validate(self.document)


Moments = Callable[[Any], Sequence[Moment]]


class Table:
    """What a database keeps of one collection, whoever dies; `model` and `moments` of the release that began it."""

    def __init__(self, model: type[BaseModel] = BaseModel, moments: Moments = lambda state: ()) -> None:
        self.rows: dict[str, Row] = {}
        self.beside: dict[Key, Older] = {}
        self.model = model
        self.moments = moments
        self.bugs: list[str] = []  # cases of which a moment was noted to fail as a bug
        self.lost: list[str] = []  # fields of a case that a write has taken out


class SimStore:
    """The kernel's `Store` on a table, through a process. A release has a model, moments and their kinds of its own."""

    def __init__(
        self,
        process: Process,
        table: Table,
        model: type[BaseModel] | None = None,
        moments: Moments | None = None,
        kinds: Collection[str] | None = None,
    ) -> None:
        self._process = process
        self._table = table
        self._model = model or table.model
        self.moments = moments or table.moments
        self._kinds = kinds  # None: all

    async def load(self, ids: Sequence[str]) -> Sequence[Any]:
        """As `MongoStore.load`."""
        return await self._process.call(lambda: [self._stored(case_id) for case_id in ids])

    async def save(self, writes: Sequence[Write[Any]]) -> Sequence[BaseException | None]:
        """As `MongoStore.save`; a bulk that happens twice finds its own first time as a conflict."""
        return await self._process.call(lambda: [self._save(write) for write in writes])

    async def move(self, items: Sequence[Older]) -> None:
        """As `MongoStore.move`."""
        await self._process.call(lambda: self._move(items))

    async def recall(self, keys: Sequence[Key]) -> Sequence[Any | None]:
        """As `MongoStore.recall`."""
        found = self._table.beside
        return await self._process.call(lambda: [found[key].value if key in found else None for key in keys])

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        """As `MongoStore.outboxes`."""
        rows = self._table.rows
        return await self._process.call(
            lambda: [(i, list(rows[i].outbox)) for i in dict.fromkeys(ids) if i in rows and rows[i].outbox]
        )

    async def unpublished(self, before: datetime, most: int, passed: int = 0) -> Sequence[str]:
        """As `MongoStore.unpublished`."""
        return await self._process.call(lambda: self._unpublished(before, most, passed))

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        """As `MongoStore.pull`."""
        await self._process.call(lambda: self._pull(published))

    async def floor(self) -> int:
        """Nothing was ever restored."""
        return 0

    async def due(self, search: Search) -> Sequence[tuple[str, Sequence[Kept]]]:
        """As `MongoMoments.due`."""
        found = await self._process.call(lambda: self._due(search))
        await self._process.travel(self._process.look_seconds)
        return found

    async def keep(self, case_id: str, moment: Kept) -> None:
        """As `MongoMoments.keep`."""
        await self._process.call(lambda: self._keep(case_id, moment))

    async def wake_oversleeping(self, after: datetime) -> None:
        """As `MongoMoments.wake_oversleeping`."""
        await self._process.call(lambda: self._wake_oversleeping(after))

    async def oldest_failing(self) -> datetime | None:
        """Nobody looks at metrics here."""
        return None

    async def count_due(self, now: datetime) -> int:
        """Nobody looks at metrics here."""
        return 0

    async def count_parked(self) -> int:
        """Nobody looks at metrics here."""
        return 0

    def _due(self, search: Search) -> list[tuple[str, Sequence[Kept]]]:
        """In the order of the index: one entry for each case and pool, and each case once."""
        entries = [
            (one.moment.pool, one.due_at, i)
            for i, row in self._table.rows.items()
            if part_of(i) in search.parts
            for one in found_by(search, self._select_known(row))
        ]
        ids = list(dict.fromkeys(i for _, _, i in sorted(entries)))[: search.most]
        return [(i, found_by(search, self._select_known(self._table.rows[i]))) for i in ids]

    def _select_known(self, row: Row) -> Sequence[Kept]:
        return [one for one in row.moments if self._kinds is None or one.moment.kind in self._kinds]

    def _unpublished(self, before: datetime, most: int, passed: int) -> list[str]:
        waiting = sorted((row.outbox[0].at, i) for i, row in self._table.rows.items() if row.outbox)
        rows = self._table.rows
        return [i for _, i in waiting[passed:][:most] if any(has_waited(entry.at, before) for entry in rows[i].outbox)]

    def _keep(self, case_id: str, moment: Kept) -> None:
        if moment.bugs:
            self._table.bugs.append(case_id)
        row = self._table.rows[case_id]
        row.moments = [moment if one.moment == moment.moment else one for one in row.moments]

    def _wake_oversleeping(self, after: datetime) -> None:
        for row in self._table.rows.values():
            row.moments = wake_oversleeping(row.moments, after)

    def _stored(self, case_id: str) -> Stored[Any] | BaseException:
        row = self._table.rows.get(case_id)
        if row is None:
            return Stored(case_id, 0, None)
        try:
            state = self._model.model_validate(row.document)
        except ValueError as error:
            return error
        unsent = bool(row.outbox)
        return replace(row.case, state=state, kept=deepcopy(row.document), moments=row.moments, has_unsent=unsent)

    def _save(self, write: Write[Any]) -> BaseException | None:
        row = self._table.rows.get(write.id)
        if (row.case.version if row else 0) != write.expected:
            return Conflict()
        wanted, kept = self.moments(write.state), write.case.moments
        kinds = {one.kind for one in (*wanted, *(one.moment for one in kept))} if self._kinds is None else self._kinds
        entries = [*(row.outbox if row else ()), *write.entries]
        document = _changed(row.document, write) if row else write.state.model_dump()
        self._table.lost += sorted(row.document.keys() - document.keys()) if row else ()
        moments = keep_failures(wanted, kept, kinds)
        self._table.rows[write.id] = Row(write.case, document, type(write.state), entries, moments)
        return None

    def _move(self, items: Sequence[Older]) -> None:
        for item in items:
            there = self._table.beside.get(item.key)
            if there is None or there.version < item.version:
                self._table.beside[item.key] = item

    def _pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        for case_id, ids in published:
            row = self._table.rows[case_id]
            row.outbox = [entry for entry in row.outbox if entry.id not in ids]


def _changed(document: dict[str, Any], write: Write[Any]) -> dict[str, Any]:
    """As the database does it, by paths."""
    named, grown, gone = list_state_changes(write.case.kept, write.state.model_dump())
    changed = dict(named.pop("state", document))
    changed |= {path.removeprefix("state."): value for path, value in named.items()}
    for path, added in grown.items():
        name = path.removeprefix("state.")
        changed[name] = [*changed[name], *added]
    return {name: value for name, value in changed.items() if f"state.{name}" not in gone}


@dataclass
class Message:
    """One record of the simulated topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    timestamp: int = 0


def partition_of(key: str) -> int:
    """Of the two."""
    return sum(key.encode()) % 2


@dataclass
class Broker:
    """One topic of two partitions, its group's offsets, and the dead letters."""

    log: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    parked: list[Message] = field(default_factory=list)

    def append(self, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> None:
        """At the end of the key's partition."""
        partition = partition_of(key)
        records = self.log[partition]
        records.append(Message(TOPIC, partition, len(records), key.encode(), value, headers))

    def poll(self, partition: int, most: int) -> list[Message]:
        """What follows the committed offset."""
        start = self.committed[partition]
        return self.log[partition][start : start + most]
