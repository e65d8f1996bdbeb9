"""What lists of applications ask for, as MongoDB has it; `store.py` asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.permits.codes import Sought
from shared.people import PermitTeams

_NOT_LISTED = ("outbox", "seen", "state.timeline", "state.documents", "state.messages", "state.staff_notes")
LISTED = dict.fromkeys(_NOT_LISTED, 0)  # a list reads all but those
TEXT = {"$type": "string"}  # worded as in the partial indexes, or the database would not use them
CODES = ("state.decision.verify_code", "state.signed.verify_code")  # by which everybody finds what was signed


@dataclass(frozen=True)
class Filter:
    """Applications that were handed in: in which states, of which type, where, and which teams work on them."""

    states: Sequence[str]
    teams: PermitTeams = None
    permit_type: str | None = None
    zone: str | None = None
    late_at: datetime | None = None  # what is promised and not done by then
    asks: bool = False  # decided, and its holder waits for the office

    def query(self) -> dict[str, Any]:
        """The query for applications that all of what is given holds for; drafts are never among them."""
        query: dict[str, Any] = {"state.submitted_at": {"$ne": None}}
        if self.asks:  # without the state, or the index of all that is decided would be read
            query |= {"state.closed_at": None, "$and": [{"$or": _asks()}]}
        else:
            query["state.state"] = {"$in": list(self.states)}
        if self.late_at:
            query.setdefault("$and", []).append(_select_late(self.late_at))
        if self.zone:
            query["state.zone"] = self.zone
        if self.teams is not None:
            query["state.pin.team"] = {"$in": list(self.teams)}
        if self.permit_type:
            query["state.type"] = self.permit_type
        return query


# A holder asked for more time, or appealed, or told that the work is finished; worded as in the partial indexes.
ASKS = ("state.extension.at", "state.appeal.at", "state.construction.finished_on")


def _asks() -> list[dict[str, Any]]:
    """An appeal stays with the case when it is answered; more time waits while the permit is revoked; the others go."""
    more_time, appeal, finished = ({path: {"$type": "date"}} for path in ASKS)
    return [more_time | {"state.standing": "in-force"}, appeal | {"state.appeal.outcome": None}, finished]


def _select_late(at: datetime) -> dict[str, Any]:
    """The decision is overdue, or the look at the documents that was promised."""
    unchecked = {"state.state": "submitted", "state.check.due_at": {"$lt": at}}
    return {"$or": [select_undecided_late(at), unchecked]}


def select_undecided_late(at: datetime) -> dict[str, Any]:
    """Whose clock runs and has run out by then."""
    return {
        "state.state": {"$in": ["accepted", "examined"]},
        "state.clock.due_at": {"$lt": at},
        "state.clock.paused_at": None,
    }


def select_past_due(due: datetime | None, case_id: str) -> list[dict[str, Any]]:
    """What comes after a place in the desk's order, where no due time sorts before every due time."""
    if due is None:
        return [{"state.clock.due_at": None, "_id": {"$gt": case_id}}, {"state.clock.due_at": {"$ne": None}}]
    return [{"state.clock.due_at": {"$gt": due}}, {"state.clock.due_at": due, "_id": {"$gt": case_id}}]


def is_sought(sought: Sought) -> list[dict[str, Any]]:
    """One of these; none of them is any when what was typed is neither number nor reference nor code."""
    ways: list[dict[str, Any]] = [{"state.reference": {"$in": [sought.reference] if sought.reference else []}}]
    if sought.number:
        ways.append({"state.decision.number": {"$regex": "^" + re.escape(sought.number), **TEXT}})
    if sought.verify_code:
        ways += [{path: {"$eq": sought.verify_code, **TEXT}} for path in CODES]
    if sought.plots:
        ways.append({"state.plot_keys": {"$in": list(sought.plots), **TEXT}})
    return ways
