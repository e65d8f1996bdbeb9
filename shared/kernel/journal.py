"""What the cases of a service told, read back from the database's own journal (the oplog), byte for byte.

An event leaves its case's outbox once the broker has it. From then on only the journal still holds it, for as long as
that reaches back: it is how what a broker has lost can be told again, without storing every event twice.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import Timestamp
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import OperationFailure

from shared.kernel.change_follower import HISTORY_LOST, STEPPED
from shared.kernel.mongo import read_entry
from shared.kernel.outbox import Entry

Document = dict[str, Any]

# Of a change only what it put into the outbox: one step may change a whole page of a case.
_FIELDS = {"$ifNull": ["$updateDescription.updatedFields", {"outbox": "$fullDocument.outbox"}]}
_OF_OUTBOX = {"$regexMatch": {"input": "$$this.k", "regex": r"^outbox(\.\d+)?$"}}
_TOLD = {"$filter": {"input": {"$objectToArray": _FIELDS}, "cond": _OF_OUTBOX}}


class JournalTooShort(Exception):
    """The database's journal does not reach back as far as was asked: what was told before cannot be read from it."""


@dataclass(frozen=True)
class Told:
    """One event, as its case's outbox held it."""

    collection: str
    case_id: str
    entry: Entry


async def read_told(
    database: AsyncIOMotorDatabase[Document], at: datetime, mark: tuple[str, str]
) -> AsyncIterator[Told]:
    """Every event of the service's cases since then, in the order in which they were saved.

    It ends at `mark`: collection and id of a document that was inserted before this is called, for a journal has no
    end that could be asked for. An event may come twice. Raises `JournalTooShort`.
    """
    collection, key = mark
    marked = {"ns.coll": collection, "documentKey._id": key}
    shown = {"ns": 1, "documentKey": 1, "told": _TOLD}
    pipeline: list[Document] = [{"$match": {"$or": [STEPPED, marked]}}, {"$project": shown}]
    begin = Timestamp(int(at.timestamp()), 1)
    try:
        async with database.watch(pipeline, start_at_operation_time=begin) as changes:
            async for change in changes:
                if (change["ns"]["coll"], change["documentKey"]["_id"]) == mark:
                    return
                for entry in _list_entries(change):
                    yield Told(change["ns"]["coll"], change["documentKey"]["_id"], entry)
    except OperationFailure as error:
        if error.code != HISTORY_LOST:
            raise
        raise JournalTooShort(f"the journal of {database.name} does not reach back to {at.isoformat()}") from error


def _list_entries(change: Mapping[str, Any]) -> Sequence[Entry]:
    """In the order of the outbox: the whole of it, or each entry under its place."""
    parts = {part["k"]: part["v"] for part in change.get("told") or ()}
    whole: Sequence[Document] = parts.pop("outbox", None) or ()
    by_place = sorted((int(name.partition(".")[2]), entry) for name, entry in parts.items())
    return [read_entry(entry) for entry in (*whole, *(entry for _, entry in by_place))]
