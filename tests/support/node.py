"""Two services in the simulated world: a writer with its relay, a reader with its inbox and timer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from shared.events.ids import derive_id
from shared.events.reports import ReportCommented
from shared.kernel.case import Case, Cause, Step
from shared.kernel.cases import Cases
from shared.kernel.clock import now
from shared.kernel.consume import Inbox
from shared.kernel.errors import Halted, Reject, Stopping, Transient
from shared.kernel.fold import leave_batch
from shared.kernel.gather import all_of
from shared.kernel.moments import Moment
from shared.kernel.pools import Pools
from shared.kernel.relay import Relay
from shared.kernel.state import Lenient, StoredModel
from shared.kernel.timers import Timer
from tests.support.clocks import Clock
from tests.support.sends import all_by
from tests.support.simulation import TOPIC, Broker, Fault, Process, Script, SimStore, Table, partition_of
from tests.support.virtual_time import BEGINNING


class Report(BaseModel):
    """The writer's case: how often each request took effect."""

    causes: list[str] = []


class Order(StoredModel):
    """The reader's case: the sequences it took in, in that order, the late ones also apart; how often it was woken."""

    taken: list[int] = Field(default_factory=list)
    late: list[int] = Field(default_factory=list)
    woken: int = 0
    wake_at: datetime | None = None
    state: Annotated[Literal["open"], Lenient] = "open"


class News(BaseModel):
    """What somebody was told, or there is to tell."""

    told: list[str] = []


READS_NEWS = 3  # the event of a case that makes its reader


@dataclass
class World:
    """What survives every death, and the script of what happens next."""

    clock: Callable[[], datetime] = now
    script: Script = field(default_factory=Script)
    reports: Table = field(default_factory=lambda: Table(Report))
    orders: Table = field(default_factory=lambda: Table(Order, _waits_for))
    broker: Broker = field(default_factory=Broker)
    readers: Table = field(default_factory=lambda: Table(News))
    news: Table = field(default_factory=lambda: Table(News))
    claims: Table = field(default_factory=lambda: Table(News))
    mails: list[str] = field(default_factory=list)  # claims that were acted on
    rejecting: bool = False
    parked: list[str] = field(default_factory=list)  # moments that were given up: nothing here fails as a bug

    def next_fate(self) -> Fault:
        """What the script in force says to the next call."""
        return self.script.next()


class Release:
    """What one release of both services does."""

    kinds: tuple[str, ...] = ("wake",)

    def __init__(self) -> None:
        self.due: dict[str, Callable[[Order | None, Cause], Step[Order] | None]] = {"wake": _woken}

    def order(self) -> type[Order]:
        """What it stores of an order."""
        return Order

    def waits_for(self, order: Any) -> list[Moment]:
        """What an order waits for."""
        return _waits_for(order)

    def comment(self, report: Report | None, cause: Cause) -> Step[Report]:
        """One more on a report."""
        return _commented(report, cause)

    def take(self, order: Order | None, cause: Cause, sequence: int) -> Step[Order]:
        """An event of the report reaches its order."""
        return _taken(order, cause, sequence, self.order())


