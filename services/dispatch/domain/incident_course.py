"""The course of an incident: found or opened by hand, confirmed or denied, told of how it stands, led by another order,
over. That it goes on after all: `incident_reopening.py`. Each of its members is told of what concerns them by a walk
(`joins.py`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.dispatch.domain.history import Acting
from services.dispatch.domain.incident import TICK, Incident, Telling, list_common_fields, list_incident_fields
from shared.events.incidents import IncidentChanged, IncidentClosed, IncidentEvent, IncidentOpened
from shared.events.outcomes import Outcome
from shared.events.work_orders import Level
from shared.kernel import Reject, Step
from shared.readers import with_public_form

EXPECTED_MOST = timedelta(days=90)  # what lasts longer is no outage


@dataclass(frozen=True)
class Lead:
    """The work order that does an incident's work, as it stands."""

    work_order: str
    report: str
    reference: str
    team: str | None
    level: Level
    agency: str | None
    expected: datetime | None = None  # by when the agency expects to be done
    rounds: int = 0  # how often the work has been sent back


@dataclass(frozen=True)
class Page:
    """Members who were told together; `last` None: nobody comes after them. `failed`: some of them were not told.
    `at`: of the walk's step that told them (`Telling.at`). `looking`: since when those have come who look around again
    now. `unled`: the work order that was to do the work, and had
    ended before it could."""

    at: datetime
    last: str | None
    failed: bool = False
    looking: datetime | None = None
    unled: str | None = None


def begin(incident: Incident) -> Step[Incident]:
    """Found: an officer is asked, and nobody else hears of it yet."""
    return Step(incident)


def open_incident(
    incident_id: str,
    incident: Incident,
    lead: Lead | None,
    acting: Acting,
    *,
    expected_until: datetime | None = None,
    note: str | None = None,
) -> Step[Incident]:
    """An officer says that it is one. Members that wait for this word are told by a walk (`joins.tell_members`), with
    what is known already."""
    if incident.state != "proposed" or lead is None:
        raise Reject("incident-decided", f"The incident is {incident.state} already.")
    led = incident.model_copy(update=of_lead(lead))
    said = with_announcement(led, acting.at, expected_until, note)
    after = said.model_copy(update={"state": "open", "opened_at": acting.at, "decided_by": acting.by})
    after = with_fact(after, acting.at)
    return Step(after, [IncidentOpened(**list_incident_fields(incident_id, after))])


def deny(incident: Incident, acting: Acting) -> Step[Incident]:
    """An officer says that it is none: it does not come back for these reports, whose work goes on as before."""
    if incident.state != "proposed":
        raise Reject("incident-decided", f"The incident is {incident.state} already.")
    return Step(
        incident.model_copy(
            update={"state": "denied", "closed_at": acting.at, "decided_by": acting.by, "telling": None}
        )
    )


def announce(
    incident_id: str, incident: Incident, at: datetime, *, expected_until: datetime | None, note: str | None
) -> Step[Incident] | None:
    """What an officer says of it; reports join by themselves at least until it is expected to be over."""
    if not incident.is_open:
        raise Reject("incident-not-open", f"The incident is {incident.state}.")
    return _tell_changed(incident_id, incident, with_announcement(incident, at, expected_until, note), at)


def follow_work(incident_id: str, incident: Incident, lead: Lead, at: datetime) -> Step[Incident] | None:
    """Who has its work now. Its reports are told when an agency was informed and by when it expects to be done, unless
    an officer has said so already; not of each hand in the town hall."""
    if not incident.is_open or lead.work_order != incident.work_order:
        return None
    until = incident.expected_until or (lead.expected if lead.expected and lead.expected > at else None)
    said: dict[str, Any] = {"team": lead.team, "level": lead.level, "agency": lead.agency, "expected_until": until}
    after = incident.model_copy(update=said | {"joins_until": max(incident.joins_until, until or incident.joins_until)})
    if (lead.agency, until) != (incident.agency, incident.expected_until):
        return _tell_changed(incident_id, incident, after, at)
    return Step(after) if after != incident else None


def change_lead(incident_id: str, incident: Incident, lead: Lead) -> Step[Incident]:
    """Another report's work order does the work from now on. Its reports' people notice nothing."""
    after = incident.model_copy(update=of_lead(lead))
    return Step(after, [IncidentChanged(**list_incident_fields(incident_id, after))])


def want_lead(incident: Incident, work_order: str, at: datetime) -> Step[Incident] | None:
    """The work order that was to do the work does not: the moment `lead` finds another (`leading.py`)."""
    if not incident.is_open or incident.work_order != work_order or incident.lead_due:
        return None
    return Step(incident.model_copy(update={"lead_due": at}))


