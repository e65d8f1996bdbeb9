"""Incidents and their members in MongoDB: every query is bounded, and an index holds all that it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.dispatch.domain.incident import LIVE, Incident, IncidentState, incident_moments
from services.dispatch.domain.membership import Member, Membership, MemberState, member_moments, member_of
from services.dispatch.domain.routing import METRES_PER_DEGREE
from services.dispatch.domain.vicinity import Lookout
from shared.events.ids import derive_id
from shared.kernel import Case
from shared.kernel.gather import Gather, all_of
from shared.kernel.service import Service
from shared.town import Town
from shared.town.work import IncidentRule

LIVE_MOST = 100  # of a category at one time, the newest
ALONE_MOST = 200  # near a report and not decided on yet; a rule may ask for a hundred
_SILENT = ("due", "was_due", "told")
OF_INCIDENTS = (
    IndexModel([("state.state", ASCENDING), ("_id", DESCENDING)], name="state"),
    IndexModel([("state.category", ASCENDING), ("state.state", ASCENDING), ("_id", DESCENDING)], name="category"),
)
OF_MEMBERS = (
    IndexModel([("state.incident", ASCENDING), ("state.state", ASCENDING), ("_id", ASCENDING)], name="members"),
    # What is alone is looked for among its like, in the last hours: who is in an incident is not even passed over.
    IndexModel(
        [
            ("state.category", ASCENDING),
            ("state.reported_at", DESCENDING),
            ("state.zone", ASCENDING),
            ("state.latitude", ASCENDING),
            ("state.longitude", ASCENDING),
        ],
        name="alone",
        partialFilterExpression={"state.state": "alone"},
    ),
)


@dataclass(frozen=True)
class People:
    """Whom an incident's news reach: the reporters of its reports, and who follows these."""

    reports: int = 0
    followers: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.reports + self.followers


class IncidentStore:
    """The cases of incidents, of their members, and of what was proposed last."""

    def __init__(self, service: Service, town: Town) -> None:
        def shows(matter: Incident | Membership) -> bool:
            return town.shows(matter.category)

        self.incidents = service.cases(
            "incidents",
            Incident,
            moments=incident_moments,
            kinds=("tell", "lead"),
            shown=shows,
            indexes=OF_INCIDENTS,
            silent=("telling", "rounds", "taken_back", "missed_since"),
        )
        self.memberships = service.cases(
            "memberships",
            Membership,
            moments=member_moments,
            kinds=("settle",),
            shown=shows,
            indexes=OF_MEMBERS,
            silent=_SILENT,
        )
        self.lookouts = service.cases("lookouts", Lookout)
        self._live = Gather(self._find_live)
        self._alone = {looking: Gather(partial(self._find_alone, looking)) for looking in (True, False)}

    async def find_untold(self, incident_id: str, fact: int, after: str, most: int) -> list[str]:
        """Members of an incident that were not told of that fact, by their reports' ids, those after one of them."""
        wanted = {
            "state.incident": incident_id,
            "_id": {"$gt": after},
            "state.state": {"$in": ["proposed", "joined"]},
            "state.told": {"$lt": fact},
        }
        cursor = self.memberships.collection.find(wanted, {"_id": 1}).sort("_id", ASCENDING).limit(most)
        return [document["_id"] async for document in cursor]

    async def find_live(self, category: str) -> Sequence[Case[Incident]]:
        """The incidents of a category that reports may join, the newest first."""
        return await self._live(category)

    async def _find_live(self, categories: Sequence[str]) -> Sequence[Sequence[Case[Incident]]]:
        """For all who ask at one moment: each category once."""
        distinct = list(dict.fromkeys(categories))
        found = dict(zip(distinct, await all_of(*map(self._find_live_of, distinct)), strict=True))
        return [found[category] for category in categories]

    async def _find_live_of(self, category: str) -> Sequence[Case[Incident]]:
        wanted = {"state.category": category, "state.state": {"$in": list(LIVE)}}
        cursor = self.incidents.collection.find(wanted).sort("_id", DESCENDING).limit(LIVE_MOST)
        return [self.incidents.parse(document) async for document in cursor]

    async def find_alone(self, member: Member, rule: IncidentRule, *, looking: bool = True) -> Sequence[Member]:
        """Reports like it that belong to nothing yet, around its place or in its zone, and such as others ask for at
        the same moment; the domain measures. Without those that are about to look around themselves (`looking`), if so
        asked."""
        return await self._alone[looking]((member, rule))

    async def _find_alone(
        self, looking: bool, asked: Sequence[tuple[Member, IncidentRule]]
    ) -> Sequence[Sequence[Member]]:
        """For all who ask at one moment by one query; by one for each where it does not hold all that they ask for."""
        near = [alone_near(member, rule) | ({} if looking else {"state.due": None}) for member, rule in asked]
        found = await self._find_alone_by({"$or": near} if len(near) > 1 else near[0])
        if len(near) == 1 or len(found) < ALONE_MOST:
            return [found] * len(near)
        return await all_of(*map(self._find_alone_by, near))

    async def _find_alone_by(self, wanted: Mapping[str, Any]) -> Sequence[Member]:
        cursor = self.memberships.collection.find(wanted).sort("state.reported_at", DESCENDING).limit(ALONE_MOST)
        members = [member_of(case.id, case.state) for case in [self.memberships.parse(one) async for one in cursor]]
        return [one for one in members if one is not None]

    async def find_missed(
        self, incident_id: str, incident: Incident, rule: IncidentRule, since: datetime, after: str, most: int
    ) -> list[Case[Membership]]:
        """Reports around the incident that have come alone since then, or whose reporters say that they are of it; by
        their ids, those after one of them."""
        middle = incident.middle
        around = _near(
            middle.latitude if middle else None,
            middle.longitude if middle else None,
            incident.zone,
            incident.radius_m or rule.radius_m,
            by_zone=incident.by_zone,
        )
        wanted = {
            "_id": {"$gt": after},
            "state.state": "alone",
            "state.category": incident.category,
            "state.reported_at": {"$gte": since, "$lte": incident.joins_until},
            "$or": [*around, {"state.said": incident_id}],
        }
        cursor = self.memberships.collection.find(wanted).sort("_id", ASCENDING).limit(most)
        return [self.memberships.parse(document) async for document in cursor]

    async def list_incidents(
        self, states: Sequence[IncidentState], after: str | None, most: int
    ) -> list[Case[Incident]]:
        """The newest first, those after the id `after`."""
        wanted: dict[str, Any] = {"state.state": {"$in": list(states)}}
        if after:
            wanted["_id"] = {"$lt": after}
        cursor = self.incidents.collection.find(wanted).sort("_id", DESCENDING).limit(most)
        return [self.incidents.parse(document) async for document in cursor]

    async def list_members(
        self, incident_id: str, states: Sequence[MemberState], after: str, most: int
    ) -> list[Case[Membership]]:
        """Those after one of them, the oldest report first."""
        wanted = {"state.incident": incident_id, "state.state": {"$in": list(states)}, "_id": {"$gt": after}}
        cursor = self.memberships.collection.find(wanted).sort("_id", ASCENDING).limit(most)
        return [self.memberships.parse(document) async for document in cursor]

    async def count_members(self, incident_ids: Sequence[str]) -> dict[str, int]:
        """How many reports are in each of these incidents, or are proposed for it."""
        wanted = {"state.incident": {"$in": list(incident_ids)}, "state.state": {"$in": ["proposed", "joined"]}}
        counted: list[dict[str, Any]] = [
            {"$match": wanted},
            {"$group": {"_id": "$state.incident", "count": {"$sum": 1}}},
        ]
        return {row["_id"]: row["count"] async for row in self.memberships.collection.aggregate(counted)}


