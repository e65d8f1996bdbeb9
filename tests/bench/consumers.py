"""Consuming: from the topic to the saved effect, beside reading only, one bulk write a batch, and one at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.events.base import Event
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import derive_id, new_id
from shared.events.reports import ReportSubmitted
from shared.kernel import Cause, now
from shared.kernel.batches import Record
from shared.kernel.consume import Handler, Inbox
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from tests.bench.measure import OURS, Row, Section, Turn, Watch, interleaved, rates, work
from tests.bench.subject import REPORTS, Bench, Order, event, ordered, settled

EVENTS = 3000
BACKLOG = 100_000  # a consumer that was away for a day
ONE_AT_A_TIME = 150
Take = Callable[[Sequence[Any]], Awaitable[object]]
BATCH = 500  # records at a time, as the kernel asks for


async def measure(bench: Bench, *, large: bool = False) -> Section:
    """Effects per second; `large`: the catch-up of a backlog too."""
    settings = await published(bench, EVENTS)
    turns = await interleaved(
        bench.rounds(),
        {
            OURS: lambda: _consumed(bench, EVENTS),
            "getmany": lambda: _read(settings, _nothing, EVENTS),
            "getmany, insert_many": lambda: inserted(settings, EVENTS),
            "one at a time": lambda: _one_at_a_time(settings),
        },
    )
    return Section(
        "Consume",
        f"{EVENTS} events of as many cases, from the first record to the last saved effect (decode, step, commit of "
        "offsets). Floors: aiokafka's `getmany` alone; the same with one `insert_many` of ready documents per batch; "
        "the same handler, one record after the other.",
        [
            *rates("from topic to effect", "events/s", turns),
            *work("processor time", "µs/event", turns),
            *(await _caught_up(bench) if large else ()),
        ],
    )


async def _caught_up(bench: Bench) -> list[Row]:
    """A backlog, once."""
    settings = await published(bench, BACKLOG)
    turns = await interleaved(
        range(1),
        {
            OURS: lambda: _consumed(bench, BACKLOG),
            "getmany, insert_many": lambda: inserted(settings, BACKLOG),
        },
    )
    return rates(f"catch-up of {BACKLOG:,}", "events/s", turns)


async def published(bench: Bench, events: int) -> ServiceSettings:
    """Settings under which so many events wait, on fresh topics."""
    settings = bench.settings("worker", prefix=await bench.fresh_topics())
    producer = AIOKafkaProducer(**settings.brokers.options(), linger_ms=5)
    await producer.start()
    value = encode(event(now()).data())
    for case_id in (new_id() for _ in range(events)):
        envelope = _envelope(case_id)
        await producer.send(settings.topic(REPORTS), value, key=case_id.encode(), headers=to_headers(envelope))
    await producer.stop()
    return settings


def _envelope(case_id: str) -> Envelope:
    return Envelope(new_id(), "/maehia/intake", ReportSubmitted.type, case_id, now(), 1, case_id, case_id)


def handler(orders: MongoCases[Order], effect: Callable[[Envelope], None]) -> Handler:
    """One step per event; `effect` is told when it is saved."""

    async def on_report(heard: Event, envelope: Envelope, cause: Cause) -> None:
        match heard:
            case ReportSubmitted():
                await orders.step(derive_id(envelope.id, "order"), lambda _, c: ordered(heard, envelope, c), cause)
                effect(envelope)

    return on_report


async def _consumed(bench: Bench, events: int) -> Turn:
    """A whole service process that only consumes; on topics of its own, for its group has a service's name."""
    service = Service("dispatch", await published(bench, events), "maehia")
    orders = service.cases("orders", Order)
    watch: list[Watch] = []
    turn: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
    done = 0

    def effect(_envelope: Envelope) -> None:
        nonlocal done
        done += 1
        if done == events:
            turn.set_result(watch[0].turn(events))

    effective = handler(orders, effect)

    @service.on(REPORTS)
    async def on_report(heard: Event, envelope: Envelope, cause: Cause) -> None:
        if not watch:
            watch.append(Watch())
        await effective(heard, envelope, cause)

    async with service.lifespan():
        return await turn


async def _read(settings: ServiceSettings, take: Take, most: int) -> Turn:
    """Read the topic from its beginning; begins to count when the first records are here."""
    consumer = AIOKafkaConsumer(settings.topic(REPORTS), **settings.brokers.options(), auto_offset_reset="earliest")
    await consumer.start()
    try:
        watch, done = Watch(), 0
        while done < most:
            found = await consumer.getmany(timeout_ms=1000, max_records=min(BATCH, most - done))
            records = [record for several in found.values() for record in several]
            if not done:
                watch = Watch()
            await take(records)
            done += len(records)
        return watch.turn(done)
    finally:
        await consumer.stop()


async def _nothing(_records: Sequence[Any]) -> None:
    """Reading only."""


async def inserted(settings: ServiceSettings, events: int) -> Turn:
    """The least that could be called an effect: a document per record, whether it was there before or not."""
    async with _orders(settings) as (_, orders):
        await orders.step(new_id(), lambda _, c: ordered(event(c.at), _envelope(new_id()), c), Cause.request())
        document = await orders.collection.find_one({}) or {}
        return await _read(
            settings,
            lambda records: orders.collection.insert_many([settled(document) for _ in records], ordered=False),
            events,
        )


async def _one_at_a_time(settings: ServiceSettings) -> Turn:
    """The usual consumer loop."""
    async with _orders(settings) as (service, orders):
        inbox = Inbox(service.name, _no_letters)
        inbox.handlers[settings.topic(REPORTS)] = handler(orders, lambda _: None)

        async def one_by_one(records: Sequence[Record]) -> None:
            for record in records:
                await inbox.take([record])

        return await _read(settings, one_by_one, most=ONE_AT_A_TIME)


async def _no_letters(record: Record, reason: str, why: str) -> None:
    raise AssertionError(f"offset {record.offset} should have been handled: {reason}, {why}")


@asynccontextmanager
async def _orders(settings: ServiceSettings) -> AsyncIterator[tuple[Service, MongoCases[Order]]]:
    """Cases of a new service that hears nothing by itself."""
    service = Service(new_id().lower(), settings, "maehia")
    orders = service.cases("orders", Order)
    await orders.collection.create_indexes(list(KERNEL_INDEXES))
    async with service.lifespan():
        yield service, orders
