"""`onestop republish`: tells again what the broker has lost: the same events, with the same ids and sequences.

They come from MongoDB's journal. Who has handled one drops it by its id, so that doing it twice is harmless.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from shared.kernel.clock import now
from shared.kernel.connections import connect
from shared.kernel.errors import Transient
from shared.kernel.journal import JournalTooShort, Told, read_told
from shared.kernel.mongo_indexes import case_collections
from shared.kernel.outbox import Message, headers_of
from shared.kernel.producer import Producer
from shared.kernel.restored import find_restored_at
from shared.kernel.trail import Change
from shared.people import Person
from shared.settings import ServiceSettings
from tools.operate.asking import add_json, add_operator, as_json, operator, past
from tools.operate.failures import NotDone
from tools.operate.on_broker import OnBroker, look
from tools.operate.on_record import put_on_record

# Topic, key, value, headers.
Send = Callable[[str, str, bytes | None, Sequence[tuple[str, bytes]]], Awaitable[None]]

AT_ONCE = 500  # events under way
DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Lost:
    """One copy of an event that the broker does not have."""

    message: Message
    headers: Sequence[tuple[str, bytes]]
    sequence: int
    time: str


@dataclass
class Outcome:
    """What was found: how many events were told since then, and how many copies the broker lacks of each topic."""

    since: datetime
    restored: datetime | None = None  # what was told before is forgotten, and is not told again
    told: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    overtaken: int = 0  # public copies that are older than what readers know already


Publish = Callable[[Sequence[Lost]], Awaitable[None]]


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, also when nothing was lost."""
    parser = argparse.ArgumentParser(prog="onestop republish", description=__doc__)
    parser.add_argument("--since", type=past, required=True, help="when the broker had all for certain: 6h, a time")
    parser.add_argument("--dry-run", action="store_true", help="say what is lost, and publish nothing")
    add_operator(parser)
    add_json(parser)
    asked = parser.parse_args(arguments)
    outcome = asyncio.run(_run(ServiceSettings(), asked.since, operator(asked), is_dry=asked.dry_run))
    print(as_json(outcome) if asked.json else _say_outcome(outcome, is_dry=asked.dry_run))
    return 0


async def _run(settings: ServiceSettings, since: datetime, who: Person, *, is_dry: bool) -> Outcome:
    client = connect(settings.mongodb_uri, "operator")
    producer = Producer(settings.brokers, "onestop-republish", settings.topic_prefix)
    try:
        begun, source = now(), Journals(client, settings, since)
        restored = await source.find_restored_at()
        await source.mark(who, is_dry=is_dry)
        waiting = await source.list_waiting()  # before the look: what leaves in between is seen there
        kept = await look(settings.brokers, settings.topic_prefix, since)
        publish = _publish_nothing if is_dry else build_publish(producer.send)
        outcome = await heal(source.read_told(), kept, waiting, publish, since)
        if not is_dry and any(_is_compacted(topic) for topic in outcome.lost):
            await source.mark(who, is_dry=is_dry, since=begun)
            await overtake(source.read_told(), publish)
        return replace(outcome, restored=restored)
    except Transient as error:  # half a restoration
        raise NotDone(str(error)) from error
    except JournalTooShort as error:
        raise NotDone(f"{error}; what was told before is only in a backup: see docs/operations/backup.md") from error
    finally:
        await producer.stop()
        client.close()


class Journals:
    """What all services have told since a moment, and remember."""

    def __init__(self, client: AsyncIOMotorClient[Any], settings: ServiceSettings, since: datetime) -> None:
        self._client, self._settings = client, settings
        self._databases = [client[f"{settings.mongodb_prefix}_{service}"] for service in SERVICES]
        self._since = since
        self._end = ""

    async def find_restored_at(self) -> datetime | None:
        """When the last restoration since then began, if there was one. `Transient` while one is not finished."""
        begun = [at for database in self._databases if (at := await find_restored_at(database)) and at > self._since]
        return max(begun) if begun else None

    async def mark(self, who: Person, *, is_dry: bool, since: datetime | None = None) -> None:
        """A line in each service's trail: that it was done, and where reading its journal ends; `since`: and from when
        on it is read now."""
        self._since = since or self._since
        changes = (Change("since", None, self._since), Change("dry_run", None, is_dry))
        self._end = await put_on_record(self._client, self._settings, "republish", who, changes)

    async def list_waiting(self) -> set[str]:
        """Events that are still in an outbox: the relay publishes them."""
        return {
            entry["id"]
            for database in self._databases
            for name in await case_collections(database)
            async for case in database[name].find({"outbox.at": {"$exists": True}}, {"outbox.id": 1}, hint="outbox")
            for entry in case["outbox"]
        }

    async def read_told(self) -> AsyncIterator[Told]:
        """One service after the other: between them there is no order to keep."""
        for database in self._databases:
            restored = await find_restored_at(database)
            since = max(self._since, restored or self._since)
            async for one in read_told(database, since, ("trail", self._end)):
                yield one


