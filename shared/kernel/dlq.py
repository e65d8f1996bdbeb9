"""Dead letters: what could not be handled waits in `private.<group>.dlq` with its original bytes, and why.

A replay or a discard is one more record with the dead letter's id, so the topic tells the whole story and no other
store is needed. A replay keeps the event's id: doing it twice is harmless.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.brokers import Brokers
from shared.events.topics import dlq
from shared.kernel.batches import Record
from shared.kernel.clock import now
from shared.kernel.consume import Park
from shared.kernel.errors import WHY_MOST
from shared.kernel.moments import Moment
from shared.kernel.producer import Producer
from shared.telemetry import get_log, metrics

log = get_log(__name__)

TIMER = "timer/"  # in front of the collection, where a dead letter of an event has its topic
TIMER_BUG = "timer-bug"
UNDECODABLE = "undecodable"
REASONS = (UNDECODABLE, "reject", "bug", TIMER_BUG)
OURS = "dlq_"  # prefix of the headers that we add and a replay takes off


@dataclass(frozen=True)
class DeadLetter:
    """One parked record. `state` is open, replayed or discarded."""

    id: str  # <topic>/<partition>/<offset> of the original
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]  # the original ones
    reason: str
    why: str
    parked_at: datetime
    state: str = "open"
    note: str = ""  # who replayed it, or why it was discarded
    resolved_at: datetime | None = None

    @property
    def event_type(self) -> str:
        """`ce_type` as far as it can be read."""
        return _read_event_type(self.headers)


def build_park(producer: Producer, group: str, prefix: str = "") -> Park:
    """What an inbox calls to park a record: it is in `private.<group>.dlq`, with its original bytes, once that
    returns."""
    for reason in REASONS:
        metrics.dlq_total.labels(group, reason)  # begins at 0: an alarm on its rise must see the first letter
        metrics.dlq_open.labels(group, reason)

    async def park(record: Record, reason: str, why: str) -> None:
        topic = record.topic.removeprefix(prefix)
        ours = {
            "id": f"{topic}/{record.partition}/{record.offset}",
            "topic": topic,
            "reason": reason,
            "why": why[:WHY_MOST],
            "at": now().isoformat(),
        }
        if record.key is None and record.value is None:
            ours["null"] = "key and value"  # Kafka's clients send no such record, so the letter has an empty value
        value = b"" if "null" in ours else record.value
        original = [(name, said) for name, said in record.headers if not name.startswith(OURS)]  # only we say such
        await producer.send(dlq(group), record.key, value, [*original, *_write_headers(ours)])
        _log_parked(ours, _read_event_type(record.headers))

    return park


def build_park_moment(producer: Producer, group: str, collection: str) -> Callable[[str, Moment, str], Awaitable[None]]:
    """How a timer parks a moment: the dead letter names the case and the moment; there are no original bytes."""

    async def park(case_id: str, moment: Moment, why: str) -> None:
        ours = {
            "id": f"{collection}/{case_id}/{moment.name}",
            "topic": f"{TIMER}{collection}",
            "reason": TIMER_BUG,
            "why": why[:WHY_MOST],
            "at": now().isoformat(),
        }
        value = json.dumps({"moment": moment.name, "at": moment.at.isoformat(), "lane": moment.pool}).encode()
        await producer.send(dlq(group), case_id, value, _write_headers(ours))
        metrics.dlq_total.labels(group, TIMER_BUG).inc()
        _log_parked(ours, moment.name)

    return park


PutBack = Callable[[str, str, Moment], Awaitable[None]]  # collection, case, moment


class DeadLetters:
    """The dead letters of one group, for an operator."""

    def __init__(self, brokers: Brokers, group: str, prefix: str = "") -> None:
        self._brokers = brokers
        self._topic = dlq(group)
        self._prefix = prefix

    async def all(self) -> Sequence[DeadLetter]:
        """Every dead letter still kept, oldest first, each with what became of it."""
        dead_letters: dict[str, DeadLetter] = {}
        records = [record async for record in self._read_records()]
        for record in sorted(records, key=lambda record: record.timestamp):  # a letter comes before its resolution
            ours, original = notes_of(record.headers)
            if "resolution" in ours:
                if known := dead_letters.get(ours["id"]):
                    dead_letters[known.id] = replace(
                        known,
                        state=ours["resolution"],
                        note=ours.get("note", ""),
                        resolved_at=datetime.fromisoformat(ours["at"]),
                    )
            elif "id" in ours:  # parked again after a replay: open once more
                dead_letters[ours["id"]] = DeadLetter(
                    ours["id"],
                    ours["topic"],
                    record.key,
                    None if "null" in ours else record.value,
                    original,
                    ours["reason"],
                    ours["why"],
                    datetime.fromisoformat(ours["at"]),
                )
        return sorted(dead_letters.values(), key=lambda dead: dead.parked_at)

    async def replay(self, dead_letters: Sequence[DeadLetter], by: str, put_back: PutBack | None = None) -> None:
        """Send each to where it came from, unchanged, and then note that; a moment goes back to its case."""
        producer = self._start_producer()
        try:
            for dead in dead_letters:
                if dead.reason == TIMER_BUG:
                    await _put_back(dead, put_back)
                else:
                    await producer.send(dead.topic, dead.key, dead.value, dead.headers)
                await self._resolve(producer, dead, "replayed", by)
        finally:
            await producer.stop()

    async def discard(self, dead_letters: Sequence[DeadLetter], reason: str) -> None:
        """Give them up for a reason that stays on record; the bytes stay until the topic's retention ends."""
        producer = self._start_producer()
        try:
            for dead in dead_letters:
                await self._resolve(producer, dead, "discarded", reason)
        finally:
            await producer.stop()

    def _start_producer(self) -> Producer:
        return Producer(self._brokers, "onestop-dlq", self._prefix)

    async def _resolve(self, producer: Producer, dead: DeadLetter, resolution: str, note: str) -> None:
        ours = {"id": dead.id, "resolution": resolution, "note": note, "at": now().isoformat()}
        await producer.send(self._topic, dead.key, b"", _write_headers(ours))

    async def _read_records(self) -> AsyncIterator[Record]:
        """Everything in the topic as of now."""
        consumer = AIOKafkaConsumer(
            self._prefix + self._topic,
            **self._brokers.options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            partitions = consumer.assignment()  # without a group: all of the topic
            ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
            left = {partition for partition in partitions if await consumer.position(partition) < ends[partition]}
            while left:
                for records in (await consumer.getmany(*left, timeout_ms=1000)).values():
                    for record in records:
                        yield record
                left = {partition for partition in left if await consumer.position(partition) < ends[partition]}
        finally:
            await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
            await consumer.stop()


async def _put_back(dead: DeadLetter, put_back: PutBack | None) -> None:
    if put_back is None:
        raise ValueError(f"{dead.id} is a moment of a case: who replays it must reach the database")
    said = json.loads(dead.value or b"{}")
    moment = Moment(said["moment"], datetime.fromisoformat(said["at"]), said["lane"])
    await put_back(dead.topic.removeprefix(TIMER), (dead.key or b"").decode(), moment)


def _read_event_type(headers: Sequence[tuple[str, bytes | None]]) -> str:
    types = (value for name, value in headers if name == "ce_type" and value)
    return next(types, b"?").decode(errors="replace")


def _log_parked(ours: Mapping[str, str], what: str) -> None:
    """`letter` is the id that `make dlq` takes."""
    said = {"letter": ours["id"], "what": what, "reason": ours["reason"], "why": ours["why"]}
    log.error("parked in the dead letters", extra=said)


def _write_headers(ours: Mapping[str, str]) -> list[tuple[str, bytes | None]]:
    return [(OURS + name, text.encode(errors="replace")) for name, text in ours.items()]


def notes_of(headers: Sequence[tuple[str, bytes | None]]) -> tuple[dict[str, str], list[tuple[str, bytes | None]]]:
    """Our notes and the original headers. A record that came here a second time carries only the newest notes."""
    noted = [(name.removeprefix(OURS), value or b"") for name, value in headers if name.startswith(OURS)]
    ours = {name: value.decode(errors="replace") for name, value in noted}
    return ours, [(name, value) for name, value in headers if not name.startswith(OURS)]
