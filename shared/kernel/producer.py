"""Kafka's idempotent producer, which is rebuilt when it loses its sequence."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka

from shared.brokers import Brokers
from shared.kernel.errors import Transient, say_error
from shared.kernel.failures import is_transient

# One message for the producer: topic, key, value (None: a tombstone), headers.
Outgoing = tuple[str, str | bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]

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

    async def send(
        self, topic: str, key: str | bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
    ) -> None:
        """Raises `Transient` when the producer had to be rebuilt: what was under way may be there or not."""
        (failed,) = await self.send_all([(topic, key, value, headers)])
        if failed is not None:
            raise failed

    async def send_all(self, messages: Sequence[Outgoing]) -> Sequence[Exception | None]:
        """What kept each message from being there, None where nothing did; those of one partition keep their order."""
        producer = await self._get_started()
        begun: list[asyncio.Future[Any] | Exception] = []
        away: dict[str, Exception] = {}  # topic → why: who comes after would only wait as long
        try:
            for message in messages:
                topic = message[0]
                begun.append(away.get(topic) or await self._begin(producer, message))
                if isinstance(failed := begun[-1], Exception) and is_transient(failed):
                    away[topic] = failed
            under_way = [one for one in begun if not isinstance(one, Exception)]
            acknowledged = iter(await asyncio.gather(*under_way, return_exceptions=True))
        except BaseException:  # we are told to end; whatever becomes of them later is asked by nobody
            for one in begun:
                if not isinstance(one, Exception):
                    one.cancel()
            raise
        outcomes = [one if isinstance(one, Exception) else next(acknowledged) for one in begun]
        if any(map(_is_over, outcomes)):
            await self._discard(producer)
        return [_failure(one) for one in outcomes]

    async def _begin(self, producer: AIOKafkaProducer, message: Outgoing) -> asyncio.Future[Any] | Exception:
        """What will say that it is there; or why it could not even be begun."""
        topic, key, value, headers = message
        encoded = key.encode() if isinstance(key, str) else key
        try:
            begun: asyncio.Future[Any] = await producer.send(
                self._prefix + topic, value=value, key=encoded, headers=list(headers)
            )
        except Exception as error:  # noqa: BLE001 - told with what becomes of the others
            return error
        return begun

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
