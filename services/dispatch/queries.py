"""What is asked of the stored work orders, as the database understands it; only `store.py` sends it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.dispatch.domain.clocks import CLOCKS
from services.dispatch.domain.routing import METRES_PER_DEGREE
from services.dispatch.domain.states import DONE, OPEN, UNSEEN, WAITING
from services.dispatch.figures import class_between
from shared.events.ids import first_id

Span = tuple[datetime | None, datetime | None]  # from that moment on, and before that one; None: without a bound
Urgency = tuple[datetime | None, str]  # the due time and the id of an order: its place among the most urgent
DUE = "state.clocks.resolve.due_at"
NOT_LISTED = ("outbox", "seen", "asked", "heard", "seq", "moments", "wake", "state.came_late", "state.pauses")
COMMENTS_ON_CARD = 3  # the newest; the card says how many there are, and leads to all of them


@dataclass(frozen=True)
class Filter:
    """Which work orders; empty: all."""

    teams: Sequence[str] = ()
    states: Sequence[str] = ()
    category: str | None = None
    level: str | None = None
    late_at: datetime | None = None  # only those that are late by then
    reference: str | None = None
    closed_since: datetime | None = None
    since: datetime | None = None  # whose report came since then
    told: str | None = None  # of which that level was told, and another holds it
    coming: tuple[str, datetime] | None = None  # which that level will be told of by then, and does not hold
    agency: str | None = None  # to which it was referred last, and which was told
    overdue: bool = False  # only what that agency should have answered by now
    priority: str | None = None
    zone: str | None = None
    placed: bool = False  # only those with degrees, as a map shows them
    to_verify: bool = False  # only what is done and to be checked
    no_zone: bool = False  # only what lies in no zone
    received: Span | None = None  # whose work began then, as the figures count it: shares of split work left out
    finished: Span | None = None  # what was done then, counted so too
    waits_for: str | None = None  # only what is paused for that reason
    again: bool = False  # only what was reported as not settled
    broken: bool = False  # only what was done after its due time

    def query(self) -> dict[str, Any]:
        """The query that finds just these orders; what is empty asks for nothing."""
        wanted: dict[str, Any] = {field: value for field, value in self._equal().items() if value}
        for field, values in (("state.team", self.teams), ("state.state", self.states)):
            if values:
                wanted[field] = {"$in": list(values)}
        if self.placed:
            wanted["state.place.latitude"] = {"$type": "number"}
        if self.late_at:
            wanted["$expr"] = late(self.late_at)
        if self.to_verify:
            wanted["state.to_verify"] = True
        if self.closed_since:
            wanted["state.closed_at"] = {"$gte": self.closed_since}
        if self.told:
            wanted |= {"state.informed.level": self.told, "state.level": {"$ne": self.told}}
        if self.coming:
            wanted |= comes_up(*self.coming)
        if self.since:
            wanted["_id"] = {"$gte": first_id(self.since)}
        return wanted | self._of_agency() | self._of_period(wanted)

    def _of_agency(self) -> dict[str, Any]:
        # Of the partial index's type, or the database would not use it.
        named = {"$eq": self.agency, "$type": "string"}
        told = {"state.referral.agency": named, "state.referral.status": {"$ne": "failed"}} if self.agency else {}
        return told | ({"state.referral.overdue_at": {"$ne": None}} if self.overdue else {})

    def _of_period(self, wanted: dict[str, Any]) -> dict[str, Any]:
        asked: dict[str, Any] = {"state.zone": None} if self.no_zone else {}
        if self.received:
            asked |= {"state.created_at": within(self.received), "state.parent": None}
        if self.finished:
            asked |= {"state.closed_at": within(self.finished), "state.parent": None}
        if self.again:
            asked["state.reopened"] = {"$gt": 0}
        if self.broken:
            asked |= {"state.completion.late": True, DUE: {"$ne": None}}
        if (self.finished or self.broken) and "state.state" not in wanted:
            asked["state.state"] = {"$in": list(DONE)}
        return asked

    def _equal(self) -> dict[str, str | None]:
        return {
            "state.category": self.category,
            "state.level": self.level,
            "state.reference": self.reference,
            "state.clocks.priority": self.priority,
            "state.zone": self.zone,
            "state.waiting.reason": self.waits_for,
        }


@dataclass(frozen=True)
class Around:
    """A category near a place since a day: where recurrence is counted."""

    category: str
    latitude: float
    longitude: float
    radius_m: float
    since: datetime

    def query(self) -> dict[str, Any]:
        """As the database asks it: a box, the domain measures."""
        reach = self.radius_m / METRES_PER_DEGREE
        return {
            "state.category": self.category,
            "state.place.latitude": {"$gte": self.latitude - reach, "$lte": self.latitude + reach},
            # Twice as wide in degrees: good up to 60° north.
            "state.place.longitude": {"$gte": self.longitude - 2 * reach, "$lte": self.longitude + 2 * reach},
            "state.created_at": {"$gte": self.since},
            "state.reopened": 0,  # a report that was opened again is not another one
            "state.parent": None,  # nor are the shares of its work
        }


@dataclass(frozen=True)
class Standing:
    """A team's open work: what it has to do, what waits for others, and how much of both is late."""

    to_do: int = 0
    waiting: int = 0
    late: int = 0


