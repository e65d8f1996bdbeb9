"""Incidents and their members, as tests of dispatch and the bench need them."""

from datetime import timedelta
from functools import partial

from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course as rules
from services.dispatch.domain.history import Acting
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_course import Lead
from services.dispatch.domain.membership import Member
from services.dispatch.joins import join_incident, tell_members
from shared.events.ids import new_id
from shared.events.outcomes import Outcome
from shared.kernel import Cause, Moment, Step, now


def member(report: str | None = None, work_order: str = "") -> Member:
    """A report of a power cut, whose own work nobody looks at here."""
    return Member(
        report=report or new_id(),
        work_order=work_order,
        reference="MH-7F3K-9QX2",
        category="power-cut",
        reported_at=now(),
    )


def proposal(lead: Member) -> Incident:
    """What was found around that report."""
    return Incident(
        work_order=lead.work_order or new_id(),
        report=lead.report,
        reference=lead.reference,
        category=lead.category,
        state="proposed",
        since=lead.reported_at,
        joins_until=lead.reported_at + timedelta(hours=12),
        begun_at=lead.reported_at,
    )


async def incident(desk: Desk) -> str:
    """A power cut that has just become an incident, with one report in it."""
    incident_id, first = new_id(), member()
    found = proposal(first)
    lead = Lead(found.work_order, found.report, found.reference, None, "crew", None)

    def decide(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        return rules.open_incident(incident_id, found, lead, Acting(None, cause.at)) if before is None else None

    await desk.store.incidents.step(incident_id, decide, Cause.request())
    await join_incident(desk, incident_id, first, Cause.request())
    await walk(desk, incident_id)
    return incident_id


async def join(desk: Desk, incident_id: str, report: str | None = None) -> str:
    """One report more."""
    joining = member(report)
    await join_incident(desk, incident_id, joining, Cause.request())
    return joining.report


async def resolve(desk: Desk, incident_id: str, outcome: Outcome = "fixed") -> None:
    """Its work is done."""
    await desk.store.incidents.step(incident_id, partial(_resolve, incident_id, outcome), Cause.request())


def _resolve(incident_id: str, outcome: Outcome, before: Incident | None, cause: Cause) -> Step[Incident] | None:
    return rules.resolve(incident_id, before, outcome, cause.at) if before else None


async def walk(desk: Desk, incident_id: str) -> int:
    """The walk to its end, as its moments come; returns how many pages it took."""
    pages = 0
    while True:
        case = await desk.store.incidents.get(incident_id)
        assert case is not None
        if case.state.telling is None:
            return pages
        moment = Moment("tell", case.state.telling.at)
        await tell_members(desk, incident_id, Cause.timer(incident_id, moment))
        pages += 1
