"""What people have had erased since a moment does not come back: their contacts, and the words of reports that were
covered before their time. Later moments of a backup know of it, and for some days the broker.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from services.intake.domain.report import REPORTER
from services.intake.timers import forget_people
from shared.kernel import Cause
from tools.operate.backups.chain import Step, chains
from tools.operate.backups.database import Databases, Place
from tools.operate.backups.sealed import SUFFIX, read
from tools.operate.backups.settings import Identity
from tools.operate.desks import open_forgetting_intake

Looked = Mapping[str, Any]
RECIPIENTS: Place = ("notify", "recipients")  # where contacts are
REPORTS: Place = ("intake", "reports")  # and words
AT_ONCE = 10_000  # ids in one question: the database takes no more than 16 MB


@dataclass(frozen=True)
class Erased:
    """Contacts by their recipients' ids, and reports of which personal data in the words is covered."""

    contacts: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Covered:
    """How many reports were covered again, and the references of those that are open again, which nobody covers."""

    reports: int = 0
    open_again: Sequence[str] = ()


def later_erased(folder: Path, moment: Step, identities: Sequence[Identity]) -> Erased:
    """What was empty, or covered, at the end of all that was kept after the moment."""
    steps = [step for chain in chains(folder) for step in chain.steps if step.manifest.at > moment.manifest.at]
    contacts, words = dict[str, bool](), set[str]()
    looks: Mapping[str, Callable[[Looked], None]] = {
        _part(*RECIPIENTS): lambda one: contacts.update({one["_id"]: bool(one["state"]["erased"])}),
        _part(*REPORTS): lambda one: words.update([one["_id"]] if one.get("state", {}).get("forgotten_at") else ()),
    }
    for step in sorted(steps, key=lambda step: step.manifest.at):
        for part in step.manifest.parts:
            if (look := looks.get(part.name)) is not None:
                read(step.folder, part, identities, lambda raw: look(RawBSONDocument(raw)))
    return Erased({key for key, is_erased in contacts.items() if is_erased}, words)


def list_erased_reports(tombstones: Mapping[str, Collection[str]]) -> set[str]:
    """Reports that intake has forgotten, by the services that told of each contact's erasure: of a reporter's it tells
    when it covers the words, and only then."""
    told = (key.partition(":") for key, services in tombstones.items() if "intake" in services)
    return {case_id for case_id, _, party in told if party == REPORTER}


def still_there(client: MongoClient[dict[str, Any]], prefix: str, keys: set[str]) -> set[str]:
    """Those of them that the restored database would write to."""
    return _those(client, prefix, RECIPIENTS, keys, {"state.erased": False})


def still_written(client: MongoClient[dict[str, Any]], prefix: str, reports: set[str]) -> set[str]:
    """Those of them of which the restored database has the words as they were written: most that are covered were
    covered by the clock, before the moment too."""
    return _those(client, prefix, REPORTS, reports, {"state.forgotten_at": None})


def _those(
    client: MongoClient[dict[str, Any]], prefix: str, place: Place, ids: set[str], are: Mapping[str, Any]
) -> set[str]:
    service, name = place
    collection, every = Databases(client, prefix).of(service)[name], sorted(ids)
    some = (every[begin : begin + AT_ONCE] for begin in range(0, len(every), AT_ONCE))
    return {one["_id"] for part in some for one in collection.find({"_id": {"$in": part}, **are}, {"_id": 1})}


async def cover_again(reports: Collection[str], floor: int) -> Covered:
    """As `onestop erase` does, before any service may read: a report that was not closed at the moment is left."""
    covered, open_again = 0, list[str]()
    if not reports:
        return Covered()
    async with open_forgetting_intake(floor) as desk:
        for case_id in sorted(reports):
            case = await desk.store.reports.get(case_id)
            if case is None or case.state.forgotten_at is not None:
                continue
            if case.state.closed_at is None:
                open_again.append(case.state.reference)
                continue
            await forget_people(desk, case_id, Cause.request())
            covered += 1
    return Covered(covered, open_again)


def _part(service: str, collection: str) -> str:
    return f"{service}.{collection}{SUFFIX}"
