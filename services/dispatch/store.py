"""Work orders in MongoDB: the only file of this service that knows the driver and the shape of a document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.dispatch.crew_store import CrewStore
from services.dispatch.domain.history import Comment, Entry
from services.dispatch.domain.incident_work import NEWS, incident_news
from services.dispatch.domain.routing import Sighting
from services.dispatch.domain.work_order import BESIDE, KINDS, WorkOrder, moments
from services.dispatch.figures_store import FiguresStore
from services.dispatch.filter_store import FilterStore
from services.dispatch.incident_store import IncidentStore, People, people_in
from services.dispatch.photo_store import PhotoStore
from services.dispatch.queries import (
    DUE,
    Around,
    Filter,
    Standing,
    Urgency,
    less_urgent,
    open_by,
    open_by_each,
    short,
    team_standing,
)
from shared.kernel import Case, Moment
from shared.kernel.change_follower import ChangeFollower
from shared.kernel.fold import CaseBatch, current_case_batch
from shared.kernel.service import Service
from shared.town import Town

Order = Case[WorkOrder]

OF_SPLIT_WORK = {"state.parent": {"$type": "string"}}
UNCHECKED = {"state.to_verify": True}
AGAIN, LATE = {"state.reopened": {"$gt": 0}}, {"state.completion.late": True}  # rare: few are what figures lead to
INDEXES = (
    IndexModel([("state.report.id", ASCENDING)], name="report"),
    IndexModel([("state.reference", ASCENDING)], name="reference"),
    IndexModel([("state.team", ASCENDING), ("state.state", ASCENDING), ("_id", DESCENDING)], name="team"),
    IndexModel([("state.team", ASCENDING), ("_id", DESCENDING)], name="team-newest"),
    IndexModel([("state.state", ASCENDING), ("_id", DESCENDING)], name="state"),
    IndexModel([("state.state", ASCENDING), ("state.closed_at", ASCENDING)], name="closed"),
    IndexModel([("state.level", ASCENDING), ("_id", DESCENDING)], name="level"),
    IndexModel([("state.category", ASCENDING), ("_id", DESCENDING)], name="category"),
    IndexModel([("state.created_at", ASCENDING)], name="created"),
    IndexModel(
        [("state.referral.agency", ASCENDING), ("state.state", ASCENDING), ("_id", DESCENDING)],
        name="agency",
        partialFilterExpression={"state.referral.agency": {"$type": "string"}},
    ),
    IndexModel([("state.parent", ASCENDING)], name="parent", partialFilterExpression=OF_SPLIT_WORK),
    IndexModel(
        [("state.to_verify", ASCENDING), ("_id", DESCENDING)], name="to-verify", partialFilterExpression=UNCHECKED
    ),
    IndexModel([("state.reopened", ASCENDING), ("_id", DESCENDING)], name="again", partialFilterExpression=AGAIN),
    IndexModel(
        [("state.completion.late", ASCENDING), ("_id", DESCENDING)], name="done-late", partialFilterExpression=LATE
    ),
    # The time before the place: what lies near grows with every year, what is recent does not.
    IndexModel(
        [
            ("state.category", ASCENDING),
            ("state.created_at", DESCENDING),
            ("state.place.latitude", ASCENDING),
            ("state.place.longitude", ASCENDING),
        ],
        name="recurrence",
    ),
)
SILENT = (  # what the trail need not say: it follows from the step, or is said by its line in the history
    "arrival", "changed_at", "clocks", "comment_count", "line_count", "came_late", "teams", "children_due",
    "parent_due", "told_incident", "overtaken",
)  # fmt: skip
RETIRED = (  # of earlier versions, dropped where they are still kept up
    IndexModel(
        [("state.category", ASCENDING), ("state.place.latitude", ASCENDING), ("state.created_at", ASCENDING)],
        name="near",
    ),
)
MOST_ABOUT = 200  # a report is not opened again more often
MOST_SIGHTINGS = 200  # a rule may ask for a hundred; the box around a circle holds some more
REPLAY_SECONDS = 300  # a device that was away for less than this misses nothing


@dataclass(frozen=True)
class Change:
    """A work order has changed; `token` is the place in the stream after it, the same for every process."""

    token: str
    order: Order


def _moments(order: WorkOrder) -> list[Moment]:
    return [*moments(order), *incident_news(order)]


class Store(IncidentStore):
    """The service's data: cases of work orders and of incidents, and the crews' photos. `Service.cases` makes each:
    their `step` is that of `Cases`, in `shared/kernel/cases.py`."""

    def __init__(self, service: Service, town: Town) -> None:
        super().__init__(service, town)
        self.orders = service.cases(
            "work_orders",
            WorkOrder,
            moments=_moments,
            kinds=(*KINDS, NEWS),
            beside=BESIDE,
            silent=SILENT,
            indexes=INDEXES,
            retired=RETIRED,
            shown=lambda order: town.shows(order.category),
        )
        self.trail = service.trail
        self.photos = PhotoStore(service, self.orders)
        self.figures = FiguresStore(self.orders.collection, town.calendar.zone)
        self.filters = FilterStore(service.database["saved_filters"])
        self.crews = CrewStore(service.database["crews"])
        self._in_batch: WeakKeyDictionary[CaseBatch, dict[str, list[Order]]] = WeakKeyDictionary()

    async def find_about(self, report_id: str) -> list[Order]:
        """Every work order about a report, the oldest first, as lists have it; asked once for each batch of records."""
        batch = current_case_batch()
        if batch is None:
            return await self._about(report_id)
        stored = self._in_batch.setdefault(batch, {})
        if report_id not in stored:
            stored[report_id] = await self._about(report_id)
        changed = [order for order in self.orders.unsaved() if order.state.report.id == report_id]
        found = {order.id: order for order in (*stored[report_id], *changed)}
        return sorted(found.values(), key=lambda order: order.state.created_at)

    async def find_children(self, parent_id: str) -> list[Order]:
        """The shares of split work, as lists have them, the oldest first."""
        return await self._list({"state.parent": parent_id}, {"_id": ASCENDING}, MOST_ABOUT)

    async def find_these(self, order_ids: Sequence[str]) -> list[Order]:
        """Those work orders that there are, as lists have them."""
        return await self._list({"_id": {"$in": list(order_ids)}}, {"_id": ASCENDING}, len(order_ids) or 1)

    async def _about(self, report_id: str) -> list[Order]:
        return await self._list({"state.report.id": report_id}, {"state.created_at": ASCENDING}, MOST_ABOUT)

    async def read_history(self, order: Order) -> list[Entry]:
        """Every line, the oldest first, also those that the order no longer holds itself."""
        return [*await self.orders.older(order.id, "history"), *order.state.history]

    async def read_comments(self, order: Order) -> list[Comment]:
        """Every comment on the work, the oldest first: those on the order and those that it has moved beside it."""
        return [*await self.orders.older(order.id, "comments"), *order.state.comments]

    async def find_sightings(self, around: Around, report: str | None, states: Sequence[str] = ()) -> list[Sighting]:
        """Where and when that category was reported near the place by others; a box, the domain measures. `states`: of
        work that stands in one of these."""
        query = around.query() | {"state.report.id": {"$ne": report}}
        query |= {"state.state": {"$in": list(states)}} if states else {}
        shown = {"state.created_at": 1, "state.place.latitude": 1, "state.place.longitude": 1}
        cursor = self.orders.collection.find(query, shown).sort("state.created_at", -1).limit(MOST_SIGHTINGS)
        return [
            Sighting(found["created_at"], found["place"]["latitude"], found["place"]["longitude"])
            async for found in (document["state"] async for document in cursor)
        ]

    async def list_newest(self, wanted: Filter, after: str | None, most: int) -> list[Order]:
        """Newest first, those that come after the id `after`."""
        query = wanted.query()
        if after:
            query["_id"] = {**query.get("_id", {}), "$lt": after}
        return await self._list(query, {"_id": DESCENDING}, most)

    async def list_most_urgent(self, wanted: Filter, most: int, after: Urgency | None = None) -> list[Order]:
        """By due time, those after a place in that order; work without one comes first, so that it is never cut off."""
        query = wanted.query() | (less_urgent(after) if after else {})
        return await self._list(query, {DUE: ASCENDING, "_id": ASCENDING}, most)

    async def _list(self, query: dict[str, Any], order: dict[str, int], most: int) -> list[Order]:
        """For lists: without history and comments, but for those that a card shows."""
        steps: list[dict[str, Any]] = [{"$match": query}, {"$sort": order}, {"$limit": most}, *short()]
        return [self.orders.parse(document) async for document in self.orders.collection.aggregate(steps)]

    async def count_standing(self, team: str, at: datetime) -> Standing:
        """How much open work a team has, and how much of it is late at `at`."""
        found = await self.orders.collection.aggregate(team_standing(team, at)).to_list(1)
        return Standing(**found[0]) if found else Standing()

    async def count(self, wanted: Filter) -> int:
        """How many orders the filter holds for."""
        return await self.orders.collection.count_documents(wanted.query())

    async def count_by_team(self, at: datetime) -> Sequence[Mapping[str, Any]]:
        """What is open now, as rows of `{group, open, late, unacknowledged}`."""
        return await self.orders.collection.aggregate(open_by("team", at)).to_list(None)

    async def count_open(self, at: datetime, teams: Sequence[str] = ()) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What is open now by each of `OPEN_BY`, as rows of `{group, open, late, unacknowledged}`; and what waits."""
        (found,) = await self.orders.collection.aggregate(open_by_each(at, teams)).to_list(None)
        counted: Mapping[str, Sequence[Mapping[str, Any]]] = found
        return counted

    async def count_people(self, incident_id: str) -> People:
        """Whom an incident's news reach; looks at each of its reports, before something is told to all of them."""
        steps = people_in(incident_id, self.orders.collection.name)
        found = await self.memberships.collection.aggregate(steps).to_list(1)
        return People(**found[0]) if found else People()

    def follow(self, take: Callable[[Change], None], lost: Callable[[], None]) -> ChangeFollower:
        """Hands every step of every work order to `take`, as lists have it; `lost`: some were missed.

        It begins a little in the past, so that a device can go on here where another process left it. An order that
        cannot be read is left out, logged and counted: one document must not take the live boards away.
        """
        stepped = {"updateDescription.updatedFields.v": {"$exists": True}}  # not the relay, which takes events out
        steps: list[dict[str, Any]] = [
            {"$match": {"$or": [{"operationType": "insert"}, stepped]}},
            {"$unset": "updateDescription"},  # redundant: `fullDocument` holds it
            *short("fullDocument."),
        ]

        def take_document(change: Mapping[str, Any]) -> None:
            document = change.get("fullDocument") or {}
            if "v" in document:  # else it was deleted meanwhile
                take(Change(change["_id"]["_data"], self._read(document)))

        collection = self.orders.collection
        return ChangeFollower(collection, take_document, lost, pipeline=steps, whole=True, back_seconds=REPLAY_SECONDS)

    def _read(self, document: Mapping[str, Any]) -> Order:
        try:
            return self.orders.parse(document)
        except ValueError:
            raise Unreadable(document["_id"]) from None  # what pydantic says quotes the values


class Unreadable(Exception):
    """A work order that this release cannot read; says its id and no more."""
