"""What a service hears: FastStream's batch subscriber, with our own commits; `consume` handles each batch."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka import errors as kafka
from aiokafka.admin import AIOKafkaAdminClient
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage as Batch
from faststream.kafka.message import KafkaMessage
from faststream.security import BaseSecurity, SASLOAuthBearer, SASLPlaintext, SASLScram256, SASLScram512

from shared.brokers import Brokers, Identity
from shared.kernel import wire
from shared.kernel.batches import Partition
from shared.kernel.consume import Inbox
from shared.kernel.errors import Stopping, Transient, say_error
from shared.telemetry import get_log, metrics

wire.install()
log = get_log(__name__)

POLL_MS = 1000  # a poll ends as soon as something has come
BATCH = 500
OBSERVE_SECONDS = 5.0
ANSWER_SECONDS = 10.0  # for the broker to say where its partitions end
STUCK_SECONDS = 120.0  # a batch under way for longer than this is not polling
SASL = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
DAY_MS = 24 * 60 * 60 * 1000  # a slow batch (the database is down) never costs us the group; only stopping leaves it
FINISH_SECONDS = 10.0  # for a batch under way when a rebalance begins; the whole group waits for it
REBALANCE_MS = 30_000  # the broker waits so long for every member to be ready; must exceed the time to finish


class Subscription:
    """One consumer of all the topics of a group; commits what the inbox says is done, and nothing else."""

    def __init__(self, inbox: Inbox, brokers: Brokers, graceful_seconds: float, prefix: str = "") -> None:
        self._inbox = inbox
        self.assigned = False
        self._idle = asyncio.Event()  # clear from the moment a batch is polled until it is committed
        self._idle.set()
        self._trouble: str | None = None  # why the last poll failed
        self._under_way: dict[TopicPartition, int] = {}  # the first offset of what was polled and has no effect yet
        self._brokers = brokers
        self._broker = KafkaBroker(
            list(brokers.servers),
            security=_security(brokers.identity),
            sasl_oauth_token_provider=brokers.tokens(),
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
            max_poll_interval_ms=DAY_MS,
            rebalance_timeout_ms=REBALANCE_MS,
            listener=_Assignment(self),
            parser=self._keep_raw,
            decoder=_leave_undecoded,
        )
        self._subscriber(self._on_batch)
        wire.poll_by(self._subscriber, self._poll)

    async def start(self) -> None:
        """Join the group. Raises a Kafka error while the broker is away, `Transient` while a topic is missing."""
        await self._need_topics()
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch under way, commit it, leave the group. Also undoes a start that failed."""
        await self._broker.stop()
        self.assigned = False

    async def give_up(self) -> None:
        """Before partitions go to another replica: commit what is under way, so that it need not be done again there.

        One that does not end in time is done by both; its effects happen once all the same.
        """
        self.assigned = False
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await self._idle.wait()

    def problem(self) -> str | None:
        """Why events are not taken, as `/workz` says it; None when they are."""
        if self._inbox.halted:
            return "stopped: too many events fail, or one cannot be parked; see the log and dead letters, fix, restart"
        if not self.assigned:
            return "has no place in its consumer group"
        if self._trouble:
            return f"cannot read its topics: {self._trouble}"
        since = self._inbox.busy_since
        if since is not None and asyncio.get_running_loop().time() - since > STUCK_SECONDS:
            return f"one batch is under way for more than {STUCK_SECONDS:g} s; something it needs is away"
        return None

    async def observe(self) -> None:
        """Say in the metrics how much waits in our partitions, and whether we have stopped; ends by cancellation."""
        while True:
            metrics.consume_halted.set(self._inbox.halted)
            with suppress(kafka.KafkaError, TimeoutError):  # of a broker that is away `/workz` tells
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._measure()
            await asyncio.sleep(OBSERVE_SECONDS)

    async def _measure(self) -> None:
        """By topic, the sum over the partitions that are ours now: those of all processes together are all there is."""
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None:
            return
        behind = dict.fromkeys(self._inbox.handlers, 0)
        ours = consumer.assignment()
        for partition, end in (await consumer.end_offsets(ours)).items() if ours else ():
            begun = self._under_way.get(partition)
            behind[partition.topic] += end - (begun if begun is not None else await consumer.position(partition))
        for topic, events in behind.items():
            metrics.consume_lag.labels(topic).set(max(0, events))

    async def _need_topics(self) -> None:
        """A consumer of a topic that is not there joins, reads nothing for minutes, and says that it is well."""
        admin = AIOKafkaAdminClient(**self._brokers.options())
        try:
            await admin.start()
            missing = set(self._inbox.handlers) - set(await admin.list_topics())
        finally:
            await admin.close()
        if missing:
            raise Transient(f"no topic {', '.join(sorted(missing))}: `onestop topics create` makes it")

    async def _poll(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        """The next batch as soon as there is one. FastStream takes a failed poll for an empty one: it is noted here."""
        self._idle.set()  # whatever was polled before has been handled and committed
        if self._inbox.halted:  # the next commit would take along what could not be handled
            await asyncio.sleep(POLL_MS / 1000)
            return ()
        self._under_way = {}
        try:
            records = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        except kafka.KafkaError as error:
            self._trouble = say_error(error)  # `health` logs it
            raise
        self._trouble = None
        if not records or not self.assigned:  # polled while the partitions were going elsewhere: read again there
            return ()
        self._idle.clear()
        self._under_way = {partition: batch[0].offset for partition, batch in records.items()}
        return tuple(chain(*records.values()))

    async def _keep_raw(self, records: tuple[Any, ...]) -> KafkaMessage:
        """FastStream's own parser fails on null and binary headers and skips the message: the inbox reads it raw."""
        consumer: Any = self._subscriber.consumer
        return KafkaMessage(
            body=b"", headers={}, batch_headers=[], message_id="", raw_message=records, consumer=consumer
        )

    async def _on_batch(self, message: Batch) -> None:
        records = message.raw_message
        try:
            offsets = await self._inbox.take(records if isinstance(records, tuple) else (records,))
        except Stopping:
            pass  # not committed: it comes again
        except Exception as error:  # Halted, or a record that can be neither handled nor parked
            self._inbox.halted = True  # polls nothing and fails `/workz` from here on, until the process is restarted
            log.critical("the consumer has stopped; restart when fixed", extra={"why": str(error)}, exc_info=True)
        else:
            await _commit(self._subscriber.consumer, offsets)


class _Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """Keeps `assigned` true while the group has given this consumer its share (which may be none)."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: object) -> None:  # noqa: ARG002 - aiokafka's signature
        await self._subscription.give_up()

    async def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002 - same
        self._subscription.assigned = True


async def _leave_undecoded(message: KafkaMessage) -> None:
    """The inbox decodes."""


def _security(who: Identity) -> BaseSecurity:
    """`Brokers.options` in FastStream's words."""
    if not who.has_password:
        return BaseSecurity(ssl_context=who.ssl_context(), use_ssl=who.is_encrypted)
    if who.has_token:
        return SASLOAuthBearer(ssl_context=who.ssl_context(), use_ssl=who.is_encrypted)
    return SASL[who.mechanism](who.username, who.password, ssl_context=who.ssl_context(), use_ssl=who.is_encrypted)


async def _commit(consumer: AIOKafkaConsumer | None, offsets: Mapping[Partition, int]) -> None:
    """Explicit offsets: committing "the position" around a rebalance could skip records. A lost commit only repeats."""
    if consumer is None:  # stopped while the last batch ran
        return
    try:
        await consumer.commit({TopicPartition(*place): offset for place, offset in offsets.items()})
    except (kafka.CommitFailedError, kafka.IllegalStateError, kafka.KafkaError) as error:
        log.warning("offsets are not committed; the records may come again", extra={"why": say_error(error)})