async def heal(
    told: AsyncIterator[Told], kept: OnBroker, waiting: set[str], publish: Publish, since: datetime
) -> Outcome:
    """Publish what is neither on the broker nor about to be, each key in order; `kept` learns of it."""
    outcome, losses, newest = Outcome(since), list[Lost](), dict[str, Lost]()
    async for one in told:
        outcome.told += 1
        for message in one.entry.messages:
            if one.entry.id in waiting or _is_expired(message.topic, one.entry.at):
                continue
            lost = _make_lost(one, message)
            if _is_compacted(message.topic):  # only the newest word of each key counts there
                newest[message.key] = max(lost, newest.get(message.key, lost), key=lambda each: each.time)
            elif (message.topic, one.entry.id) not in kept.ids:
                _sort(lost, one.entry.id, kept, outcome, losses)
        if len(losses) >= AT_ONCE:
            await publish(losses)
            losses.clear()
    compacted = [one for one in newest.values() if one.time > kept.times.get((one.message.topic, one.message.key), "")]
    outcome.lost.update(lost.message.topic for lost in compacted)
    await publish([*losses, *compacted])
    return outcome


async def overtake(told: AsyncIterator[Told], publish: Publish) -> None:
    """Say after what was published what was said meanwhile of the same: on a compacted topic the last record stays,
    and a contact that was erased in between would be there for good."""
    newest: dict[tuple[str, str], Lost] = {}
    async for one in told:
        for message in one.entry.messages:
            if _is_compacted(message.topic):
                lost, place = _make_lost(one, message), (message.topic, message.key)
                newest[place] = max(lost, newest.get(place, lost), key=lambda each: each.time)
    await publish(list(newest.values()))


def build_publish(send: Send) -> Publish:
    """Keys side by side, and of each key one after the other."""

    async def publish(losses: Sequence[Lost]) -> None:
        keys: dict[tuple[str, str], list[Lost]] = {}
        for lost in losses:
            keys.setdefault((lost.message.topic, lost.message.key), []).append(lost)
        await asyncio.gather(*(in_order(of_key) for of_key in keys.values()))

    async def in_order(losses: Sequence[Lost]) -> None:
        for lost in losses:
            await send(lost.message.topic, lost.message.key, lost.message.value, lost.headers)

    return publish


async def _publish_nothing(_: Sequence[Lost]) -> None:
    """A dry run."""


def _make_lost(one: Told, message: Message) -> Lost:
    headers = dict(one.entry.headers)
    sequence, time = int(headers["ce_sequence"]), headers["ce_time"].decode()
    return Lost(message, headers_of(one.entry.headers, message, headers["ce_type"].decode()), sequence, time)


def _sort(lost: Lost, event_id: str, kept: OnBroker, outcome: Outcome, losses: list[Lost]) -> None:
    """Whoever reads a public topic goes by the highest sequence of a key: an older event would say nothing, or show
    anew what was hidden since."""
    topic, key = lost.message.topic, lost.message.key
    if topic.startswith("public.") and lost.sequence <= kept.sequences.get((topic, key), 0):
        outcome.overtaken += 1
        return
    kept.add(topic, key, event_id, lost.sequence, lost.time)
    outcome.lost[topic] += 1
    losses.append(lost)


def _is_compacted(topic: str) -> bool:
    return TOPICS[topic].cleanup == "compact"


def _is_expired(topic: str, at: datetime) -> bool:
    """The broker no longer has it because it is that old."""
    kept_ms = TOPICS[topic].retention_ms
    return kept_ms > 0 and at < now() - timedelta(milliseconds=kept_ms - DAY_MS)


def _say_outcome(outcome: Outcome, *, is_dry: bool) -> str:
    """For people."""
    done = "lost, and would be published again" if is_dry else "lost, and published again"
    lines = [f"{topic}: {count} {done}" for topic, count in sorted(outcome.lost.items())]
    if outcome.overtaken:
        lines.append(f"{outcome.overtaken} lost public copies are older than what readers know, and stay so")
    lines.append(f"{outcome.told} events told since {outcome.since.isoformat(timespec='seconds')}")
    if outcome.restored:
        begun = outcome.restored.isoformat(timespec="seconds")
        lines.append(f"none from before {begun}: a backup was restored then, and what was told before is forgotten")
    return "\n".join(lines if outcome.lost else ["nothing is lost", *lines])
