"""What a backup keeps of Kafka: what is under way between two databases, and what nobody of ours keeps.

How far each group has come is asked before the moment, and where the topics end after it. So what lies between holds
every event that its writer has taken out of its outbox by that moment and a reader has not made its own: mostly a
handful, and all of a backlog. Public topics and dead letters are in no database: of them, all that came since the last
backup is kept.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import bson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.brokers import Brokers
from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from shared.kernel.batches import Record
from shared.kernel.wire import install

HEARD = {name: topic.readers for name, topic in TOPICS.items() if set(topic.readers) <= set(SERVICES)}  # by topic
_POLL_MS = 500
_STALLED_SECONDS = 60.0  # a leader is chosen anew within some ten
_FROM_THE_BEGINNING = 0
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds


@dataclass(frozen=True)
class Kept:
    """One record as it is kept; where it lay says in which order it is published again."""

    topic: str  # without the town's prefix
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]

    def encode(self) -> bytes:
        """As a document of a sealed file."""
        fields: dict[str, Any] = {**vars(self), "headers": [list(header) for header in self.headers]}
        return bson.encode(fields)

    @classmethod
    def decode(cls, raw: bytes) -> "Kept":
        """And back."""
        fields = bson.decode(raw)
        return cls(**{**fields, "headers": [(name, value) for name, value in fields["headers"]]})


async def begins(brokers: Brokers, prefix: str, kept: Mapping[str, int]) -> Mapping[TopicPartition, int]:
    """From where on each partition is to be kept: what a service hears from where the slowest has come to, all else
    from where the last backup ended (`topic/partition`)."""
    known = await read_committed(brokers, prefix)
    places = {place: place.topic.removeprefix(prefix) for place in await partitions(brokers, prefix, TOPICS)}
    return {
        place: min(known[group].get(place, _FROM_THE_BEGINNING) for group in HEARD[name])
        if name in HEARD
        else kept.get(name_partition(place, prefix), _FROM_THE_BEGINNING)
        for place, name in places.items()
    }


async def since(
    brokers: Brokers, prefix: str, begin: Mapping[TopicPartition, int], tell_ends: Callable[[Mapping[str, int]], None]
) -> AsyncIterator[Kept]:
    """Every record from there on; told before the first, where each partition ends, by `topic/partition`."""
    async with open_consumer(brokers) as consumer:
        ends = await consumer.end_offsets(list(begin))
        tell_ends({name_partition(place, prefix): end for place, end in ends.items()})
        async for one in between(consumer, within(begin, ends), ends):
            yield Kept(one.topic.removeprefix(prefix), one.partition, one.offset, one.key, one.value, one.headers)


def within(begin: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> Mapping[TopicPartition, int]:
    """A topic that ends before what was kept of it is another one, made anew: of that, nothing is kept yet."""
    return {place: at if at <= ends[place] else _FROM_THE_BEGINNING for place, at in begin.items()}


def name_partition(place: TopicPartition, prefix: str) -> str:
    """As a manifest names it."""
    return f"{place.topic.removeprefix(prefix)}/{place.partition}"


@asynccontextmanager
async def open_consumer(brokers: Brokers) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of no group, so that it takes nothing from anybody."""
    install()  # records with header names that are no text would end the read
    consumer = AIOKafkaConsumer(**brokers.options(), group_id=None, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
        await consumer.stop()


async def partitions(brokers: Brokers, prefix: str, topics: Iterable[str]) -> list[TopicPartition]:
    """Those of these topics that the broker has."""
    admin = AIOKafkaAdminClient(**brokers.options())
    await admin.start()
    try:
        there = set(await admin.list_topics())
        names = [prefix + name for name in topics if prefix + name in there]
        described = await admin.describe_topics(names) if names else []
    finally:
        await admin.close()
    return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]


async def between(
    consumer: AIOKafkaConsumer, begin: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> AsyncIterator[Record]:
    """The records of each partition from where to where; what the broker has dropped by now is not there.

    `TimeoutError` when nothing more comes: a partition without a leader would else be waited for without an end.
    """
    first = await consumer.beginning_offsets(list(ends))
    left = {place for place in ends if max(begin.get(place, 0), first[place]) < ends[place]}
    consumer.assign(list(left))
    for place in left:
        consumer.seek(place, max(begin.get(place, 0), first[place]))
    come, moved_at = dict[TopicPartition, int](), time.monotonic()
    while left:
        for place, records in (await consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
            for record in records:
                if record.offset < ends[place]:
                    yield record
        before, come = come, {place: await consumer.position(place) for place in left}
        left = {place for place in left if come[place] < ends[place]}
        if come != before:
            moved_at = time.monotonic()
        elif time.monotonic() - moved_at > _STALLED_SECONDS:
            raise TimeoutError(f"Kafka sends nothing more of {', '.join(sorted({place.topic for place in left}))}")


async def read_committed(brokers: Brokers, prefix: str) -> Mapping[str, Mapping[TopicPartition, int]]:
    """How far each group has come; one that has never heard anything has come nowhere."""
    admin = AIOKafkaAdminClient(**brokers.options())
    await admin.start()
    try:
        return {group: await _offsets(admin, prefix + group) for group in SERVICES}
    finally:
        await admin.close()


async def _offsets(admin: AIOKafkaAdminClient, group: str) -> Mapping[TopicPartition, int]:
    """A broker that has just begun finds out first who answers for the group."""
    for wait in _PAUSES:
        try:
            found = await admin.list_consumer_group_offsets(group)
            break
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(wait)
    else:
        found = await admin.list_consumer_group_offsets(group)
    return {place: int(at.offset) for place, at in found.items() if at.offset >= 0}
