"""Kafka: an idempotent producer that heals itself, and FastStream's batch subscriber with our own commits."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka import errors as kafka
from aiokafka.admin import AIOKafkaAdminClient
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage as Batch
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from shared.kernel import wire
from shared.kernel.consume import Inbox, Partition
from shared.kernel.errors import Stopping, Transient
from shared.telemetry import get_log

wire.install()
log = get_log(__name__)

POLL_MS = 100  # FastStream sleeps as long again when nothing came: the worst added latency of a quiet topic
BATCH = 500
STUCK_SECONDS = 120.0  # a batch under way for longer than this is not polling
DAY_MS = 24 * 60 * 60 * 1000  # waiting out an outage is not being dead: the group is left by stopping only


class Producer:
    """`send` returns when all in-sync replicas have the message; while the broker is away it waits."""

    def __init__(self, bootstrap: Sequence[str], client_id: str, prefix: str = "") -> None:
        self._bootstrap = list(bootstrap)
        self._client_id = client_id
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()

    async def send(
        self, topic: str, key: str | bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
    ) -> None:
        """Raises `Transient` when the producer had to be rebuilt: what was under way may be there or not."""
        producer = await self._started()
        try:
            acknowledged = await producer.send(
                self._prefix + topic,
                value=value,
                key=key.encode() if isinstance(key, str) else key,
                headers=list(headers),
            )
            await acknowledged
        except (
            kafka.OutOfOrderSequenceNumber,
            kafka.InvalidProducerEpoch,
            kafka.ProducerClosed,
            kafka.IllegalOperation,
        ) as error:
            await self._discard(producer)
            raise Transient(f"the producer lost its sequence and is built anew: {type(error).__name__}") from error

    async def reachable(self) -> bool:
        """Whether the broker answers."""
        producer = await self._started()
        await producer.client.fetch_all_metadata()
        return True

    async def stop(self) -> None:
        """Close; the caller has seen to it that nothing is under way."""
        if self._producer is not None:
            await self._discard(self._producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._lock:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id=self._client_id,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=2,
                    max_batch_size=256 * 1024,
                    max_request_size=2 * 1024 * 1024,  # a dead letter is larger than its original
                    request_timeout_ms=15_000,
                )
                await _start(producer)
                self._producer = producer
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer) -> None:
        async with self._lock:
            mine = self._producer is producer
            if not mine:
                return  # somebody else has built a new one meanwhile
            self._producer = None
        with suppress(kafka.KafkaError):
            await producer.stop()


class Subscription:
    """One consumer of all the topics of a group; commits what the inbox says is done, and nothing else."""

    def __init__(self, inbox: Inbox, bootstrap: Sequence[str], graceful_seconds: float, prefix: str = "") -> None:
        self._inbox = inbox
        self.assigned = False
        self._trouble: str | None = None  # why the last poll failed
        self._bootstrap = list(bootstrap)
        self._broker = KafkaBroker(
            self._bootstrap,
            client_id=inbox.group,
            graceful_timeout=graceful_seconds,
            logger=None,
            # Left to itself, FastStream makes a missing topic with one partition and without compaction.
            allow_auto_create_topics=False,
            consumer_only=True,
        )
        self._subscriber = self._broker.subscriber(
            *inbox.handlers,
            group_id=prefix + inbox.group,
            batch=True,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_records=BATCH,
            batch_timeout_ms=POLL_MS,
            max_poll_interval_ms=DAY_MS,
            listener=_Assignment(self),
            parser=_unparsed,
            decoder=_undecoded,
        )
        self._subscriber(self._on_batch)
        # FastStream takes a failed poll for an empty one: here it is noted before.
        self._poll, self._subscriber.get_msg = self._subscriber.get_msg, self._polled  # type: ignore[method-assign]

    async def start(self) -> None:
        """Join the group. Raises a Kafka error while the broker is away, `Transient` while a topic is missing."""
        await self._need_topics()
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch under way, commit it, leave the group. Also undoes a start that failed."""
        await self._broker.stop()
        self.assigned = False

    def problem(self) -> str | None:
        """Why events are not taken, for readiness; None when they are."""
        if self._inbox.halted:
            return "stopped: events can be neither handled nor parked; see the log and the dead letters, mend, restart"
        if not self.assigned:
            return "has no place in its consumer group"
        if self._trouble:
            return f"cannot read its topics: {self._trouble}"
        since = self._inbox.busy_since
        if since is not None and asyncio.get_running_loop().time() - since > STUCK_SECONDS:
            return f"one batch is under way for more than {STUCK_SECONDS:g} s; something it needs is away"
        return None

    async def _need_topics(self) -> None:
        """A consumer of a topic that is not there joins, reads nothing for minutes, and says that it is well."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        try:
            await admin.start()
            missing = set(self._inbox.handlers) - set(await admin.list_topics())
        finally:
            await admin.close()
        if missing:
            raise Transient(f"no topic {', '.join(sorted(missing))}: `python -m shared.events.topics create` makes it")

    async def _polled(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        try:
            records = await self._poll(consumer)
        except kafka.KafkaError as error:
            self._trouble = f"{type(error).__name__}: {error}"
            log.warning("the topics cannot be read", extra={"group": self._inbox.group, "why": self._trouble})
            raise
        self._trouble = None
        return records

    async def _on_batch(self, message: Batch) -> None:
        records = message.raw_message
        try:
            offsets = await self._inbox.take(records if isinstance(records, tuple) else (records,))
        except Stopping:
            pass  # not committed: it comes again
        except Exception as error:  # Halted, or a record that can be neither handled nor parked
            # FastStream would go on with the next batch, whose commit would take this one along.
            self._inbox.halted = True
            log.critical("the consumer has stopped; restart when mended", extra={"why": str(error)}, exc_info=True)
            await asyncio.Future()  # unready from here on, until the process is restarted
        else:
            await _commit(self._subscriber.consumer, offsets)


class _Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """Keeps `assigned` true while the group has given this consumer its share (which may be none)."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: object) -> None:  # noqa: ARG002 - aiokafka's signature
        self._subscription.assigned = False

    async def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002 - same
        self._subscription.assigned = True


async def _unparsed(records: tuple[Any, ...]) -> KafkaMessage:
    """FastStream's own parser fails on null and binary headers and skips the message: the inbox reads it raw."""
    return KafkaMessage(
        body=b"", headers={}, batch_headers=[], message_id="", raw_message=records, consumer=FAKE_CONSUMER
    )


async def _undecoded(message: KafkaMessage) -> None:
    """The inbox decodes."""


async def _commit(consumer: AIOKafkaConsumer | None, offsets: Mapping[Partition, int]) -> None:
    """Explicit offsets: committing "the position" around a rebalance could skip records. A lost commit only repeats."""
    if consumer is None:  # stopped while the last batch ran
        return
    try:
        await consumer.commit({TopicPartition(*place): offset for place, offset in offsets.items()})
    except (kafka.CommitFailedError, kafka.IllegalStateError, kafka.KafkaError) as error:
        log.warning("offsets are not committed; the records may come again", extra={"error": type(error).__name__})


async def _start(client: AIOKafkaProducer) -> None:
    try:
        await client.start()
    except BaseException:
        await client.stop()  # aiokafka leaves its sockets open when the first connection fails
        raise