def within(span: Span) -> dict[str, Any]:
    """A moment of the span; there is one."""
    begin, end = span
    bounds = {"$gte": begin, "$lt": end}
    return {name: moment for name, moment in bounds.items() if moment} or {"$ne": None}


def comes_up(level: str, by: datetime) -> dict[str, Any]:
    """The next rung of either clock is that level's, and it is told by then."""
    alarms = [f"state.clocks.{clock}.alarm" for clock in CLOCKS]
    rungs = [{f"{alarm}.level": level, f"{alarm}.at": {"$lte": by}} for alarm in alarms]
    return {"$and": [{"$or": rungs}], "state.level": {"$ne": level}}  # beside an `$or` of a place in the list


def late(at: datetime) -> dict[str, Any]:
    """The expression that holds for what `WorkOrder.is_late` holds for: both must change together."""
    return {"$or": [select_overdue(at), unseen(at)]}


def select_overdue(at: datetime) -> dict[str, Any]:
    """As `WorkOrder.is_overdue`: the clock of work that waits stands still."""
    due, moment = "$state.clocks.resolve.due_at", {"$ifNull": ["$state.waiting.since", at]}
    return {"$and": [{"$gt": [due, None]}, {"$lt": [due, moment]}]}


def unseen(at: datetime) -> dict[str, Any]:
    """The expression that holds for what `WorkOrder.is_unseen_late` holds for: both must change together."""
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


def team_standing(team: str, at: datetime) -> list[dict[str, Any]]:
    """Counts a team's open work, as its cards are counted."""
    waits = {"$in": ["$state.state", list(WAITING)]}
    counted = {
        "to_do": {"$sum": {"$cond": [waits, 0, 1]}},
        "waiting": {"$sum": {"$cond": [waits, 1, 0]}},
        "late": {"$sum": {"$cond": [late(at), 1, 0]}},
    }
    return [
        {"$match": Filter(teams=(team,), states=OPEN).query()},
        {"$group": {"_id": None, **counted}},
        {"$unset": "_id"},
    ]


OPEN_BY = ("team", "level", "category", "zone")


def open_by_each(at: datetime, teams: Sequence[str]) -> list[dict[str, Any]]:
    """Counts what is open by each of `OPEN_BY`, and what waits, in one reading."""
    match, *_ = open_by("team", at, teams)
    return [match, {"$facet": {field: open_by(field, at)[1:] for field in OPEN_BY} | {"waiting": waits(at)}}]


def waits(at: datetime) -> list[dict[str, Any]]:
    """Counts what is paused by the reason and the class (`spans.py`) of how long it has waited by then."""
    group = {"reason": "$state.waiting.reason", "class": class_between("$state.waiting.since", at)}
    return [{"$match": {"state.state": "paused"}}, {"$group": {"_id": group, "count": {"$sum": 1}}}]


def open_by(field: str, at: datetime, teams: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Counts what is open by a field of the state, as rows of `{group, open, late, unacknowledged}`."""
    sums = {
        "open": {"$sum": 1},
        "late": {"$sum": {"$cond": [late(at), 1, 0]}},
        "unacknowledged": {"$sum": {"$cond": [{"$in": ["$state.state", list(UNSEEN)]}, 1, 0]}},
    }
    return [
        {"$match": Filter(teams, OPEN).query()},
        {"$group": {"_id": f"$state.{field}", **sums}},
        {"$sort": {"late": -1, "open": -1, "_id": 1}},
        {"$set": {"group": "$_id"}},
        {"$unset": "_id"},
    ]
