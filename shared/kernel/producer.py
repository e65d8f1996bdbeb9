"""Kafka's idempotent producer, which is rebuilt when it loses its sequence."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka
from aiokafka.partitioner import murmur2

from shared.brokers import Brokers
from shared.kernel.errors import Transient, say_error
from shared.kernel.failures import is_transient

# One message for the producer: topic, key, value (None: a tombstone), headers.
Outgoing = tuple[str, str | bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]

BATCH_BYTES = 256 * 1024
# What a producer says that has lost its sequence, or was closed by somebody else's failure: it never sends again.
_OVER = (
    kafka.OutOfOrderSequenceNumber,
    kafka.InvalidProducerEpoch,
    kafka.ProducerFenced,  # what aiokafka makes of an invalid epoch
    kafka.UnknownProducerId,
    kafka.ProducerClosed,
    kafka.IllegalOperation,
)


class Producer:
    """`send` and `send_all` return when all in-sync replicas have the messages; while the broker is away they wait."""

    def __init__(self, brokers: Brokers, client_id: str, prefix: str = "") -> None:
        self._brokers = brokers
        self._client_id = client_id
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()
        self._partitions: dict[str, int] = {}  # topic → how many, once something has been sent there

    async def send(
        self, topic: str, key: str | bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
    ) -> None:
        """Raises `Transient` when the producer had to be rebuilt: what was under way may be there or not."""
        (failed,) = await self.send_all([(topic, key, value, headers)])
        if failed is not None:
            raise failed

    def place(self, topic: str, key: str | bytes | None) -> tuple[str, int | None]:
        """The partition that such messages go to; until it is known, the whole topic is one place."""
        known = self._partitions.get(topic)
        return topic, None if known is None or key is None else _hash_key(key) % known

    async def send_all(self, messages: Sequence[Outgoing]) -> Sequence[Exception | None]:
        """What kept each message from being there, None where nothing did; those of one partition keep their order.

        What goes to one partition leaves in batches of our own: aiokafka wraps each message that it is handed alone
        into a task's worth of futures. No partition waits for another.
        """
        producer = await self._get_started()
        outcomes: dict[int, Any] = {}
        places: dict[tuple[str, int | None], list[int]] = {}
        known = {topic: await self._learn(producer, topic) for topic in dict.fromkeys(topic for topic, *_ in messages)}
        for number, (topic, key, *_) in enumerate(messages):
            if (unknown := known[topic]) is None:
                places.setdefault(self.place(topic, key), []).append(number)
            else:
                outcomes[number] = unknown
        sending = [
            _send_to(producer, self._prefix + topic, partition, [messages[number] for number in numbers])
            for (topic, partition), numbers in places.items()
        ]
        for numbers, ended in zip(places.values(), await asyncio.gather(*sending), strict=True):
            outcomes |= zip(numbers, ended, strict=True)
        if any(map(_is_over, outcomes.values())):
            await self._discard(producer)
        return [_failure(outcomes[number]) for number in range(len(messages))]

    async def _learn(self, producer: AIOKafkaProducer, topic: str) -> Exception | None:
        """How many partitions it has; or why nothing can be sent there, and who comes after would only wait as long."""
        try:
            self._partitions[topic] = len(await producer.partitions_for(self._prefix + topic))
        except Exception as error:  # noqa: BLE001 - told of each message
            return error
        return None

    async def reachable(self) -> bool:
        """Whether the broker answers; raises what it fails with where it does not."""
        producer = await self._get_started()
        await producer.client.fetch_all_metadata()
        return True

    async def stop(self) -> None:
        """Close; the caller has seen to it that nothing is under way."""
        if self._producer is not None:
            await self._discard(self._producer)

    async def _get_started(self) -> AIOKafkaProducer:
        if self._producer is not None:
            return self._producer
        async with self._lock:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._brokers.options(),
                    client_id=self._client_id,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=2,
                    max_batch_size=BATCH_BYTES,
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


@lru_cache(maxsize=4096)  # of a case that tells several things, or one thing to two topics
def _hash_key(key: str | bytes) -> int:
    """As aiokafka, and every other client of Kafka, spreads keys over partitions."""
    return int(murmur2(_encode(key))) & 0x7FFFFFFF


def _encode(key: str | bytes | None) -> bytes | None:
    return key.encode() if isinstance(key, str) else key


async def _send_to(
    producer: AIOKafkaProducer, topic: str, partition: int | None, messages: Sequence[Outgoing]
) -> Sequence[object]:
    """What became of each message to one partition; what follows one that an outage keeps from being begun shares its
    fate."""
    begun: list[asyncio.Future[Any]] = []  # of each message that of its batch
    try:
        while len(begun) < len(messages):
            try:
                begun += await _begin(producer, topic, partition, messages[len(begun) :])
            except Exception as error:  # noqa: BLE001 - told with what becomes of the others
                alone = not is_transient(error)
                begun += [_make_failed(error)] * (1 if alone else len(messages) - len(begun))
        await asyncio.wait(set(begun))
    except BaseException:  # we are told to end; whatever becomes of them later is asked by nobody
        for one in begun:
            one.cancel()
        raise
    return [asyncio.CancelledError() if one.cancelled() else one.exception() for one in begun]


async def _begin(
    producer: AIOKafkaProducer, topic: str, partition: int | None, messages: Sequence[Outgoing]
) -> Sequence[asyncio.Future[Any]]:
    """Hand over as many as fit into one batch: of each what will say that it is there."""
    _, key, value, headers = messages[0]
    if partition is None or _is_large(value):  # aiokafka finds a place for it, or says that it is too large
        return [await producer.send(topic, value, _encode(key), partition, headers=list(headers))]
    batch, count = producer.create_batch(), 0
    for _, key, value, headers in messages:
        if _is_large(value) or not batch.append(timestamp=None, key=_encode(key), value=value, headers=list(headers)):
            break
        count += 1
    return [await producer.send_batch(batch, topic, partition=partition)] * count


def _is_large(value: bytes | None) -> bool:
    return value is not None and len(value) > BATCH_BYTES / 2


def _make_failed(error: Exception) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


def _is_over(outcome: object) -> bool:
    """Also the bare class: aiokafka says so of each message once the task that sends them has died. And a message is
    cancelled when the producer that had it is stopped."""
    return isinstance(outcome, (*_OVER, asyncio.CancelledError)) or type(outcome) is kafka.KafkaError


def _failure(outcome: object) -> Exception | None:
    if isinstance(outcome, BaseException) and _is_over(outcome):
        failed = Transient(f"the producer sends nothing more and is built anew: {say_error(outcome)}")
        failed.__cause__ = outcome
        return failed
    return outcome if isinstance(outcome, Exception) else None


async def _start(client: AIOKafkaProducer) -> None:
    try:
        await client.start()
    except BaseException:
        await client.stop()  # aiokafka leaves its sockets open when the first connection fails
        raise
