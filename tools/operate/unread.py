"""How far the consumer groups are behind: how many records each has not read, and since when the oldest waits."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.brokers import Brokers
from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from shared.kernel.wire import install
from tools.operate.failures import NotDone

ANSWER_SECONDS = 10.0  # for the first unread record of every partition


@dataclass(frozen=True)
class Unread:
    """Of one group; `oldest`: when its first unread record was written, None when there is none."""

    records: int
    oldest: datetime | None


async def unread(brokers: Brokers, prefix: str) -> Mapping[str, Unread]:
    """Of every service; a group that has never read begins at the beginning."""
    install()
    heard = [prefix + topic.name for topic in TOPICS.values() if set(topic.readers) & set(SERVICES)]
    consumer = AIOKafkaConsumer(*heard, **brokers.options(), enable_auto_commit=False)  # in no group: all of them
    admin = AIOKafkaAdminClient(**brokers.options())
    try:
        await consumer.start()
        await admin.start()
        return {service: await _of_group(consumer, admin, prefix, service) for service in SERVICES}
    except UnknownTopicOrPartitionError as error:
        raise NotDone("the broker lacks a topic: `onestop topics check` says which, `create` makes it") from error
    finally:
        await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
        await consumer.stop()
        await admin.close()


async def _of_group(consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient, prefix: str, service: str) -> Unread:
    heard = {prefix + topic.name for topic in TOPICS.values() if service in topic.readers}
    places = [place for place in consumer.assignment() if place.topic in heard]
    committed = await admin.list_consumer_group_offsets(prefix + service)
    begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    read = {place: max(begins[place], getattr(committed.get(place), "offset", 0)) for place in places}
    behind = {place: ends[place] - read[place] for place in places if ends[place] > read[place]}
    oldest = await _first_unread(consumer, {place: read[place] for place in behind})
    return Unread(sum(behind.values()), oldest)


async def _first_unread(consumer: AIOKafkaConsumer, places: Mapping[TopicPartition, int]) -> datetime | None:
    """When it was written; what a compaction has removed is not there to be read."""
    for place, offset in places.items():
        consumer.seek(place, offset)
    left, times = set(places), list[int]()
    until = asyncio.get_running_loop().time() + ANSWER_SECONDS
    while left and asyncio.get_running_loop().time() < until:
        found: Mapping[TopicPartition, Sequence[object]] = await consumer.getmany(*left, timeout_ms=1000)
        times += [getattr(records[0], "timestamp", 0) for records in found.values() if records]
        left -= found.keys()
    return datetime.fromtimestamp(min(times) / 1000, UTC) if times else None
