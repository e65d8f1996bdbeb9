"""What counts as one thing: whether reports of a category are near enough to be an incident, or to join one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from services.dispatch.domain.incident import Incident, Middle
from services.dispatch.domain.membership import Member
from services.dispatch.domain.routing import measure_metres
from shared.kernel import StoredModel
from shared.town import Town
from shared.town.work import IncidentRule

BY_HAND = IncidentRule(reports=2, minutes=1440, radius_m=500)  # of a category for which the town finds none by itself
PROPOSED_KEPT = 50  # of a category's last proposals: more are not undecided at once


class Proposed(StoredModel):
    """An incident that was proposed, as later ones look for it."""

    incident: str
    latitude: float | None = None
    longitude: float | None = None
    zone: str | None = None


class Lookout(StoredModel):
    """The last proposals of one category: two processes that count the same reports at once find each other here."""

    proposed: list[Proposed] = Field(default_factory=list)


@dataclass(frozen=True)
class Where:
    """A place as reports and incidents have it."""

    latitude: float | None = None
    longitude: float | None = None
    zone: str | None = None


def rule_for(town: Town, category: str) -> IncidentRule:
    """By what a category's incidents reach and are joined, also where only an officer opens one."""
    known = town.categories.get(category)
    return (known.incident if known else None) or BY_HAND


def is_near(a: Where, b: Where, radius_m: float, *, by_zone: bool) -> bool:
    """Within the radius, or in one zone where that is enough."""
    if by_zone and a.zone is not None and a.zone == b.zone:
        return True
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return False
    assert a.latitude is not None and a.longitude is not None  # noqa: S101, PT018  # as just seen
    assert b.latitude is not None and b.longitude is not None  # noqa: S101, PT018
    return measure_metres(a.latitude, a.longitude, b.latitude, b.longitude) <= radius_m


def where_of(member: Member) -> Where:
    """Where a report is, as distances are measured to it."""
    return Where(member.latitude, member.longitude, member.zone)


def where_is(incident: Incident) -> Where:
    """Where an incident is, as distances are measured to it; no place where none of its reports has one."""
    middle = incident.middle
    return Where(middle.latitude if middle else None, middle.longitude if middle else None, incident.zone)


def admits(incident: Incident, member: Member, rule: IncidentRule, *, said: bool = False) -> bool:
    """Whether the report joins by itself: of its kind, near, neither long before it nor after it was last looked for.

    `said`: its reporter says that it is this one; then a report without a place needs none.
    """
    if incident.is_over or incident.category != member.category:
        return False
    if (incident.sensitive, incident.shown) != (member.sensitive, member.shown):
        return False
    if not incident.since - timedelta(minutes=rule.minutes) <= member.reported_at <= incident.joins_until:
        return False
    here = where_of(member)
    nowhere = here.latitude is None and here.zone is None
    radius = incident.radius_m or rule.radius_m
    return (said and nowhere) or is_near(here, where_is(incident), radius, by_zone=incident.by_zone)


def list_alike(member: Member, others: Sequence[Member], rule: IncidentRule) -> list[Member]:
    """The report with those near it, the oldest first; of one openness, and within the rule's time."""
    span = timedelta(minutes=rule.minutes)
    found = [
        other
        for other in others
        if other.report != member.report
        and (other.category, other.sensitive, other.shown) == (member.category, member.sensitive, member.shown)
        and abs(other.reported_at - member.reported_at) <= span
        and is_near(where_of(member), where_of(other), rule.radius_m, by_zone=rule.by_zone)
    ]
    return sorted([member, *found], key=lambda one: (one.reported_at, one.report))


def propose_incident(members: Sequence[Member], lead: Member, rule: IncidentRule, at: datetime) -> Incident:
    """The incident that a rule proposes of these reports; the work of `lead` is to do for all of them."""
    since = min(member.reported_at for member in members)
    zones = {member.zone for member in members}
    return Incident(
        work_order=lead.work_order,
        report=lead.report,
        reference=lead.reference,
        category=lead.category,
        sensitive=lead.sensitive,
        shown=lead.shown,
        zone=zones.pop() if len(zones) == 1 else lead.zone,
        by_zone=rule.by_zone,
        middle=middle_of(members),
        radius_m=rule.radius_m,
        since=since,
        joins_until=max(since, at) + timedelta(hours=rule.join_hours),
        state="proposed",
        begun_at=at,
    )


def middle_of(members: Sequence[Member]) -> Middle | None:
    """The mean of their places; None when none has one."""
    placed = [
        (one.latitude, one.longitude) for one in members if one.latitude is not None and one.longitude is not None
    ]
    if not placed:
        return None
    latitudes, longitudes = zip(*placed, strict=True)
    return Middle(latitude=round(sum(latitudes) / len(placed), 5), longitude=round(sum(longitudes) / len(placed), 5))


def enter(before: Lookout | None, new: Proposed, rule: IncidentRule, over: frozenset[str]) -> Lookout | None:
    """The lookout with one proposal more; None when one is entered already that is near and not among those `over`."""
    if already_proposed(before, new, rule, over):
        return None
    kept = before.proposed if before else []
    return Lookout(proposed=[*kept, new][-PROPOSED_KEPT:])


def already_proposed(lookout: Lookout | None, new: Proposed, rule: IncidentRule, over: frozenset[str]) -> str | None:
    """The undecided or confirmed incident that this would be once more."""
    here = Where(new.latitude, new.longitude, new.zone)
    for one in reversed(lookout.proposed if lookout else []):
        there = Where(one.latitude, one.longitude, one.zone)
        if one.incident not in over and is_near(here, there, rule.radius_m, by_zone=rule.by_zone):
            return one.incident
    return None
