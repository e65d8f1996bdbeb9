"""Reports and their followers in MongoDB: only this file and `photo_store.py` know the driver and the documents."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from services.intake.domain.alike import Around
from services.intake.domain.following import COUNT, Follower, follower_id, moments_of_follower
from services.intake.domain.merging import moments_of_merge
from services.intake.domain.outage import Outage
from services.intake.domain.report import NEWEST_LINES, Entry, Report
from services.intake.domain.retention import forget_at
from services.intake.domain.separating import SEPARATE, moments_of_separation
from services.intake.domain.states import OPEN
from services.intake.photo_store import PhotoStore
from services.intake.queries import Filter
from services.intake.settings import Settings
from shared.kernel import Case, Cause, Moment, Reject, Step, now
from shared.kernel.service import Service

EARTH_M = 6_371_008.8
SWEPT_AT_ONCE = 1000
COUNTED_FOR = timedelta(minutes=1)  # counting takes 0.14 s among 100,000 reports, and the first page asks for it
# One that was opened again is not among them: what it waits for began long after it came in.
_UNROUTED = {"state.state": "received", "state.team": {"$type": "null"}, "state.reopened": 0}
_INDEXES = (
    IndexModel([("state.submitted_at", ASCENDING)], name="unrouted", partialFilterExpression=_UNROUTED),
    IndexModel([("state.reference", ASCENDING)], name="reference", unique=True),
    IndexModel([("state.submitted_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
    IndexModel(["state.listed", "state.state", ("state.submitted_at", DESCENDING), ("_id", DESCENDING)], name="states"),
    IndexModel([("state.category", ASCENDING), ("state.submitted_at", DESCENDING)], name="category"),
    IndexModel([("state.updated_at", ASCENDING)], name="updated"),
    IndexModel([("state.shown_at", GEOSPHERE)], name="place", sparse=True),
    IndexModel(
        [("state.photos", ASCENDING)], name="photos", partialFilterExpression={"state.photos.0": {"$exists": True}}
    ),
    IndexModel(
        [("state.forgotten_at", ASCENDING), ("state.closed_at", ASCENDING)],
        name="retention",
        partialFilterExpression={"state.closed_at": {"$type": "date"}},
    ),
)

_OUTAGES = (IndexModel([("state.state", ASCENDING), ("_id", DESCENDING)], name="open"),)
KINDS = ("close", "forget", "merge", "transfer", SEPARATE)  # of a report's moments
OUTAGES_MOST = 50  # that go on at one time, the newest


class Store:
    """Reports and followers as cases, photos beside them. `Service.cases` makes each: their `step` is that of `Cases`,
    in `shared/kernel/cases.py`."""

    def __init__(self, service: Service, settings: Settings, reporter_days: int) -> None:
        self._days = reporter_days
        self.reports = service.cases(
            "reports",
            Report,
            moments=self._moments_of_report,
            kinds=KINDS,
            shown=lambda report: report.listed,
            beside={"timeline": NEWEST_LINES},
            silent=("updated_at",),
            indexes=_INDEXES,
        )
        self.outages = service.cases("outages", Outage, shown=lambda outage: outage.shown, indexes=_OUTAGES)
        self.followers = service.cases("followers", Follower, moments=moments_of_follower, kinds=(COUNT,))
        self.case_id = service.keys.case_id
        self.trail = service.trail
        most = settings.photos_megabytes * 1_000_000
        self.photos = PhotoStore(service, self.reports, timedelta(hours=settings.photo_hours), most)
        self._counted: tuple[datetime, dict[str, int]] = (datetime.min.replace(tzinfo=UTC), {})

    def _moments_of_report(self, report: Report) -> Sequence[Moment]:
        """What a report waits for; `timers.py` does it."""
        moments = [*moments_of_merge(report), *moments_of_separation(report)]
        if report.state == "resolved" and report.reopen_until:
            moments.append(Moment("close", report.reopen_until))
        if due := forget_at(report, self._days):
            moments.append(Moment("forget", due))
        return moments

    async def step(
        self, case_id: str, decide: Callable[[Report, Cause], Step[Report] | None], cause: Cause
    ) -> Case[Report]:
        """A decision about a report that must be there."""

        def decide_known(report: Report | None, cause: Cause) -> Step[Report] | None:
            return decide(_need_report(report, case_id), cause)

        return await self.reports.step(case_id, decide_known, cause)

    async def step_follower(
        self, report_id: str, party: str, decide: Callable[[Follower, Cause], Step[Follower] | None], cause: Cause
    ) -> Case[Follower]:
        """A decision about a follower who must be there."""

        def decide_known(follower: Follower | None, cause: Cause) -> Step[Follower] | None:
            return decide(follower, cause) if follower else None

        return await self.followers.step(follower_id(report_id, party), decide_known, cause)

    async def get_report(self, case_id: str) -> Case[Report]:
        """The report of that case; refused (404) where there is none."""
        case = await self.reports.get(case_id)
        _need_report(case.state if case else None, case_id)
        assert case is not None  # noqa: S101  # as just seen
        return case

    async def follows(self, report_id: str, party: str) -> bool:
        """Whether that party follows the report."""
        case = await self.followers.get(follower_id(report_id, party))
        return case is not None and case.state.left_at is None

    async def list_not_forgotten(self, report_id: str, most: int) -> list[str]:
        """Parties of followers whose contacts are not erased yet."""
        query = {
            "_id": {"$gte": f"{report_id}:", "$lt": f"{report_id};"},
            "state.left_at": None,
            "state.forgotten_at": None,
        }
        found = self.followers.collection.find(query, {"state.party": 1}).limit(most)
        return [document["state"]["party"] async for document in found]

    async def read_timeline(self, case: Case[Report]) -> list[Entry]:
        """All of it, oldest first: what stands in the report, and what the kernel has moved beside it."""
        newest = case.state.timeline
        if len(newest) < NEWEST_LINES:  # nothing is moved before there are more
            return newest
        older = await self.reports.older(case.id, "timeline")
        return sorted([*older, *newest], key=Entry.when)

    async def find_by_reference(self, reference: str) -> Case[Report] | None:
        """The case of a reference in its written form."""
        document = await self.reports.collection.find_one({"state.reference": reference}, _CASE)
        return self.reports.parse(document) if document else None

    async def list_newest(
        self, wanted: Filter, most: int, after: tuple[datetime, str] | None = None
    ) -> list[Case[Report]]:
        """Public reports without their timelines, newest first, that come after that time and id."""
        query = wanted.query()
        if after:
            at, case_id = after
            query["$or"] = [{"state.submitted_at": {"$lt": at}}, {"state.submitted_at": at, "_id": {"$lt": case_id}}]
        return await self._find(query, most)

    async def _find(self, query: dict[str, Any], most: int) -> list[Case[Report]]:
        order = [("state.submitted_at", DESCENDING), ("_id", DESCENDING)]
        documents = await self.reports.collection.find(query, _LISTED).sort(order).limit(most).to_list(most)
        # Ten thousand take a second, in which nobody else would be answered.
        return await asyncio.to_thread(lambda: [self.reports.parse(document) for document in documents])

    async def find_near(
        self, category: str, point: tuple[float, float], radius_m: float, since: datetime, most: int
    ) -> list[Case[Report]]:
        """Open public reports of that category without their timelines, as everybody may know their places."""
        latitude, longitude = point
        circle = {"$centerSphere": [[longitude, latitude], radius_m / EARTH_M]}
        query = Filter(open=True, categories=[category]).query() | {
            "state.shown_at": {"$geoWithin": circle},
            "state.sensitive": False,
            "state.submitted_at": {"$gte": since},
        }
        return await self._find(query, most)

    async def find_alike(self, wanted: Around, report_id: str, most: int) -> list[Case[Report]]:
        """Open reports like that one, as staff know them; the domain measures their exact places."""
        place = [[wanted.longitude, wanted.latitude], wanted.reach_m / EARTH_M]
        query = {
            "_id": {"$ne": report_id},
            "state.category": wanted.category,
            "state.state": {"$in": OPEN},
            "state.shown_at": {"$geoWithin": {"$centerSphere": place}},
            "state.submitted_at": {"$gte": wanted.since, "$lte": wanted.until},
        }
        return await self._find(query, most)

    async def list_outages(self, categories: Sequence[str] = ()) -> list[Case[Outage]]:
        """What the town knows of and goes on, the newest first; of these categories, or of all."""
        wanted: dict[str, Any] = {"state.state": "open"}
        if categories:
            wanted["state.category"] = {"$in": list(categories)}
        found = self.outages.collection.find(wanted).sort("_id", DESCENDING).limit(OUTAGES_MOST)
        return [self.outages.parse(document) async for document in found]

    async def find_oldest_unrouted(self) -> datetime | None:
        """When the oldest report came in that no team has, and none had before."""
        return await self._find_submission_time(_UNROUTED, ASCENDING, "unrouted")

    async def find_newest_submitted(self) -> datetime | None:
        """When the newest report came in; None before the first."""
        return await self._find_submission_time({}, DESCENDING, "newest")

    async def _find_submission_time(self, query: dict[str, Any], order: int, index: str) -> datetime | None:
        shown = {"state.submitted_at": 1}
        first = [("state.submitted_at", order)]
        found = await self.reports.collection.find_one(query, shown, sort=first, hint=index)
        return found["state"]["submitted_at"] if found else None

    async def count_by_state(self) -> dict[str, int]:
        """How many public reports are in each state, or were less than a minute ago."""
        at, counts = self._counted
        if now() - at >= COUNTED_FOR:
            self._counted = at, counts = now(), await self._count()
        return counts

    async def _count(self) -> dict[str, int]:
        # The states' index answers this alone; even so each report is a key to be counted.
        group = {"_id": "$state.state", "count": {"$sum": 1}}
        pipeline: list[dict[str, Any]] = [{"$match": {"state.listed": True}}, {"$group": group}]
        return {row["_id"]: row["count"] async for row in self.reports.collection.aggregate(pipeline)}

    async def list_to_be_forgotten(self) -> AsyncIterator[str]:
        """Reports whose people are to be forgotten by the profile as it is: they may have been closed when the profile
        said a longer time, which their moment does not know."""
        closed = {"$lte": now() - timedelta(days=self._days), "$type": "date"}
        told = {"$not": {"$gt": now() - timedelta(days=self._days)}}
        query = {"state.forgotten_at": None, "state.closed_at": closed, "state.people_told_until": told}
        async for document in self.reports.collection.find(query, {"_id": 1}).batch_size(SWEPT_AT_ONCE):
            yield document["_id"]


def _need_report(report: Report | None, case_id: str) -> Report:
    if report is None:
        raise Reject("unknown-report", f"there is no report {case_id}", status=404)
    return report


_CASE = {"outbox": 0, "seen": 0, "heard": 0}
_LISTED = {**_CASE, "state.timeline": 0}  # most of a document, and no list shows it
