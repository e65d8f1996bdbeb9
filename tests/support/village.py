"""Whole processes in virtual time: the kernel's own loops for relay, timers, shares, followers and consumers, run on
the simulated store and broker. A second costs a millisecond, and whoever is killed stays inside its call for ever."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel
from pymongo.errors import AutoReconnect

from shared.events.ids import new_id
from shared.kernel import Case, Cause, Moment, Step, Transient
from shared.kernel.background import Background
from shared.kernel.cases import Cases
from shared.kernel.clockwork import Clockwork
from shared.kernel.consume import Inbox
from shared.kernel.errors import Halted, Stopping
from shared.kernel.leases import MEMBER_SECONDS
from shared.kernel.moments import Shard, find_earliest, part_of
from shared.kernel.publishing import SWEEP_SECONDS
from shared.kernel.relay import Relay
from shared.kernel.wakes import follow_saves
from shared.kernel.write import Write
from shared.settings import ALL_ROLES, Role
from tests.support.clocks import Clock
from tests.support.node import Order, Report, _commented, _taken, order_of
from tests.support.sends import all_by
from tests.support.simulation import TOPIC, Broker, Process, Script, SimStore, Table
from tests.support.virtual_time import VirtualLoop

CALL_SECONDS = 0.001  # of each call to the database or the broker
HANG_SECONDS = 10.0
TEND_SECONDS = 2.0  # the pace of the village's own sweep
POLL_SECONDS = 0.25
STREAM_SECONDS = 0.25  # that a change stream waits for a change


class Letter(BaseModel):
    """A case that waits to be sent, by one pool or several."""

    waits: list[Moment] = []
    sent: list[str] = []


@dataclass
class Village:
    """What survives every death, what goes wrong just now, and the clock."""

    loop: VirtualLoop
    script: Script = field(default_factory=Script)
    reports: Table = field(default_factory=lambda: Table(Report))
    orders: Table = field(default_factory=lambda: Table(Order))
    letters: Table = field(default_factory=lambda: Table(Letter, lambda letter: letter.waits))
    broker: Broker = field(default_factory=Broker)
    changes: list[Mapping[str, Any]] = field(default_factory=list)
    members: dict[str, float] = field(default_factory=dict)
    leases: dict[str, tuple[str, float]] = field(default_factory=dict)  # sweep → who does it, until when
    hanging: set[str] = field(default_factory=set)  # pools whose destination does not answer
    poisonous: set[str] = field(default_factory=set)  # letters that nobody can send
    parked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # events that could not be handled
    done_at: dict[tuple[str, str], float] = field(default_factory=dict)  # letter and pool → when it was sent
    sent_at: dict[str, float] = field(default_factory=dict)  # report → when its last event was published
    tended_at: list[float] = field(default_factory=list)  # when the sweep was begun
    barren: bool = False  # whether the sweep fails
    unheard: set[str] = field(default_factory=set)  # reports for which the consumer needs something that is away
    uneven: bool = False  # whether some letters take longer than others
    streams: bool = True  # whether change streams work
    told: list[asyncio.Event] = field(default_factory=list)  # one of each open stream: something has changed

    def run(self, work: Awaitable[Any]) -> Any:
        """Until that has ended."""
        return self.loop.run_until_complete(work)

    def pass_time(self, seconds: float) -> None:
        """Let everybody work for that long."""
        self.run(asyncio.sleep(seconds))

    def owed(self) -> list[str]:
        """Everything that somebody waits for and that is not done."""
        letters = [
            f"letter {case_id} by {pool or 'itself'}"
            for case_id, row in self.letters.rows.items()
            for pool, one in find_earliest(row.moments).items()
            if one.moment.at <= self.loop.clock()
        ]
        events = [f"event of {case_id}" for case_id, row in self.reports.rows.items() if row.outbox]
        for case_id, row in self.reports.rows.items():
            order = self.orders.rows.get(order_of(case_id))
            taken = order.state.taken if order else []
            if sorted(taken) != list(range(1, len(row.state.causes) + 1)):
                events.append(f"order of {case_id}: {taken}")
        return letters + events


class _Watched(SimStore):
    """A store whose saves are told to change streams."""

    def __init__(self, process: Process, table: Table, village: Village, name: str) -> None:
        super().__init__(process, table)
        self._village, self._name = village, name

    def _save(self, write: Write[Any]) -> BaseException | None:
        problem = super()._save(write)
        if problem is None:
            wake = [
                {"lane": pool, "at": one.due_at}
                for pool, one in find_earliest(self._table.rows[write.id].moments).items()
            ]
            place = len(self._village.changes)
            change = {"_id": place, "ns": {"coll": self._name}, "documentKey": {"_id": write.id}, "wake": wake}
            self._village.changes.append(change)
            for told in self._village.told:
                told.set()
        return problem


class _Stream:
    """A change stream from some place on."""

    alive = True

    def __init__(self, village: Village, place: int, of: Collection[str]) -> None:
        self._village, self._place, self._of = village, place, of
        self._told = asyncio.Event()

    async def __aenter__(self) -> "_Stream":
        self._village.told.append(self._told)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._village.told.remove(self._told)

    @property
    def resume_token(self) -> int:
        """The last place that was read."""
        return self._place - 1

    async def try_next(self) -> Mapping[str, Any] | None:
        """The next change, or None after some time without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STREAM_SECONDS):
                while self._village.streams:
                    while self._place < len(self._village.changes):
                        self._place += 1
                        change = self._village.changes[self._place - 1]
                        if change["ns"]["coll"] in self._of:
                            return change
                    self._told.clear()
                    await self._told.wait()
        if not self._village.streams:
            raise AutoReconnect("no stream just now")
        return None


