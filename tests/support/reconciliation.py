"""Reconciles what went in with what came out: read from topics, databases and the mailbox, never by asking."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection

from deploy.local.machine import ROOT
from deploy.local.secured import ADMIN
from shared.events.catalogue import SERVICES
from shared.events.envelope import decode, read_envelope
from shared.events.ids import new_id
from shared.events.topics import TOPICS, dlq
from shared.events.undecodable import Undecodable
from shared.kernel.dlq import DeadLetters
from shared.town import load_town
from tests.support.stack import Stack
from tools.play.ledger import Ledger, Seen
from tools.play.reconcile import by_event, faults, notice_faults

CHANNELS = ("inbox", "email")
LOOK_AGAIN_SECONDS = 0.3
# Every collection that holds cases, as `<service>.<name>`: those have an index of what waits to be published.
_INDEXES = json.loads((ROOT / "tests/contracts/database.json").read_text("utf-8"))["indexes"]
COLLECTIONS = sorted(name.removesuffix(".outbox") for name in _INDEXES if name.endswith(".outbox"))


@dataclass(frozen=True)
class Cases:
    """What was handed in: ids of reports and of applications."""

    reports: Collection[str] = ()
    applications: Collection[str] = ()


async def settle(stack: Stack, cases: Cases, seconds: float = 90.0, *, killed: bool = False) -> None:
    """Return once nothing is missing any more; AssertionError says what is wrong when it stays so.

    `killed`: notify has died without warning, perhaps between a mail server's answer and its own note of it; then the
    same mail, under the same Message-ID, may be there twice.
    """
    assert cases.reports or cases.applications, "there is nothing to look for"
    until = time.monotonic() + seconds
    with closing(stack.data()) as client:
        while found := await _differences(client, stack, cases, killed=killed):
            if time.monotonic() > until:
                raise AssertionError("\n".join([*found, *await _told_otherwise(stack, cases)][:40]))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _differences(
    client: AsyncIOMotorClient[dict[str, Any]], stack: Stack, cases: Cases, *, killed: bool
) -> list[str]:
    """Everything that is lost, doubled, out of order or still under way. What is soon asked comes first: the topics,
    with all that any test wrote there, are read once the rest is as it must be."""
    return (
        await _outboxes(client)
        or [*await _orders(client, cases), *await _notices(client, cases, stack, killed=killed)]
        or await _told_otherwise(stack, cases)
    )


async def _told_otherwise(stack: Stack, cases: Cases) -> list[str]:
    """What is wrong on the topics."""
    records = await everything(stack)
    return [*_sequences(records), *_stories(records, cases), *await _letters(stack, cases)]


async def _outboxes(client: AsyncIOMotorClient[dict[str, Any]]) -> list[str]:
    found = []
    for collection in COLLECTIONS:
        count = await collection_of(client, collection).count_documents({"outbox.at": {"$exists": True}})
        found += [f"{count} of {collection} have something to publish"] if count else []
    return found


def collection_of(client: AsyncIOMotorClient[dict[str, Any]], name: str) -> AsyncIOMotorCollection[dict[str, Any]]:
    """One of `COLLECTIONS`, in the database of its service."""
    service, _, own = name.partition(".")
    return client[f"onestop_{service}"][own]


async def everything(stack: Stack, topics: Iterable[str] = TOPICS) -> list[ConsumerRecord[bytes, bytes]]:
    """All records of these topics, by topic and partition in order."""
    consumer = AIOKafkaConsumer(*topics, **stack.kafka_options, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        records: list[ConsumerRecord[bytes, bytes]] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for found in (await consumer.getmany(timeout_ms=200)).values():
                records += found
    finally:
        await asyncio.sleep(0)  # a task that aiokafka has just made cannot be cancelled before its first step
        await consumer.stop()
    return records


def _sequences(records: Sequence[ConsumerRecord[bytes, bytes]]) -> list[str]:
    """First copies of each case count 1, 2, 3 … on each internal topic by each writer, and rise on all others: there a
    case may be hidden for a time, or compaction has taken the first ones. What tests wrote is not counted."""
    heard: dict[tuple[str, bytes | None, str], list[int]] = defaultdict(list)
    known: set[tuple[str, str]] = set()
    for record in records:
        try:
            envelope = read_envelope(record.headers)
        except Undecodable:
            continue
        if _of_a_test(record) or record.topic.endswith(".dlq"):
            continue
        if (record.topic, envelope.id) not in known:
            known.add((record.topic, envelope.id))
            heard[record.topic, record.key, envelope.source].append(envelope.sequence)
    return [
        f"{topic}: {(key or b'').decode()} came as {sequences}"
        for (topic, key, _), sequences in heard.items()
        if sequences != (list(range(1, len(sequences) + 1)) if topic.startswith("internal.") else sorted(sequences))
    ]


def _stories(records: Sequence[ConsumerRecord[bytes, bytes]], cases: Cases) -> list[str]:
    """Each report has one work order, and everybody whom the town's rules name is told of each event once."""
    ledger, rules = Ledger(), by_event(load_town(ROOT / "deploy/municipalities/maehia").notices)
    for record in records:
        if record.topic.startswith("internal.") and not _of_a_test(record):
            envelope, event = decode(record.headers, record.value)
            ledger.note(Seen(envelope, event.data(), datetime.fromtimestamp(record.timestamp / 1000, UTC)))
    found = [f"{case}: {what}" for case in cases.reports for what in faults(ledger.story(case), rules, CHANNELS)]
    for case in cases.applications:
        found += [] if ledger.story(case).permits else [f"{case}: nothing was published"]
        found += [f"{case}: {what}" for what in notice_faults(ledger.story(case), rules, CHANNELS)]
    return found


