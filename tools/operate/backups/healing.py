"""What a restored town owes to Kafka: events that were under way are told again, erasures are asked for again, and what
was told by a time that nobody remembers any more is not heard."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.brokers import Brokers
from shared.events.catalogue import PUBLIC_FAMILIES, SERVICES
from shared.events.contacts import ContactRecorded
from shared.events.envelope import SEQUENCE_DIGITS, Envelope, dataschema, to_headers
from shared.events.ids import new_id
from shared.events.topics import CONTACTS, TOPICS, public
from shared.kernel.batches import Record
from shared.kernel.clock import now
from shared.kernel.producer import Producer
from tools.operate.acls import PUBLIC
from tools.operate.backups.memory import HIDDEN, Memory, Told, read_event
from tools.operate.backups.records import (
    HEARD,
    Kept,
    between,
    name_partition,
    open_consumer,
    partitions,
    read_committed,
)
from tools.operate.failures import NotDone


@dataclass(frozen=True)
class Standing:
    """Cases of which the public topics were told anew how they stand, and those that they were asked to forget."""

    told: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Cluster:
    """The town's topics."""

    brokers: Brokers
    prefix: str
    town: str


async def need_silence(cluster: Cluster) -> None:
    """Raises `NotDone` while a consumer of ours is in its group: the broker then takes no offset of somebody else's.

    It is given the one that it has. Asked for the members, the client fails to read the answer (aiokafka 0.14).
    """
    heard = await read_committed(cluster.brokers, cluster.prefix)
    for group, offsets in heard.items():
        place, at = next(iter(offsets.items()), (None, 0))
        try:
            await _commit(cluster, group, {} if place is None else {place: at})
        except CommitFailedError:
            raise NotDone(
                f"{cluster.prefix}{group} hears events: stop all services first (a killed one counts for 10 s)"
            ) from None


async def pass_over(cluster: Cluster) -> None:
    """Every group goes on at the end of what it hears: what lies before was told by a time that is forgotten."""
    async with open_consumer(cluster.brokers) as consumer:
        places = await partitions(cluster.brokers, cluster.prefix, HEARD)
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(places)
    for group in SERVICES:
        heard = {place: end for place, end in ends.items() if group in HEARD[place.topic.removeprefix(cluster.prefix)]}
        await _commit(cluster, group, heard)


