"""What is kept of Kafka is read to its end, or it is said that there is no end to wait for."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared.brokers import Brokers
from tools.operate.backups import records
from tools.operate.backups.settings import BackupSettings

PLACE = TopicPartition("internal.reports.v1", 0)


class Consumer:
    """Of one partition, which goes on by `steps` without a record, as over the marks of transactions."""

    def __init__(self, *steps: int) -> None:
        self._steps = list(steps)
        self._at = 0
        self.end = 3

    async def end_offsets(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        return dict.fromkeys(places, self.end)

    async def beginning_offsets(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        return dict.fromkeys(places, 0)

    def assign(self, _: Any) -> None:
        """One is all that there is."""

    def seek(self, _: TopicPartition, offset: int) -> None:
        self._at = offset

    async def getmany(self, *_: TopicPartition, timeout_ms: int) -> Mapping[TopicPartition, Sequence[Any]]:
        assert timeout_ms
        self._at += self._steps.pop(0) if self._steps else 0
        return {}

    async def position(self, _: TopicPartition) -> int:
        return self._at


async def read(consumer: Any) -> list[Any]:
    return [one async for one in records.between(consumer, {}, {PLACE: 3})]


async def test_a_partition_of_which_nothing_more_comes_is_not_waited_for_without_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "_STALLED_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match=r"nothing more of internal\.reports\.v1"):
        await read(Consumer(1))


async def test_a_partition_that_goes_on_without_records_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_STALLED_SECONDS", 0.0)
    assert await read(Consumer(1, 1, 1)) == []


@pytest.mark.parametrize(("kept", "first"), [(1000, 0), (3, None), (2, 2)])
async def test_a_topic_that_ends_before_what_was_kept_of_it_was_made_anew_and_is_kept_from_its_beginning(
    monkeypatch: pytest.MonkeyPatch, kept: int, first: int | None
) -> None:
    consumer, sought = Consumer(3, 3), list[int]()

    @asynccontextmanager
    async def reading(_: Brokers) -> AsyncIterator[Any]:
        yield consumer

    monkeypatch.setattr(records, "open_consumer", reading)
    monkeypatch.setattr(consumer, "seek", lambda _, offset: sought.append(offset))
    brokers = BackupSettings().brokers
    assert [one async for one in records.since(brokers, "", {PLACE: kept}, lambda _: None)] == []
    assert sought == ([] if first is None else [first])
