"""The part of a moment that is in Kafka. A broker that is away is no reason to keep nothing: then it is said why."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.kernel.errors import say_error
from tools.operate.backups import records
from tools.operate.backups.settings import BackupSettings


class UnderWay:
    """Asked before the moment and read after it."""

    def __init__(self, settings: BackupSettings) -> None:
        self._cluster = (settings.brokers, settings.topic_prefix)
        self._begin: Mapping[TopicPartition, int] = {}
        self.ends: Mapping[str, int] | None = None
        self.away = ""  # why, if it is

    def look(self, kept: Mapping[str, int]) -> None:
        """How far everybody has heard, and the backups before have kept."""
        try:
            self._begin = asyncio.run(records.begins(*self._cluster, kept))
        except (KafkaError, TimeoutError) as error:
            self.give_up(error)

    def read(self) -> Iterator[records.Kept]:
        """What came after that, each as it comes: a month of public events has no room in memory."""
        if self.away:
            return
        with asyncio.Runner() as runner:
            coming = records.since(*self._cluster, self._begin, self._note_ends)
            while (record := runner.run(_next(coming))) is not None:
                yield record

    def give_up(self, error: Exception) -> None:
        """It went away while it was read."""
        self.away, self.ends = say_error(error), None

    def _note_ends(self, ends: Mapping[str, int]) -> None:
        self.ends = ends


async def _next(coming: AsyncIterator[records.Kept]) -> records.Kept | None:
    return await anext(coming, None)
