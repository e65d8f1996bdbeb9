"""Listens to the services' topics from just before the first request, and records what it hears.

It reads the internal topics, because nothing about a case that is not public is on the public ones.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from shared.events.catalogue import INTERNAL_FAMILIES
from shared.events.envelope import decode
from shared.events.topics import internal
from shared.events.undecodable import Undecodable
from shared.settings import ServiceSettings
from tools.play.ledger import Ledger, Seen
from tools.play.mapping import BadInput


class Listener:
    """`async with Listener(settings, ledger)`: inside, every event since the start reaches the ledger.

    It joins no consumer group, so it takes nothing away from anybody.
    """

    def __init__(self, settings: ServiceSettings, ledger: Ledger) -> None:
        self.ledger = ledger
        self.unreadable = 0  # written by somebody else; not ours to judge
        self.heard_at = 0.0  # event loop time of the last event
        self._settings = settings
        self._consumer: Any = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        brokers = self._settings.brokers
        topics = [self._settings.topic(internal(family)) for family in INTERNAL_FAMILIES]
        self._consumer = AIOKafkaConsumer(
            *topics, **brokers.options(), group_id=None, enable_auto_commit=False, auto_offset_reset="latest"
        )
        try:
            await self._consumer.start()
            await self._begin_at_the_end()
        except UnknownTopicOrPartitionError as error:
            await self._consumer.stop()
            raise BadInput(f"a topic is missing among {', '.join(topics)}; make topics ARGS=create") from error
        except (KafkaError, OSError) as error:
            await self._consumer.stop()
            raise BadInput(f"no Kafka at {brokers} ({type(error).__name__}); start it with: make up") from error
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()

    @property
    def broken(self) -> BaseException | None:
        """Why it has stopped hearing; None when all is well."""
        done = self._task is not None and self._task.done() and not self._task.cancelled()
        return self._task.exception() if done and self._task else None

    async def _begin_at_the_end(self) -> None:
        """The offsets before the first request: what comes from here on may be ours."""
        for partition, offset in (await self._consumer.end_offsets(self._consumer.assignment())).items():
            self._consumer.seek(partition, offset)

    async def _follow(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            for records in (await self._consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    self._write_down(record)
                    self.heard_at = clock()

    def _write_down(self, record: Any) -> None:
        try:
            envelope, event = decode(record.headers, record.value)
        except Undecodable:
            self.unreadable += 1
            return
        self.ledger.note(Seen(envelope, event.data(), datetime.fromtimestamp(record.timestamp / 1000, UTC)))