class Node:
    """Everything that one process runs: a writer with its relay, a reader with its inbox and timer."""

    def __init__(self, world: World, clock: Clock, release: Release) -> None:
        self.world = world
        self.clock = clock
        self.release = release
        self.process = Process(world.next_fate)
        reports = SimStore(self.process, world.reports)
        orders = SimStore(self.process, world.orders, release.order(), release.waits_for, release.kinds)
        self.relay = Relay(reports, all_by(self._send), _place, grace=timedelta())
        self.cases: Cases[Report] = Cases("reports", reports, source="/town/intake", remember=2)
        self.cases.wakes.append(lambda case_id, _, entries: self.relay.wake(case_id, entries))
        self.orders: Cases[Order] = Cases("orders", orders, source="/town/dispatch", remember=2)
        self.readers: Cases[News] = Cases("readers", SimStore(self.process, world.readers), source="/town/notify")
        self.news: Cases[News] = Cases("news", SimStore(self.process, world.news), source="/town/notify")
        self.claims: Cases[News] = Cases("claims", SimStore(self.process, world.claims), source="/town/notify")
        self.inbox = Inbox("dispatch", self._park, wait=self._wait)
        self.inbox.handlers[TOPIC] = self._on_report
        self.timer = Timer("orders", orders, self._on_due, self._park_moment, Pools(), clock=clock)

    async def look(self) -> None:
        """All that has come by now; each process works all cases, so that the guard alone must hold."""
        await self.timer.observe()
        self.timer.look_now()
        await self.timer.look()
        await self.timer.wait_until_idle()

    async def sweep(self) -> None:
        """What nobody has in hand, as `Relay.follow` goes on with it."""
        await self.relay.sweep()
        await self.relay.drain()

    async def submit(self, case_id: str, cause: Cause) -> Case[Report]:
        """One request of a client."""
        return await self.cases.step(case_id, self.release.comment, cause)

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
            await self.process.call(partial(self.world.broker.committed.__setitem__, number, offset))

    async def _send(self, topic: str, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        if topic == TOPIC:
            await self.process.call(lambda: self.world.broker.append(key, value, headers))

    async def _park(self, record: Any, reason: str, why: str) -> None:
        for _ in range(100):  # the real producer waits for the broker inside `send`
            try:
                await self.process.call(lambda: self.world.broker.parked.append(record))
            except Transient:
                continue
            return

    async def _park_moment(self, case_id: str, moment: Moment, why: str) -> None:
        self.world.parked.append(f"{moment.name} of {case_id}: {why}")  # what it raised would be taken for an outage

    async def _wait(self, seconds: float) -> None:
        """Some of the steps that others take meanwhile: who waits longer is overtaken, as the jitter intends."""
        for _ in range(round(seconds * 100) % 10):
            await asyncio.sleep(0)

    async def _on_report(self, event: Any, envelope: Any, cause: Cause) -> None:
        if self.world.rejecting and envelope.sequence % 2:
            raise Reject("not-now", "the test says so")
        await self.process.call(lambda: None)  # a handler may have to look something up first
        if envelope.sequence == READS_NEWS:
            await self._begin_to_read(envelope.subject, cause)
        order = self.orders.step(
            order_of(envelope.subject), lambda state, c: self.release.take(state, c, envelope.sequence), cause
        )
        await all_of(order, self._send_mail(derive_id(envelope.subject, "mail", str(envelope.sequence)), cause))

    async def _send_mail(self, claim_id: str, cause: Cause) -> None:
        """Who saves the claim sends, once it is saved."""
        case = await self.claims.step(claim_id, lambda state, _: Step(News()) if state is None else None, cause)
        if not case.repeated and case.created:
            self.claims.after_save(claim_id, lambda: self.world.mails.append(claim_id))

    async def _begin_to_read(self, subject: str, cause: Cause) -> None:
        """A reader, who then takes what there is: what comes in between finds them, or is found."""
        leave_batch()
        reader = derive_id(subject, "reader")
        await self.readers.step(reader, lambda state, _: Step(state or News()), cause)
        news = await self.news.get(derive_id(subject, "news"))
        for one in news.state.told if news else ():
            await self._tell(reader, one)

    async def publish(self, subject: str, cause: Cause) -> None:
        """News of a case, and whoever reads it is told."""
        await self.news.step(derive_id(subject, "news"), lambda state, c: _told(state, c.id), cause)
        reader = derive_id(subject, "reader")
        if await self.readers.get(reader) is not None:
            await self._tell(reader, cause.id)

    async def _tell(self, reader: str, one: str) -> None:
        await self.readers.step(reader, lambda state, _: _told(state, one), Cause(derive_id(reader, one), "", now()))

    async def _on_due(self, case_id: str, moment: Moment, cause: Cause) -> None:
        await self.orders.step(case_id, self.release.due[moment.name], cause)


def _place(topic: str, key: str) -> tuple[str, int]:
    return topic, partition_of(key)


def _waits_for(state: Order) -> list[Moment]:
    return [Moment("wake", state.wake_at)] if state.wake_at else []


def order_of(case_id: str) -> str:
    """The reader's case for a report."""
    return derive_id(case_id, "order")


def _commented(state: Report | None, cause: Cause) -> Step[Report]:
    causes = [*(state.causes if state else ()), cause.id]
    event = ReportCommented(reference="MH-TEST-0001", category="other", by="public", text=str(len(causes)))
    return Step(Report(causes=causes), [event])


def _taken(state: Order | None, cause: Cause, sequence: int, model: type[Order] = Order) -> Step[Order]:
    order = state or model(wake_at=BEGINNING)
    late = [*order.late, sequence] if cause.late else order.late
    return Step(order.model_copy(update={"taken": [*order.taken, sequence], "late": late}))


def _told(state: News | None, one: str) -> Step[News] | None:
    told = state.told if state else []
    return Step(News(told=[*told, one])) if one not in told else None


def _woken(state: Order | None, cause: Cause) -> Step[Order] | None:
    return Step(state.model_copy(update={"woken": state.woken + 1, "wake_at": None})) if state else None
