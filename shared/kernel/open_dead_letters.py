"""How many dead letters of this group are open, as an alarm needs it: counted by following their topic to its end.

Every process counts for itself: the topic tells the whole story, and a count that one process kept for all would be
lost or out of date with it.
"""

import asyncio
from collections import Counter
from datetime import timedelta

from aiokafka import AIOKafkaConsumer

from shared.events.topics import TOPICS, dlq
from shared.kernel.background import within
from shared.kernel.batches import Record
from shared.kernel.clock import now
from shared.kernel.dlq import REASONS, notes_of
from shared.settings import ServiceSettings
from shared.telemetry import metrics

POLL_MS = 2000
CLOSE_SECONDS = 2.0  # a broker that is away must not hold up the end of the process


class OpenDeadLetters:
    """The dead letters of one group by the newest record about each."""

    def __init__(self, group: str, settings: ServiceSettings) -> None:
        self._group = group
        self._brokers = settings.brokers
        self._topic = settings.topic(dlq(group))
        self._kept = timedelta(milliseconds=TOPICS[dlq(group)].retention_ms)
        self._newest: dict[str, tuple[int, str | None]] = {}  # id → time in ms, and why it is open; None: it is not

    async def follow(self) -> None:
        """Keep the gauge true; ends by cancellation, or by an outage, after which it is called again."""
        self._newest.clear()
        consumer = AIOKafkaConsumer(
            self._topic, **self._brokers.options(), enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            while True:
                found = await consumer.getmany(timeout_ms=POLL_MS)
                for records in found.values():
                    for record in records:
                        self.take(record)
                if not found:  # at the end for now
                    self.observe()
        finally:
            await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
            await within(CLOSE_SECONDS, consumer.stop())

    def take(self, record: Record) -> None:
        """One record of the topic: a dead letter, parked once more or for the first time, or what became of one."""
        ours, _ = notes_of(record.headers)
        if "id" not in ours:
            return
        known = self._newest.get(ours["id"])
        if known is None or known[0] <= record.timestamp:  # a letter without a key may come after its resolution
            self._newest[ours["id"]] = record.timestamp, None if "resolution" in ours else ours.get("reason", "")

    def observe(self) -> None:
        """Say it in the metrics, without the letters that the topic has forgotten."""
        since = (now() - self._kept).timestamp() * 1000
        self._newest = {dead: newest for dead, newest in self._newest.items() if newest[0] >= since}
        count = Counter(why for _, why in self._newest.values())
        for reason in REASONS:
            metrics.dlq_open.labels(self._group, reason).set(count[reason])