async def _orders(client: AsyncIOMotorClient[dict[str, Any]], cases: Cases) -> list[str]:
    query = {"state.report.id": {"$in": list(cases.reports)}}
    found = client["onestop_dispatch"]["work_orders"].find(query, {"state.report.id": 1})
    held = Counter([order["state"]["report"]["id"] async for order in found])
    return [f"{case} has {held[case]} work orders" for case in cases.reports if held[case] != 1]


async def _notices(
    client: AsyncIOMotorClient[dict[str, Any]], cases: Cases, stack: Stack, *, killed: bool
) -> list[str]:
    """One for each event and recipient, all of it over, and each that went by mail is in the mailbox."""
    query = {"state.case_id": {"$in": [*cases.reports, *cases.applications]}}
    found = [one async for one in client["onestop_notify"]["notices"].find(query)]
    times = Counter((one["state"]["event_id"], one["state"]["recipient"], one["state"]["template"]) for one in found)
    wrong = [f"{count} notices of {what}" for what, count in times.items() if count > 1]
    mails = Counter(str(message["Message-ID"]).partition("@")[0].lstrip("<") for message in stack.mailbox.messages)
    for one in found:
        for delivery in one["state"]["deliveries"]:
            what = f"notice {one['_id']} by {delivery['channel']}"
            if delivery["state"] not in ("sent", "failed", "skipped"):
                wrong.append(f"{what} is still {delivery['state']} ({delivery['reason']})")
            elif delivery["channel"] == "email":
                copies, sent = mails[one["_id"].lower()], delivery["state"] == "sent"
                if copies != sent and not (killed and sent and copies == 2):
                    wrong.append(f"{what} is {delivery['state']}, mails: {copies}")
    return wrong


async def _letters(stack: Stack, cases: Cases) -> list[str]:
    """Dead letters about these cases; those that a test means to be parked are about none."""
    topics = [dlq(service) for service in SERVICES]
    return [
        f"{record.topic}: {dict(record.headers).get('dlq_why', b'').decode()}"
        for record in await everything(stack, topics)
        if "dlq_why" in dict(record.headers) and not _of_a_test(record) and _about(record, cases)
    ]


def _about(record: ConsumerRecord[bytes, bytes], cases: Cases) -> bool:
    told = (record.key or b"") + (record.value or b"")
    return any(case.encode() in told for case in (*cases.reports, *cases.applications))


def _of_a_test(record: ConsumerRecord[bytes, bytes]) -> bool:
    """Written by a test, perhaps to be parked: it says so by its key or its source."""
    source = dict(record.headers).get("ce_source") or b""
    return source.endswith(b"/test") or bool(record.key and record.key.startswith(b"test-"))


def letters_of(stack: Stack, group: str) -> DeadLetters:
    """As its operator sees them."""
    return DeadLetters(stack.brokers(ADMIN), group)


async def caught_up(stack: Stack, seconds: float = 60.0) -> None:
    """Return when every group has committed all that is in its topics now; AssertionError names what it has not."""
    until = time.monotonic() + seconds
    while behind := await _behind(stack):
        assert time.monotonic() < until, "\n".join(behind)
        await asyncio.sleep(0.3)


async def _behind(stack: Stack) -> list[str]:
    admin = AIOKafkaAdminClient(**stack.kafka_options)
    consumer = AIOKafkaConsumer(**stack.kafka_options)
    await admin.start()
    await consumer.start()
    try:
        found = []
        for group in SERVICES:
            read = [topic for topic in TOPICS.values() if group in topic.readers]
            partitions = [TopicPartition(topic.name, number) for topic in read for number in range(topic.partitions)]
            done = await admin.list_consumer_group_offsets(group)
            for place, end in (await consumer.end_offsets(partitions)).items():
                at = done[place].offset if place in done else 0
                found += [f"{group} is at {at} of {end} in {place.topic}/{place.partition}"] if at < end else []
        return found
    finally:
        await consumer.stop()
        await admin.close()


async def produce(stack: Stack, *records: dict[str, Any]) -> None:
    """Write records as any other program could: `{topic, key, value, headers}`."""
    producer = AIOKafkaProducer(**stack.kafka_options, client_id=new_id())
    await producer.start()
    try:
        for record in records:
            await producer.send_and_wait(**record)
    finally:
        await producer.stop()
