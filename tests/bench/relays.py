"""The relay: from outboxes to the broker's acknowledgement and out of the outboxes, beside the bare producer."""

import asyncio
from collections.abc import Awaitable

from aiokafka import AIOKafkaProducer

from shared.kernel.mongo import MongoCases, MongoStore
from shared.kernel.producer import Producer
from shared.kernel.relay import Relay
from tests.bench.measure import OURS, Section, Turn, Watch, interleaved, rates, work
from tests.bench.subject import Bench, Document, Report, another, stored_like, writer

EVENTS = 2000  # one per case, two messages each: internal and public


async def measure(bench: Bench) -> Section:
    """Events per second."""
    prefix = await bench.fresh_topics()
    settings = bench.settings("api", prefix=prefix)
    async with writer(settings) as cases, _Bare(bench.kafka, settings.topic_prefix) as bare:
        document = await stored_like(cases)
        producer = Producer(settings.brokers, "bench", settings.topic_prefix)
        relay = Relay(MongoStore(cases.collection, Report), producer.send_all, producer.place)

        def relayed() -> Awaitable[Turn]:
            return _relayed(cases, document, relay)

        def sent() -> Awaitable[Turn]:
            return bare.sent(document)

        ways = {OURS: relayed, "producer": sent}
        for way in ways.values():
            await way()  # connections and topic metadata are there from here on
        turns = await interleaved(bench.rounds(), ways)
        await producer.stop()
    return Section(
        "Relay",
        f"{EVENTS} cases with one event each, internal and public message, from the outbox (found, sent, acknowledged "
        "by the broker, pulled). Floor: aiokafka's idempotent producer, acks=all, sends the same messages all at once.",
        [*rates("from outbox to acknowledgement", "events/s", turns), *work("processor time", "µs/event", turns)],
    )


async def _relayed(cases: MongoCases[Report], document: Document, relay: Relay) -> Turn:
    waiting = [another(document) for _ in range(EVENTS)]
    await cases.collection.insert_many(waiting)
    watch = Watch()
    for case in waiting:
        relay.wake(case["_id"])
    await relay.drain()
    turn = watch.turn(EVENTS)
    ours = {"$in": [case["_id"] for case in waiting]}
    if left := await cases.collection.count_documents({"_id": ours, "outbox.0": {"$exists": True}}):
        raise AssertionError(f"{left} cases still have something to publish")
    return turn


class _Bare:
    """What anybody would write with aiokafka who need not know whether the message belongs to a saved case."""

    def __init__(self, kafka: str, prefix: str) -> None:
        self._kafka = kafka
        self._prefix = prefix

    async def __aenter__(self) -> "_Bare":
        self._producer = AIOKafkaProducer(
            bootstrap_servers=[self._kafka], acks="all", enable_idempotence=True, linger_ms=2, max_batch_size=256 * 1024
        )
        await self._producer.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._producer.stop()

    async def sent(self, document: Document) -> Turn:
        """The same messages, from memory."""
        waiting = [entry for _ in range(EVENTS) for entry in another(document)["outbox"]]
        watch = Watch()
        acknowledged = [
            await self._producer.send(self._prefix + topic, bytes(value), key=key.encode(), headers=_pairs(entry))
            for entry in waiting
            for topic, key, value in entry["messages"]
        ]
        await asyncio.gather(*acknowledged)
        return watch.turn(EVENTS)


def _pairs(entry: Document) -> list[tuple[str, bytes]]:
    return [(name, bytes(text)) for name, text in entry["headers"]]
