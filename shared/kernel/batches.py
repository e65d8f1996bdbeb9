"""A batch of records as the broker gives them: what each is, which belong together, and where the next one begins."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.telemetry import metrics

Partition = tuple[str, int]
OUTCOMES = ("handled", "parked", "skipped")


class Record(Protocol):
    """What aiokafka's ConsumerRecord offers; any value may be what nobody meant to send."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # ms
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def count_from_zero(topic: str) -> None:
    """So that an alarm on the rise of a count sees the first one too."""
    for outcome in OUTCOMES:
        metrics.consumed_total.labels(topic, outcome)


def case_of(record: Record) -> tuple[str, bytes | None, int]:
    """What tells the records of one case from all others; one without a key is of no case but its own."""
    return record.topic, record.key, record.offset if record.key is None else 0


def by_case(records: Sequence[Record]) -> Sequence[Sequence[Record]]:
    """The batch as one list per case, in the order of the topic; records without a key count as one case."""
    cases: dict[tuple[str, int, bytes | None], list[Record]] = {}
    for record in records:
        cases.setdefault((record.topic, record.partition, record.key), []).append(record)
    return list(cases.values())


def next_offsets(records: Sequence[Record]) -> Mapping[Partition, int]:
    """What is to be committed once all of them are done: the first not taken of each partition."""
    offsets: dict[Partition, int] = {}
    for record in records:
        place = (record.topic, record.partition)
        offsets[place] = max(offsets.get(place, 0), record.offset + 1)
    return offsets
