"""Kafka's idempotent producer, which is rebuilt when it loses its sequence."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka

from shared.brokers import Brokers
from shared.kernel.errors import Transient, said

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
    """`send` returns when all in-sync replicas have the message; while the broker is away it waits."""

    def __init__(self, brokers: Brokers, client_id: str, prefix: str = "") -> None:
        self._brokers = brokers
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
        except kafka.KafkaError as error:
            if not _is_over(error):
                raise
            await self._discard(producer)
            raise Transient(f"the producer sends nothing more and is built anew: {said(error)}") from error

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
                    **self._brokers.options(),
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


def _is_over(error: kafka.KafkaError) -> bool:
    """Also the bare class: aiokafka says so of each message once the task that sends them has died."""
    return isinstance(error, _OVER) or type(error) is kafka.KafkaError


async def _start(client: AIOKafkaProducer) -> None:
    try:
        await client.start()
    except BaseException:
        await client.stop()  # aiokafka leaves its sockets open when the first connection fails
        raise
