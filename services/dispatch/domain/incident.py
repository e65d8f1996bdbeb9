"""An incident: many reports that are one thing, a power cut or a burst main, whose work one work order does.

Its members are cases of their own (`Membership`, under the report's id), never a list here: a step of the incident
costs the same whatever their number. What they must be told of it is a numbered fact, which a walk over the members
takes to each of them once (`joins.py`); every event about a member is keyed by its report.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from services.dispatch.domain.work_order import known_level
from shared.events.base import Event
from shared.events.incidents import IncidentJoined, IncidentLeft, IncidentOpened, IncidentResolved
from shared.events.outcomes import Outcome
from shared.events.work_orders import Level
from shared.kernel import Lenient, Moment, Reject, Step, StoredModel

_TICK = timedelta(milliseconds=1)  # the database's


class Telling(StoredModel):
    """A walk over the members that is under way: it goes on after the member `after`, at `at`."""

    at: datetime
    after: str = ""
    failed: bool = False  # somebody on the way could not be told


@dataclass(frozen=True)
class Page:
    """Members who were told together; `last` None: nobody comes after them. `failed`: some of them were not told."""

    last: str | None
    failed: bool = False


class Incident(StoredModel):
    """The state of one incident. `fact`: the number of the last thing that its members are to be told."""

    work_order: str
    report: str  # it began with
    reference: str
    category: str
    sensitive: bool = False
    shown: bool = True
    zone: str | None = None
    team: str | None = None
    level: Annotated[Level, Lenient] = "crew"
    state: Annotated[Literal["open", "resolved"], Lenient] = "open"
    opened_at: datetime
    resolved_at: datetime | None = None
    outcome: Annotated[Outcome, Lenient] | None = None
    fact: int = 0
    telling: Telling | None = None


class Membership(StoredModel):
    """A report's place in an incident; the case has the report's id. `told`: the last fact that it was told."""

    incident: str
    reference: str
    category: str
    sensitive: bool = False
    shown: bool = True
    state: Annotated[Literal["joined", "left"], Lenient] = "joined"
    joined_at: datetime
    left_at: datetime | None = None
    told: int = 0


class Member(StoredModel):
    """A report that is to join."""

    report: str
    reference: str
    category: str
    sensitive: bool = False
    shown: bool = True


def begin_incident(incident_id: str, incident: Incident) -> Step[Incident]:
    """A work order's matter turns out to be larger than one report."""
    said: dict[str, Any] = {
        "report_id": incident.report,
        "reference": incident.reference,
        "category": incident.category,
    }
    more: dict[str, Any] = {"zone": incident.zone, "team": incident.team}
    marks: dict[str, Any] = {"sensitive": incident.sensitive, "shown": incident.shown}
    links: dict[str, Any] = {"incident_id": incident_id, "work_order_id": incident.work_order}
    return Step(incident, [IncidentOpened(**said, **marks, **more, **links, level=known_level(incident.level))])


def resolve(incident: Incident, outcome: Outcome, at: datetime) -> Step[Incident] | None:
    """It is over: each member is to be told. The moment `tell` wakes the walk (`joins.tell_members`)."""
    if incident.state != "open":
        return None
    changes = {"state": "resolved", "outcome": outcome, "resolved_at": at}
    return Step(incident.model_copy(update={**changes, "fact": incident.fact + 1, "telling": Telling(at=at)}))


def note_page(incident: Incident, page: Page, at: datetime) -> Step[Incident] | None:
    """A page of members was told: the walk goes on after the last of them, or is at its end. With members whom it could
    not tell it begins again there, for them alone. None: it is over already, or further."""
    before = incident.telling
    if before is None or (page.last is not None and page.last <= before.after):
        return None
    failed = before.failed or page.failed
    later = max(at, before.at + _TICK)  # whatever the clock says: a moment takes effect once
    if page.last is not None:
        telling: Telling | None = Telling(at=later, after=page.last, failed=failed)
    else:
        telling = Telling(at=later) if failed else None
    return Step(incident.model_copy(update={"telling": telling}))


def incident_moments(incident: Incident) -> list[Moment]:
    """The next page of a walk."""
    return [Moment("tell", incident.telling.at)] if incident.telling else []


def join(
    before: Membership | None, member: Member, incident_id: str, incident: Incident, at: datetime
) -> Step[Membership] | None:
    """The report belongs to the incident from now on, and no longer to another; None when it does already."""
    if before is not None and before.state == "joined" and before.incident == incident_id:
        return None
    if incident.state != "open":
        raise Reject("incident-over", f"Incident {incident_id} is {incident.state}: nothing joins it any more.")
    membership = Membership(
        incident=incident_id,
        reference=member.reference,
        category=member.category,
        sensitive=member.sensitive,
        shown=member.shown,
        joined_at=at,
        told=incident.fact,
    )
    return Step(membership, [IncidentJoined(**_common(membership, member.report, incident))])


def leave(
    membership: Membership, report: str, incident: Incident, at: datetime, reason: str | None = None
) -> Step[Membership] | None:
    """The report does not belong to it after all."""
    if membership.state != "joined":
        return None
    after = membership.model_copy(update={"state": "left", "left_at": at})
    return Step(after, [IncidentLeft(**_common(membership, report, incident), reason=reason)])


def tell(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
    """The report is told what its incident has to say; None when it was told before, or is no member any more."""
    member = membership.state == "joined" and membership.incident == incident_id
    if not member or membership.told >= incident.fact or incident.outcome is None:
        return None
    after = membership.model_copy(update={"told": incident.fact})
    known: Outcome = incident.outcome if incident.outcome in get_args(Outcome) else "fixed"  # else a newer release's
    event: Event = IncidentResolved(**_common(membership, report, incident), outcome=known)
    return Step(after, [event])


def _common(membership: Membership, report: str, incident: Incident) -> dict[str, Any]:
    return {
        "report_id": report,
        "reference": membership.reference,
        "category": membership.category,
        "sensitive": membership.sensitive,
        "shown": membership.shown,
        "team": incident.team,
        "level": known_level(incident.level),
        "incident_id": membership.incident,
        "work_order_id": incident.work_order,
    }