def note_lead(incident: Incident, work_order: str, at: datetime, *, leads: bool) -> Step[Incident]:
    """The work order that was found: it does the work now, or it ended before it could, and another is looked for."""
    due = incident.lead_due
    if not incident.is_open or (leads and incident.work_order == work_order):
        due = None
    elif due is not None:
        due = max(at, due + TICK)  # a moment takes effect once
    return Step(incident.model_copy(update={"lead_due": due}))


def take_in(incident: Incident, other: str, at: datetime) -> Step[Incident] | None:
    """Another is to be part of this one, where reports are and will be for some time."""
    if other in incident.took_in:
        return None
    if not incident.is_open:
        raise Reject("incident-not-open", f"The incident is {incident.state}.")
    return Step(incident.model_copy(update={"took_in": [*incident.took_in, other], "took_in_at": at}))


def let_go(incident: Incident, other: str) -> Step[Incident] | None:
    """The other is no part of it after all."""
    left = [one for one in incident.took_in if one != other]
    return Step(incident.model_copy(update={"took_in": left})) if left != incident.took_in else None


def become_part(
    incident_id: str, incident: Incident, into: str, into_reference: str, acting: Acting
) -> Step[Incident] | None:
    """It is part of another: the walk takes its reports there, each of whom is told of that one."""
    if incident.into == into:
        return None
    if incident.is_over:
        raise Reject("incident-not-open", f"The incident is {incident.state}.")
    if incident.took_in:
        raise Reject("incident-took-in", "It has taken another one in: make the other part of this one.")
    changes: dict[str, Any] = {"state": "resolved", "outcome": "duplicate", "closed_at": acting.at, "lead_due": None}
    changes |= {"into": into, "into_reference": into_reference, "decided_by": acting.by}
    after = with_fact(incident.model_copy(update=changes), acting.at)
    closed = [IncidentClosed(**list_common_fields(incident_id, after), outcome="duplicate", into=into)]
    return Step(after, closed if incident.is_open else [])


def resolve(
    incident_id: str, incident: Incident, outcome: Outcome, at: datetime, done: str | None = None
) -> Step[Incident] | None:
    """It is over: each member is to be told. The moment `tell` wakes the walk (`joins.tell_members`)."""
    if not incident.is_open:
        return None
    changes: dict[str, Any] = {"state": "resolved", "outcome": outcome, "closed_at": at, "lead_due": None}
    changes |= with_public_form("done", done, incident.openness)
    after = with_fact(incident.model_copy(update=changes), at)
    return Step(after, [IncidentClosed(**list_common_fields(incident_id, after), outcome=outcome)])


def note_page(incident: Incident, page: Page, at: datetime) -> Step[Incident] | None:
    """A page of members was told: the walk goes on after the last of them, or is at its end. With members whom it could
    not tell it begins again there, for them alone. None: it is over already, or further, or there is more to tell by
    now: then this page is told once more, with all of it."""
    before = incident.telling
    if before is None or before.at != page.at:
        return None
    failed = before.failed or page.failed
    later = max(at, before.at + TICK)  # whatever the clock says: a moment takes effect once
    if page.last is not None:
        telling: Telling | None = Telling(at=later, after=page.last, failed=failed)
    else:
        telling = Telling(at=later) if failed else None
    after = incident.model_copy(update={"telling": telling})
    if page.looking is not None and page.looking == after.missed_since:
        after = after.model_copy(update={"missed_since": None})
    wanted = want_lead(after, page.unled, at) if telling is None and page.unled else None
    return wanted or Step(after)


def of_lead(lead: Lead) -> dict[str, Any]:
    """What an incident knows of the work order that does its work."""
    about = {"work_order": lead.work_order, "report": lead.report, "reference": lead.reference}
    return {**about, "team": lead.team, "level": lead.level, "agency": lead.agency, "rounds": lead.rounds}


def with_announcement(incident: Incident, at: datetime, expected_until: datetime | None, note: str | None) -> Incident:
    """With what an officer says of it; 422 for an end that does not lie ahead."""
    if expected_until is not None and not at < expected_until <= at + EXPECTED_MOST:
        raise Reject("expected-time", f"It must lie ahead, at most {EXPECTED_MOST.days} days.", status=422)
    said = with_public_form("note", note, incident.openness)
    joins_until = max(incident.joins_until, expected_until or incident.joins_until)
    return incident.model_copy(update={**said, "expected_until": expected_until, "joins_until": joins_until})


def with_fact(incident: Incident, at: datetime) -> Incident:
    """One thing more that each member is to be told; a walk that is under way begins anew, and tells both at once."""
    later = max(at, incident.telling.at + TICK) if incident.telling else at
    return incident.model_copy(update={"fact": incident.fact + 1, "telling": Telling(at=later)})


def _tell_changed(incident_id: str, before: Incident, after: Incident, at: datetime) -> Step[Incident] | None:
    if after == before:
        return None
    after = with_fact(after, at)
    event: IncidentEvent = IncidentChanged(**list_incident_fields(incident_id, after))
    return Step(after, [event])