def people_in(incident_id: str, orders: str) -> list[dict[str, Any]]:
    """Counts an incident's reports, and with the work orders (their collection) who follows them."""
    wanted = {"state.incident": incident_id, "state.state": {"$in": ["proposed", "joined"]}}
    own = {"from": orders, "localField": "state.work_order", "foreignField": "_id", "as": "own"}
    followed: list[dict[str, Any]] = [{"$project": {"followers": "$state.followers"}}]
    followers = {"$sum": {"$ifNull": [{"$first": "$own.followers"}, 0]}}
    return [
        {"$match": wanted},
        {"$lookup": own | {"pipeline": followed}},
        {"$group": {"_id": None, "reports": {"$sum": 1}, "followers": followers}},
        {"$unset": "_id"},
    ]


def lookout_id(category: str) -> str:
    """The case in which a category's last proposals are."""
    return derive_id("0" * 26, "lookout", category)


def alone_near(member: Member, rule: IncidentRule) -> dict[str, Any]:
    """The query for reports like this one, near enough and not long apart, that are in no incident yet."""
    near = _near(member.latitude, member.longitude, member.zone, rule.radius_m, by_zone=rule.by_zone)
    span = timedelta(minutes=rule.minutes)
    return {
        "state.state": "alone",
        "state.category": member.category,
        "state.reported_at": {"$gte": member.reported_at - span, "$lte": member.reported_at + span},
        "$or": near or [{"_id": member.report}],
    }


def _near(
    latitude: float | None, longitude: float | None, zone: str | None, radius_m: float, *, by_zone: bool
) -> list[dict[str, Any]]:
    """The ways of being near: a box around the place, and its zone where that is enough."""
    near: list[dict[str, Any]] = []
    if latitude is not None and longitude is not None:
        reach = radius_m / METRES_PER_DEGREE
        near.append(
            {
                "state.latitude": {"$gte": latitude - reach, "$lte": latitude + reach},
                # Twice as wide in degrees: good up to 60° north.
                "state.longitude": {"$gte": longitude - 2 * reach, "$lte": longitude + 2 * reach},
            }
        )
    if by_zone and zone is not None:
        near.append({"state.zone": zone})
    return near