class _Source:
    """What a follower watches."""

    name = "village"

    def __init__(self, village: Village) -> None:
        self._village = village

    def watch(self, pipeline: Sequence[Any], *, resume_after: int | None = None, **_: object) -> _Stream:
        """The changes of the collections that the pipeline names, from that place on, or from now on."""
        place = len(self._village.changes) if resume_after is None else resume_after + 1
        return _Stream(self._village, place, pipeline[0]["$match"]["ns.coll"]["$in"])


class _Leases:
    """Membership by the village's clock."""

    def __init__(self, village: Village, process: Process, holder: str) -> None:
        self._village, self._process, self._holder = village, process, holder

    def now(self) -> float:
        """By the database's clock."""
        return self._village.loop.time()

    async def hold(self, name: str, seconds: float) -> bool:
        """As `MongoLeases.hold`."""
        return await self._process.call(partial(self._hold, name, seconds))

    def _hold(self, name: str, seconds: float) -> bool:
        at = self.now()
        holder, until = self._village.leases.get(name, (self._holder, at))
        if holder != self._holder and until > at:
            return False
        self._village.leases[name] = self._holder, at + seconds
        return True

    async def join(self, group: str) -> Shard:
        """As `MongoLeases.join`."""
        return await self._process.call(self._join)

    def _join(self) -> Shard:
        at = self.now()
        self._village.members[self._holder] = at + MEMBER_SECONDS
        alive = sorted(holder for holder, until in self._village.members.items() if until > at)
        return Shard(alive.index(self._holder), len(alive))


