"""A world in which everything goes wrong on demand: a store, a broker and processes that lose acks, repeat, and die.

The kernel's own code runs in it unchanged. What happens to each call is read from a script; when the script is used
up, all is well. A process that dies stays inside its call for ever, like one that was killed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from shared.events import ReportCommented, derive_id
from shared.events.topics import internal
from shared.kernel.case import Case, Cause, Entry, Step, Stored, Write
from shared.kernel.cases import Cases
from shared.kernel.consume import Inbox
from shared.kernel.errors import Conflict, Halted, Reject, Stopping, Transient
from shared.kernel.relay import Relay
from shared.kernel.timers import Timer

Fault = Literal["ok", "slow", "lost", "unacknowledged", "twice", "die before", "die after"]
TOPIC = internal("reports")


class Script:
    """What happens to the next calls."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = list(faults)

    def next(self) -> Fault:
        """The fate of one call."""
        return self._faults.pop(0) if self._faults else "ok"


class Process:
    """One process: calls to the outside go through it, and never return once it has died."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.dead = asyncio.Event()

    async def call(self, effect: Any) -> Any:
        """Let `effect` happen as the script says: not, once or twice, with or without an answer, or with death."""
        if self.dead.is_set():
            await self._never()
        fate = self.world.script.next()
        await asyncio.sleep(0)
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
        if fate == "die after":
            await self._die()
        if fate == "unacknowledged":
            raise Transient("the answer did not arrive")
        return answer

    async def _die(self) -> None:
        self.dead.set()
        await self._never()

    async def _never(self) -> None:
        await asyncio.Future()


@dataclass
class Row:
    """A stored case."""

    v: int
    state: BaseModel
    seen: list[str]
    seq: dict[str, int]
    heard: dict[str, int]
    outbox: list[Entry]
    wake_at: datetime | None


class Table:
    """What a database keeps of one collection, whoever dies."""

    def __init__(self, wake_at: Any = lambda state: None) -> None:
        self.rows: dict[str, Row] = {}
        self.wake_at = wake_at


class SimStore:
    """The kernel's `Store` on a table, through a process."""

    def __init__(self, process: Process, table: Table) -> None:
        self._process = process
        self._table = table

    async def load(self, ids: Sequence[str]) -> Sequence[Any]:
        """As `MongoStore.load`."""
        return await self._process.call(lambda: [self._stored(case_id) for case_id in ids])

    async def save(self, writes: Sequence[Write[Any]]) -> Sequence[BaseException | None]:
        """As `MongoStore.save`; a bulk that happens twice finds its own first time as a conflict."""
        return await self._process.call(lambda: [self._save(write) for write in writes])

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        """As `MongoStore.outboxes`."""
        rows = self._table.rows
        return await self._process.call(
            lambda: [(i, list(rows[i].outbox)) for i in dict.fromkeys(ids) if i in rows and rows[i].outbox]
        )

    async def unpublished(self, before: datetime, most: int) -> Sequence[str]:
        """As `MongoStore.unpublished`; in this world no time passes, so all that waits is old."""
        return await self._process.call(lambda: [i for i, row in self._table.rows.items() if row.outbox][:most])

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        """As `MongoStore.pull`."""
        await self._process.call(lambda: [self._pull(case_id, ids) for case_id, ids in published])

    async def due(self, before: datetime, most: int) -> Sequence[tuple[str, datetime]]:
        """As `MongoStore.due`."""
        found = [(i, row.wake_at) for i, row in self._table.rows.items() if row.wake_at and row.wake_at <= before]
        return await self._process.call(lambda: found[:most])

    def _stored(self, case_id: str) -> Stored[Any]:
        row = self._table.rows.get(case_id)
        if row is None:
            return Stored(case_id, 0, None)
        return Stored(case_id, row.v, row.state, frozenset(row.seen), dict(row.seq), dict(row.heard))

    def _save(self, write: Write[Any]) -> BaseException | None:
        row = self._table.rows.get(write.id)
        if (row.v if row else 0) != write.expected:
            return Conflict()
        self._table.rows[write.id] = Row(
            write.expected + 1,
            write.state,
            [*(row.seen if row else ()), write.cause_id],
            dict(write.sequences),
            dict(write.heard),
            [*(row.outbox if row else ()), *write.entries],
            self._table.wake_at(write.state),
        )
        return None

    def _pull(self, case_id: str, ids: Sequence[str]) -> None:
        row = self._table.rows[case_id]
        row.outbox = [entry for entry in row.outbox if entry.id not in ids]


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


