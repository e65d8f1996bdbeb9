"""What the broker holds of the town's events since a moment: enough to tell what it has lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.brokers import Brokers
from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS, dlq
from shared.kernel.wire import install
from tools.operate.failures import NotDone

EARLIER = timedelta(minutes=15)  # clocks differ, and a record bears the time of its sender's
TOLD = sorted(set(TOPICS) - {dlq(group) for group in SERVICES})  # of events


@dataclass
class OnBroker:
    """The ids on each topic, and how far each key of a topic has come."""

    ids: set[tuple[str, str]] = field(default_factory=set)
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)
    times: dict[tuple[str, str], str] = field(default_factory=dict)  # `ce_time` sorts as text

    def add(self, topic: str, key: str, event_id: str, sequence: int, time: str) -> None:
        """One record."""
        place = (topic, key)
        self.ids.add((topic, event_id))
        self.sequences[place] = max(sequence, self.sequences.get(place, 0))
        self.times[place] = max(time, self.times.get(place, ""))


async def look(brokers: Brokers, prefix: str, since: datetime) -> OnBroker:
    """Everything that the topics of events hold since then, up to now."""
    install()  # anybody may have written a header that the client alone cannot read
    found = OnBroker()
    async for record in _records(brokers, prefix, since - EARLIER):
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        sequence = headers.get("ce_sequence", "")
        if sequence.isdecimal():
            topic, key = record.topic.removeprefix(prefix), (record.key or b"").decode(errors="replace")
            found.add(topic, key, headers.get("ce_id", ""), int(sequence), headers.get("ce_time", ""))
    return found


async def _records(brokers: Brokers, prefix: str, since: datetime) -> AsyncIterator[Any]:
    topics = [prefix + name for name in TOLD]
    consumer = AIOKafkaConsumer(*topics, **brokers.options(), enable_auto_commit=False)  # in no group: all of them
    try:
        await consumer.start()
        left = await _begin(consumer, since)
        while left:
            for records in (await consumer.getmany(*left, timeout_ms=1000)).values():
                for record in records:
                    yield record
            left = {place: end for place, end in left.items() if await consumer.position(place) < end}
    except UnknownTopicOrPartitionError as error:
        raise NotDone("the broker lacks a topic: `onestop topics check` says which, `create` makes it") from error
    finally:
        await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
        await consumer.stop()


async def _begin(consumer: AIOKafkaConsumer, since: datetime) -> dict[TopicPartition, int]:
    """Go to that time in each partition; where each ends that has anything since."""
    places = consumer.assignment()
    begins = await consumer.offsets_for_times(dict.fromkeys(places, int(since.timestamp() * 1000)))
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    left = {place: ends[place] for place in places if begins.get(place) and begins[place].offset < ends[place]}
    for place in left:
        consumer.seek(place, begins[place].offset)
    return left