class Villager:
    """One process with its loops, put together as `Service` does it."""

    def __init__(
        self,
        village: Village,
        roles: frozenset[Role] = ALL_ROLES,
        *,
        look_seconds: float = 0.0,
        tend_seconds: float = TEND_SECONDS,
    ) -> None:
        self.village = village
        self.clock = Clock(village.loop.clock)
        self.process = Process(village.script.next, CALL_SECONDS, look_seconds)
        self._roles = roles
        self._background = Background()
        reports, orders, letters = (self._store(name) for name in ("reports", "orders", "letters"))
        self._relay = Relay(reports, all_by(self._send), grace=timedelta())
        self.holder = new_id()
        self._clockwork = Clockwork(_Leases(village, self.process, self.holder), clock=self.clock)
        timer = self._clockwork.add_timer("letters", letters, self._on_due, self._park_moment)
        self._clockwork.add_sweep(tend_seconds, "tend", self._tend)
        self.sweep_problem = self._clockwork.sweep_problem
        self.reports: Cases[Report] = Cases("reports", reports, source="/town/intake")
        self.orders: Cases[Order] = Cases("orders", orders, source="/town/dispatch")
        self.letters: Cases[Letter] = Cases("letters", letters, source="/town/notify")
        if "relay" in roles:
            self.reports.wakes.append(lambda case_id, _, entries: self._relay.wake(case_id, entries))
        if "timers" in roles:
            self.letters.wakes.append(timer.wake_all)
        self._inbox = Inbox("dispatch", self._park)
        self._inbox.handlers[TOPIC] = self._on_report
        self.limit_pool = self._clockwork.pools.limit

    def start(self) -> "Villager":
        """Run its roles."""
        self.village.run(self._start())
        return self

    def kill(self) -> None:
        """It stays inside whatever it was at."""
        self.process.dead.set()
        self.village.run(self._background.end())

    async def submit(self, case_id: str, cause: Cause | None = None) -> Case[Report]:
        """One more comment on a report."""
        self.clock.go_by()
        return await self.reports.step(case_id, _commented, cause or Cause.request())

    async def write(self, *pools: str, seconds: float = 0.0, poison: bool = False) -> str:
        """A letter to be sent in so many seconds; a poisonous one cannot be."""
        self.clock.go_by()
        case_id, at = new_id(), self.clock() + timedelta(seconds=seconds)
        self.village.poisonous |= {case_id} if poison else set()
        waits = [Moment(pool or "send", at, pool) for pool in pools or ("",)]
        await self.letters.step(case_id, lambda _, __: Step(Letter(waits=waits)), Cause.request())
        return case_id

    async def _start(self) -> None:
        self.clock.go_by()
        if "relay" in self._roles:
            self._background.keep("relay", partial(self._relay.follow, SWEEP_SECONDS))
        if "timers" in self._roles:
            self._clockwork.start(self._background, lambda run: run)
        if "worker" in self._roles:
            self._background.keep("consumer", self._consume)
        source: Any = _Source(self.village)
        if follower := follow_saves(source, [self.reports, self.letters], self._clockwork.look_now):
            self._background.keep("changes", follower.follow)

    def _store(self, name: str) -> _Watched:
        return _Watched(self.process, getattr(self.village, name), self.village, name)

    async def _consume(self) -> None:
        while True:
            for partition in (0, 1):
                records = await self.process.call(partial(self.village.broker.poll, partition, 50))
                if records:
                    try:
                        offsets = await self._inbox.take(records)
                    except (Halted, Stopping):
                        return
                    for (_, number), offset in offsets.items():
                        commit = partial(self.village.broker.committed.__setitem__, number, offset)
                        await self.process.call(commit)
            await asyncio.sleep(POLL_SECONDS)

    async def _tend(self) -> None:
        await self.process.call(lambda: self.village.tended_at.append(self.village.loop.time()))
        if self.village.barren:
            raise ZeroDivisionError("a sweep that fails")

    async def _send(self, topic: str, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        if topic == TOPIC:
            await self.process.call(lambda: self.village.broker.append(key, value, headers))
            self.village.sent_at[key] = self.village.loop.time()

    async def _park(self, record: Any, reason: str, why: str) -> None:
        self.village.refused.append(f"{reason}: {why}")  # what it raised would only be logged

    async def _park_moment(self, case_id: str, moment: Moment, why: str) -> None:
        await self.process.call(lambda: self.village.parked.append(case_id))

    async def _on_report(self, event: Any, envelope: Any, cause: Cause) -> None:
        if envelope.subject in self.village.unheard:
            raise Transient("what it needs is away")
        await self.orders.step(order_of(envelope.subject), lambda state, c: _taken(state, c, envelope.sequence), cause)

    async def _on_due(self, case_id: str, moment: Moment, cause: Cause) -> None:
        if case_id in self.village.poisonous:
            raise ZeroDivisionError(case_id)
        if moment.pool in self.village.hanging:
            await asyncio.sleep(HANG_SECONDS)
            raise Transient(f"{moment.pool} does not answer")
        if self.village.uneven:
            await asyncio.sleep(part_of(case_id) % 25 / 1000)
        await self.letters.step(case_id, partial(_sent, moment), cause)
        self.village.done_at.setdefault((case_id, moment.pool), self.village.loop.time())


def _sent(moment: Moment, letter: Letter | None, _: Cause) -> Step[Letter] | None:
    if letter is None or moment not in letter.waits:
        return None
    waits = [one for one in letter.waits if one != moment]
    return Step(letter.model_copy(update={"waits": waits, "sent": [*letter.sent, moment.pool]}))