@dataclass
class Broker:
    """One topic of two partitions, its group's offsets, and the dead letters."""

    log: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    parked: list[Message] = field(default_factory=list)

    def append(self, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> None:
        """At the end of the key's partition."""
        partition = sum(key.encode()) % 2
        records = self.log[partition]
        records.append(Message(TOPIC, partition, len(records), key.encode(), value, headers))

    def poll(self, partition: int, most: int) -> list[Message]:
        """What follows the committed offset."""
        start = self.committed[partition]
        return self.log[partition][start : start + most]


class Report(BaseModel):
    """The writer's case: how often each request took effect."""

    causes: list[str] = []


class Order(BaseModel):
    """The reader's case: the sequences it took in, in that order, the late ones also apart; how often it was woken."""

    taken: list[int] = []
    late: list[int] = []
    woken: int = 0
    wake_at: datetime | None = None


@dataclass
class World:
    """What survives every death, and the script of what happens next."""

    script: Script = field(default_factory=Script)
    reports: Table = field(default_factory=Table)
    orders: Table = field(default_factory=lambda: Table(lambda state: state.wake_at))
    broker: Broker = field(default_factory=Broker)
    rejecting: bool = False


class Node:
    """Everything that one process runs: a writer with its relay, a reader with its inbox and timer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.process = Process(world)
        reports, orders = SimStore(self.process, world.reports), SimStore(self.process, world.orders)
        self.relay = Relay(reports, self._send, grace=timedelta())
        self.cases: Cases[Report] = Cases("reports", reports, source="/town/intake", saved=self._saved)
        self.orders: Cases[Order] = Cases("orders", orders, source="/town/dispatch")
        self.inbox = Inbox("dispatch", self._park, wait=self._wait)
        self.inbox.handlers[TOPIC] = self._on_report
        self.timer = Timer("orders", orders, self._on_due, self)

    async def hold(self, name: str, seconds: float) -> bool:
        """A lease that everybody gets: the guard alone must hold."""
        return True

    async def submit(self, case_id: str, cause: Cause) -> Case[Report]:
        """One request of a client."""
        return await self.cases.step(case_id, _commented, cause)

    async def consume(self, partition: int, most: int) -> None:
        """Poll, take, commit."""
        records = await self.process.call(lambda: self.world.broker.poll(partition, most))
        if not records:
            return
        try:
            offsets = await self.inbox.take(records)
        except (Halted, Stopping):
            return
        for (_, number), offset in offsets.items():
            await self.process.call(lambda n=number, o=offset: self.world.broker.committed.__setitem__(n, o))

    async def _send(self, topic: str, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        if topic == TOPIC:
            await self.process.call(lambda: self.world.broker.append(key, value, headers))

    async def _park(self, record: Any, reason: str, why: str) -> None:
        for _ in range(100):  # the real producer waits for the broker inside `send`
            try:
                return await self.process.call(lambda: self.world.broker.parked.append(record))
            except Transient:
                continue
        return None

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def _saved(self, write: Write[Report]) -> None:
        self.relay.wake(write.id)

    async def _on_report(self, event: Any, envelope: Any, cause: Cause) -> None:
        if self.world.rejecting and envelope.sequence % 2:
            raise Reject("not-now", "the test says so")
        await self.process.call(lambda: None)  # a handler may have to look something up first
        await self.orders.step(order_of(envelope.subject), lambda state, c: _taken(state, c, envelope.sequence), cause)

    async def _on_due(self, case_id: str, cause: Cause) -> None:
        await self.orders.step(case_id, _woken, cause)


def order_of(case_id: str) -> str:
    """The reader's case for a report."""
    return derive_id(case_id, "order")


def _commented(state: Report | None, cause: Cause) -> Step[Report]:
    causes = [*(state.causes if state else ()), cause.id]
    event = ReportCommented(reference="MH-TEST-0001", category="other", by="public", text=str(len(causes)))
    return Step(Report(causes=causes), [event])


def _taken(state: Order | None, cause: Cause, sequence: int) -> Step[Order]:
    now = state or Order(wake_at=datetime(2026, 1, 1, tzinfo=UTC))
    late = [*now.late, sequence] if cause.late else now.late
    return Step(now.model_copy(update={"taken": [*now.taken, sequence], "late": late}))


def _woken(state: Order | None, cause: Cause) -> Step[Order] | None:
    return Step(state.model_copy(update={"woken": state.woken + 1, "wake_at": None})) if state else None
