"""The whole way back: which moment, the databases, Kafka, and only then services may work again."""

import asyncio
import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from shared.events.topics import CONTACTS
from shared.kernel.clock import now
from shared.kernel.restored import floor_at
from shared.people import Person
from shared.town import load_town
from tools.operate.acls import PUBLIC
from tools.operate.backups import erasures, healing
from tools.operate.backups.chain import Chain, Step, alone, moments
from tools.operate.backups.database import Databases
from tools.operate.backups.loading import Loading
from tools.operate.backups.memory import Memory, Told, read_event
from tools.operate.backups.records import HEARD, Kept
from tools.operate.backups.sealed import SUFFIX, read
from tools.operate.backups.settings import BackupSettings, Identity
from tools.operate.backups.taking import RECORDS
from tools.operate.failures import NotDone

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What came back, and what did not. `lost`: told after the moment, and remembered by nobody now."""

    moment: datetime
    told_again: int
    erased_again: int
    standing: int
    hidden: int
    covered_again: int = 0  # reports whose words were covered before their time
    open_again: Sequence[str] = ()  # references of such reports that were not closed at the moment
    lost: Sequence[Told] = field(default_factory=tuple)


def choose(settings: BackupSettings, to: datetime | None) -> tuple[Chain, Step]:
    """The newest moment, or the last one that is not after `to`."""
    found = [one for one in moments(settings.folder) if to is None or one[1].manifest.time <= to]
    if not found:
        when = "" if to is None else f" from before {to.isoformat()}"
        raise NotDone(f"there is no backup{when} in {settings.folder}")
    chain, step = found[-1]
    return chain.until(step), step


def restore(settings: BackupSettings, to: datetime | None, who: Person, say: Say, *, replace: bool = False) -> Outcome:
    """Everything as it was at that moment. Interrupted, it is run once more and begins anew."""
    identities = settings.identities
    with _hold_folder(settings.folder):
        return _restore_step(settings, identities, to, who, say, replace=replace)


def _hold_folder(folder: Path) -> AbstractContextManager[None]:
    """No backup is taken to the folder meanwhile; to a copy that nobody may write to, none is."""
    return alone(folder) if os.access(folder, os.W_OK) else nullcontext()


def _restore_step(
    settings: BackupSettings,
    identities: Sequence[Identity],
    to: datetime | None,
    who: Person,
    say: Say,
    *,
    replace: bool,
) -> Outcome:
    chain, step = choose(settings, to)
    town, floor = load_town(settings.town_dir).code, floor_at(now())
    cluster = healing.Cluster(settings.brokers, settings.topic_prefix, town)
    with MongoClient[dict[str, Any]](settings.mongodb_uri, tz_aware=True) as client:
        loading = Loading(client, settings.mongodb_prefix)
        loading.need_stopped()
        asyncio.run(healing.need_silence(cluster))
        if not replace:
            loading.need_empty()
        records, gone = _records(chain, identities), erasures.later_erased(settings.folder, step, identities)
        say(f"restoring {step.manifest.time.isoformat()} from {len(chain.steps)} steps")
        loading.begin(step, floor)
        loading.load(chain, identities)
        say("the databases are loaded; now Kafka")
        memory = Memory(Databases(client, settings.mongodb_prefix))
        known = _Erasures(client, settings.mongodb_prefix, gone.contacts)
        outcome, told_of = asyncio.run(_heal(cluster, chain, memory, records, known, floor))
        words = gone.words | erasures.list_erased_reports(told_of)
        written = erasures.still_written(client, settings.mongodb_prefix, words)
        covered = asyncio.run(erasures.cover_again(written, floor))
        outcome = dataclasses.replace(outcome, covered_again=covered.reports, open_again=covered.open_again)
        loading.finish()
        loading.record(step, who)
    return outcome


@dataclass(frozen=True)
class _Erasures:
    """What later moments of the backup say of contacts."""

    client: MongoClient[dict[str, Any]]
    prefix: str
    known: set[str]

    def list_owed(self, also: set[str]) -> set[str]:
        """Those of them, and of `also`, that the restored database has not erased."""
        return erasures.still_there(self.client, self.prefix, self.known | also)


async def _heal(
    cluster: healing.Cluster, chain: Chain, memory: Memory, records: Sequence[Kept], gone: _Erasures, floor: int
) -> tuple[Outcome, Mapping[str, set[str]]]:
    """In this order: nobody hears what is forgotten, all hear what was under way, and erasures come after contacts. And
    what the broker knows of erasures."""
    lost = await healing.list_forgotten(cluster, chain.ends, memory) if chain.ends else []
    short = await healing.find_lost_places(cluster, chain.ends)
    await healing.pass_over(cluster)
    remembered = [record for record in records if _is_owed(record, short, memory)]
    again = await healing.tell_again(cluster, remembered)
    new = {(record.key or b"").decode() for record in remembered if record.topic == CONTACTS and record.value}
    erased = await healing.read_erased(cluster)
    keys = gone.list_owed({*erased}) | ((gone.known | {*erased}) & new)
    await healing.erase_again(cluster, keys, floor)
    public = await healing.tell_standing(cluster, lost, memory, floor)
    ours = [one for one in lost if not one.topic.startswith(PUBLIC)]
    return Outcome(chain.steps[-1].manifest.time, again, len(keys), public.told, public.hidden, lost=ours), erased


def _is_owed(record: Kept, short: set[str], memory: Memory) -> bool:
    """What services hear, as far as it is remembered; of all else, what the broker has no longer."""
    one = read_event(record.topic, record)
    if record.topic in HEARD:
        return one is not None and memory.holds(one)
    is_letter = record.topic.startswith("private.")
    return f"{record.topic}/{record.partition}" in short and (is_letter or (one is not None and memory.holds(one)))


def _records(chain: Chain, identities: Sequence[Identity]) -> list[Kept]:
    """Of what services hear what was under way at the end; of all else everything."""
    found: list[Kept] = []
    for step in chain.steps:
        if step.manifest.ends is None:
            continue
        found = [record for record in found if record.topic not in HEARD]
        for part in step.manifest.parts:
            if part.name == f"{RECORDS}{SUFFIX}":
                read(step.folder, part, identities, lambda raw: found.append(Kept.decode(raw)))  # noqa: B023
    return found