async def _commit(cluster: Cluster, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """The broker refuses while the group has members."""
    if not offsets:
        return
    consumer = AIOKafkaConsumer(**cluster.brokers.options(), group_id=cluster.prefix + group, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(list(offsets))
        await consumer.commit(dict(offsets))
    finally:
        await consumer.stop()


async def tell_again(cluster: Cluster, records: Iterable[Kept]) -> int:
    """The same bytes with the same ids, each partition in the order in which it was kept (a topic that was made anew
    counts from nothing once more); whoever has heard one drops it."""
    lanes: dict[tuple[str, int], list[Kept]] = defaultdict(list)
    for record in records:
        lanes[record.topic, record.partition].append(record)
    producer = Producer(cluster.brokers, "onestop-restore", cluster.prefix)

    async def send(lane: Sequence[Kept]) -> None:
        for record in lane:
            await producer.send(record.topic, record.key, record.value, record.headers)

    try:
        await asyncio.gather(*map(send, lanes.values()))
    finally:
        await producer.stop()
    return sum(map(len, lanes.values()))


async def erase_again(cluster: Cluster, keys: Collection[str], floor: int) -> None:
    """A tombstone for each contact, in the name of the service that erases for people; its reader forgets them."""
    producer = Producer(cluster.brokers, "onestop-restore", cluster.prefix)
    try:
        for key in sorted(keys):
            headers = _headers(cluster, "notify", ContactRecorded.type, key, floor)
            await producer.send(CONTACTS, key, None, headers)
    finally:
        await producer.stop()


async def read_erased(cluster: Cluster) -> Mapping[str, set[str]]:
    """Contacts of which the broker knows that they were erased, with the services that said so: of each key the last
    word counts."""
    found: dict[str, set[str]] = {}
    async with open_consumer(cluster.brokers) as consumer:
        places = await partitions(cluster.brokers, cluster.prefix, [CONTACTS])
        async for record in between(consumer, {}, await consumer.end_offsets(places)):
            key, one = (record.key or b"").decode(errors="replace"), read_event(CONTACTS, record)
            if record.value is not None:
                found.pop(key, None)
            else:
                found.setdefault(key, set()).update({one.service} if one else ())
    return found


async def find_lost_places(cluster: Cluster, ends: Mapping[str, int]) -> set[str]:
    """Partitions that are shorter than they were: their topic was made anew, or its records are gone."""
    async with open_consumer(cluster.brokers) as consumer:
        places = await partitions(cluster.brokers, cluster.prefix, TOPICS)
        now_ends = await consumer.end_offsets(places)
    return {name for place in places if now_ends[place] < ends.get(name := name_partition(place, cluster.prefix), 0)}


async def list_forgotten(cluster: Cluster, ends: Mapping[str, int], memory: Memory) -> list[Told]:
    """What services and everybody were told after the moment, and whoever said it has forgotten; nothing where the
    topics are new."""
    async with open_consumer(cluster.brokers) as consumer:
        places = await partitions(cluster.brokers, cluster.prefix, [*HEARD, *map(public, PUBLIC_FAMILIES)])
        begin = {place: ends.get(name_partition(place, cluster.prefix), 0) for place in places}
        found = [
            read_event(record.topic.removeprefix(cluster.prefix), record)
            async for record in between(consumer, begin, await consumer.end_offsets(places))
        ]
    known = [one for one in found if one is not None and one.topic != CONTACTS]
    return sorted((one for one in known if not memory.holds(one)), key=lambda one: one.time)


async def tell_standing(cluster: Cluster, lost: Sequence[Told], memory: Memory, floor: int) -> Standing:
    """Tell the readers of public topics where each case stands of which they were told what is forgotten: the last of
    its events that is remembered comes once more, and a case without one is to be deleted.

    Also one that is remembered may be: its readers were told of it only in the time that is forgotten.
    """
    shown = {(one.topic, one.subject): one for one in lost if one.topic.startswith(PUBLIC)}
    last = await _last_remembered(cluster, shown, memory)
    gone = [one for case, one in shown.items() if case not in last and one.can_be_hidden]
    producer = Producer(cluster.brokers, "onestop-restore", cluster.prefix)
    try:
        for (topic, subject), record in last.items():
            await producer.send(topic, subject, record.value, _renumber(record, floor))
        for one in gone:
            schema = dataschema(one.topic, HIDDEN[one.family]).encode()
            headers = _headers(cluster, one.service, HIDDEN[one.family], one.subject, floor)
            await producer.send(one.topic, one.subject, one.as_hidden(), [*headers, ("ce_dataschema", schema)])
    finally:
        await producer.stop()
    return Standing(told=len(last), hidden=len(gone))


async def _last_remembered(
    cluster: Cluster, cases: Collection[tuple[str, str]], memory: Memory
) -> Mapping[tuple[str, str], Record]:
    """Of these cases, by topic and key, the last event that the broker still has and the town remembers."""
    found: dict[tuple[str, str], Record] = {}
    if not cases:
        return found
    async with open_consumer(cluster.brokers) as consumer:
        places = await partitions(cluster.brokers, cluster.prefix, {topic for topic, _ in cases})
        async for record in between(consumer, {}, await consumer.end_offsets(places)):
            case = record.topic.removeprefix(cluster.prefix), (record.key or b"").decode(errors="replace")
            one = read_event(case[0], record) if case in cases else None
            if one is not None and memory.holds(one):
                found[case] = record
    return found


def _renumber(record: Record, floor: int) -> list[tuple[str, bytes | None]]:
    """As it was said, and when it happened; an event of its own, so that nobody takes it for a repetition."""
    anew = {"ce_id": new_id().encode(), "ce_sequence": f"{floor:0{SEQUENCE_DIGITS}}".encode()}
    return [(name, anew.get(name, value)) for name, value in record.headers if name != "traceparent"]


def _headers(cluster: Cluster, service: str, kind: str, subject: str, floor: int) -> list[tuple[str, bytes | None]]:
    """Numbered by the floor itself: above all that was told before, and below all that will be."""
    case = subject.partition(":")[0]
    envelope = Envelope(
        id=new_id(), source=f"/{cluster.town}/{service}", type=kind, subject=subject, time=now(), sequence=floor,
        causation_id=new_id(), correlation_id=case,
    )  # fmt: skip
    return [*to_headers(envelope)]
