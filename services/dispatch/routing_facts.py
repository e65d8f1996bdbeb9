"""Collects what the routing rules look at: the report's own facts, the town's calendar, and earlier reports nearby."""

from dataclasses import replace
from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.domain.parts import Spot
from services.dispatch.domain.routing import Facts, find_farthest
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Around
from shared.events.base import Place
from shared.events.reports import ReportSeparated, ReportSubmitted
from shared.town import Town


def facts_of_report(town: Town, event: ReportSubmitted | ReportSeparated, at: datetime) -> Facts:
    """A report as it is told, routed by the moment from which its work counts."""
    return _facts(town, event, event.location, at)


def facts_of_order(town: Town, order: WorkOrder) -> Facts:
    """A work order as it is now, at the moment it began."""
    return _facts(town, order, order.place, order.created_at)


def _facts(
    town: Town, told: ReportSubmitted | ReportSeparated | WorkOrder, place: Place | Spot | None, at: datetime
) -> Facts:
    return Facts(
        category=told.category,
        at=at,
        working=town.calendar.is_working(at),
        text=told.text,
        zone=told.zone,
        outside_town=told.outside_town,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        channel=told.channel,
        kind=told.kind,
        answers=told.answers,
    )


async def add_earlier(desk: Desk, facts: Facts, report: str | None = None, changed: Town | None = None) -> Facts:
    """The facts with the other reports that recurrence is counted from; asks the database only when a rule needs it.

    `report`: the one that is routed; it is counted once, whether its work is stored already or not. `changed`: the town
    with other rules, which may reach farther.
    """
    reach = find_farthest(facts.category, desk.town, *([changed] if changed else []))
    if reach is None or facts.latitude is None or facts.longitude is None:
        return facts
    days, radius_m = reach
    around = Around(facts.category, facts.latitude, facts.longitude, radius_m, since=facts.at - days)
    return replace(facts, earlier=await desk.store.find_sightings(around, report))
