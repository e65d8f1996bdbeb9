"""What is asked of the stored work orders, as the database understands it; only `store.py` sends it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.dispatch.domain.states import UNSEEN

Urgency = tuple[datetime | None, str]  # the due time and the id of an order: its place among the most urgent
DUE = "state.clocks.resolve.due_at"
NOT_LISTED = ("outbox", "seen", "heard", "seq", "moments", "wake", "state.requests", "state.pauses")
COMMENTS_ON_CARD = 3  # the newest; the card says how many there are, and leads to all of them


@dataclass(frozen=True)
class Filter:
    """Which work orders; empty: all."""

    teams: Sequence[str] = ()
    states: Sequence[str] = ()
    category: str | None = None
    level: str | None = None
    late_at: datetime | None = None  # only those whose due time has passed by then
    reference: str | None = None
    closed_since: datetime | None = None

    def query(self) -> dict[str, Any]:
        """As the database asks it."""
        wanted: dict[str, Any] = {}
        if self.teams:
            wanted["state.team"] = {"$in": list(self.teams)}
        if self.states:
            wanted["state.state"] = {"$in": list(self.states)}
        if self.category:
            wanted["state.category"] = self.category
        if self.level:
            wanted["state.level"] = self.level
        if self.late_at:
            wanted[DUE] = {"$lt": self.late_at}
            wanted["$expr"] = late(self.late_at)
        if self.reference:
            wanted["state.reference"] = self.reference
        if self.closed_since:
            wanted["state.closed_at"] = {"$gte": self.closed_since}
        return wanted


def late(at: datetime) -> dict[str, Any]:
    """As `WorkOrder.is_late`: the clock of work that waits stands still."""
    due, moment = "$state.clocks.resolve.due_at", {"$ifNull": ["$state.waiting.since", at]}
    return {"$and": [{"$gt": [due, None]}, {"$lt": [due, moment]}]}


def unseen(at: datetime) -> dict[str, Any]:
    """Nobody took it in time."""
    clock = "$state.clocks.acknowledge"
    moment = {"$ifNull": [f"{clock}.stopped_at", at]}
    missed = {"$and": [{"$gt": [f"{clock}.due_at", None]}, {"$lt": [f"{clock}.due_at", moment]}]}
    return {"$and": [{"$in": ["$state.state", list(UNSEEN)]}, missed]}


def less_urgent(place: Urgency) -> dict[str, Any]:
    """Due later, or then and with a higher id; what has a due time comes after what has none."""
    due, order_id = place
    later: dict[str, Any] = {"$gt": due} if due else {"$ne": None}
    return {"$or": [{DUE: due, "_id": {"$gt": order_id}}, {DUE: later}]}


def short(document: str = "") -> list[dict[str, Any]]:
    """Makes of a stored document (at that path) what lists and the stream need: of all that was said and done only the
    newest comments, and why the work was given back last."""
    state = f"{document}state"
    comments = {"$ifNull": [f"${state}.comments", []]}
    refused = {"$eq": ["$$line.what", "refused"]}
    lines = {"$filter": {"input": {"$ifNull": [f"${state}.history", []]}, "as": "line", "cond": refused}}
    newest = {
        f"{state}.comments": {"$slice": [comments, -COMMENTS_ON_CARD]},
        f"{state}.history": {"$slice": [lines, -1]},
    }
    return [{"$set": newest}, {"$unset": [f"{document}{name}" for name in NOT_LISTED]}]
