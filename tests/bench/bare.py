"""The floor under the whole way: database and broker one after the other, as many people write it; it loses events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.envelope import Envelope, decode, encode, to_headers
from shared.events.ids import new_id
from shared.events.public import to_public
from shared.events.reports import ReportSubmitted
from shared.events.topics import public
from shared.kernel import Cause, now
from shared.settings import ServiceSettings
from tests.bench.subject import REPORTS, event, ordered, submitted


class BareWriter:
    """A case and its event, without an outbox: what stops in between is lost."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._client = _client(settings)
        self._cases = self._client[f"{settings.mongodb_prefix}_bare"]["reports"]

    async def __aenter__(self) -> "BareWriter":
        self._producer = AIOKafkaProducer(
            **self._settings.brokers.options(), acks="all", enable_idempotence=True, linger_ms=2
        )
        await self._producer.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._producer.stop()
        self._client.close()

    async def save(self) -> None:
        """One request."""
        at = now()
        case_id = new_id()
        state = submitted(None, Cause.request(at=at)).state
        await self._cases.insert_one({"_id": case_id, "state": state.model_dump()})
        envelope = Envelope(new_id(), "/maehia/intake", ReportSubmitted.type, case_id, at, 1, new_id(), case_id)
        heard, headers, key = event(at), to_headers(envelope), case_id.encode()
        await asyncio.gather(
            self._producer.send_and_wait(self._settings.topic(REPORTS), encode(heard.data()), key=key, headers=headers),
            self._producer.send_and_wait(
                self._settings.topic(public("reports")), encode(to_public(heard)), key=key, headers=headers
            ),
        )


@asynccontextmanager
async def bare_reader(settings: ServiceSettings, effects: list[float]) -> AsyncIterator[None]:
    """Runs until the block ends; the milliseconds from request to effect are appended to `effects`."""
    consumer = AIOKafkaConsumer(
        settings.topic(REPORTS), **settings.brokers.options(), group_id="bare", auto_offset_reset="earliest"
    )
    client = _client(settings)
    orders = client[f"{settings.mongodb_prefix}_bare"]["orders"]
    await consumer.start()

    async def take(record: Any) -> None:
        envelope, heard = decode(record.headers, record.value)
        if isinstance(heard, ReportSubmitted):
            state = ordered(heard, envelope, Cause.of(envelope)).state
            await orders.insert_one({"_id": envelope.subject, "state": state.model_dump()})
            effects.append((now() - envelope.time).total_seconds() * 1000)

    async def follow() -> None:
        while True:
            found: dict[object, Sequence[Any]] = await consumer.getmany(timeout_ms=100)
            await asyncio.gather(*(take(record) for records in found.values() for record in records))

    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        await consumer.stop()
        client.close()


def _client(settings: ServiceSettings) -> AsyncIOMotorClient[dict[str, Any]]:
    return AsyncIOMotorClient(settings.mongodb_uri, tz_aware=True, w="majority", journal=True)
