"""Collects what the routing rules look at: the report's own facts, the town's calendar, and earlier reports nearby."""

from dataclasses import replace

from services.dispatch.commands import Desk
from services.dispatch.domain.routing import Facts, farthest
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.queries import Around
from shared.events.reports import ReportSubmitted
from shared.town import Town


def facts_of_report(town: Town, event: ReportSubmitted) -> Facts:
    """A report as it was submitted."""
    place = event.location
    return Facts(
        category=event.category,
        at=event.submitted_at,
        working=town.calendar.is_working(event.submitted_at),
        text=event.text,
        zone=event.zone,
        outside_town=event.outside_town,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        channel=event.channel,
        kind=event.kind,
        answers=event.answers,
    )


def facts_of_order(town: Town, order: WorkOrder) -> Facts:
    """A work order as it is now, at the moment it began."""
    place = order.place
    return Facts(
        category=order.category,
        at=order.created_at,
        working=town.calendar.is_working(order.created_at),
        text=order.text,
        zone=order.zone,
        outside_town=order.outside_town,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        channel=order.channel,
        kind=order.kind,
        answers=order.answers,
    )


async def add_earlier(desk: Desk, facts: Facts, report: str | None = None, changed: Town | None = None) -> Facts:
    """The facts with the other reports that recurrence is counted from; asks the database only when a rule needs it.

    `report`: the one that is routed; it is counted once, whether its work is stored already or not. `changed`: the town
    with other rules, which may reach farther.
    """
    reach = farthest(facts.category, desk.town, *([changed] if changed else []))
    if reach is None or facts.latitude is None or facts.longitude is None:
        return facts
    days, radius_m = reach
    around = Around(facts.category, facts.latitude, facts.longitude, radius_m, since=facts.at - days)
    return replace(facts, earlier=await desk.store.find_sightings(around, report))
