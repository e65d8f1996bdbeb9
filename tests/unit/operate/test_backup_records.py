"""What is kept of Kafka is read to its end, or it is said that there is no end to wait for."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition

from tools.operate.backups import records

PLACE = TopicPartition("internal.reports.v1", 0)


class Consumer:
    """Of one partition, which goes on by `steps` without a record, as over the marks of transactions."""

    def __init__(self, *steps: int) -> None:
        self._steps = list(steps)
        self._at = 0

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
