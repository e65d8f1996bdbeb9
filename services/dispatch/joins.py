"""Joining and leaving an incident, and telling all its members what it has to say: page by page, each of them once.

A walk may stop anywhere and begin again: the incident remembers the last page that is done, each membership the last
fact that it was told. Who joins while a walk is under way is never missed: either the walk comes to it later, or the
join sees the new fact when it looks at the incident once more.

Nothing in the running system opens an incident yet: only tests and the bench call these use cases. The walk is tested
and measured, and runs in no town so far.
"""

import asyncio
from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.domain import incident as rules
from services.dispatch.domain.incident import Incident, Member, Membership
from shared.events.ids import derive_id
from shared.events.outcomes import Outcome
from shared.kernel import Case, Cause, Moment, Reject, Step, now
from shared.kernel.outages import is_transient
from shared.telemetry import get_log

log = get_log(__name__)

PAGE = 200  # members told in one step of the walk; some 0.2 s


async def open_incident(desk: Desk, incident_id: str, incident: Incident, cause: Cause) -> Case[Incident]:
    """Once; the report that it began with is its first member."""

    def decide(before: Incident | None, _: Cause) -> Step[Incident] | None:
        return rules.begin_incident(incident_id, incident) if before is None else None

    case = await desk.store.incidents.step(incident_id, decide, cause)
    first = Member(
        report=incident.report,
        reference=incident.reference,
        category=incident.category,
        sensitive=incident.sensitive,
        shown=incident.shown,
    )
    await join_incident(desk, incident_id, first, cause)
    return case


async def join_incident(desk: Desk, incident_id: str, member: Member, cause: Cause) -> Case[Membership]:
    """A report becomes a member; 409 when the incident is over."""
    incident = await _get_incident(desk, incident_id)

    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return rules.join(before, member, incident_id, incident, cause.at)

    case = await desk.store.memberships.step(member.report, decide, cause)
    again = await _get_incident(desk, incident_id)
    if again.fact > incident.fact:  # a walk may have passed before this member was there
        await _tell(desk, incident_id, again, member.report, cause.at)
    return case


async def leave_incident(desk: Desk, report_id: str, cause: Cause, reason: str | None = None) -> None:
    """A report is no member any more; nothing when it was none."""
    found = await desk.store.memberships.get(report_id)
    if found is None:
        return
    incident = await _get_incident(desk, found.state.incident)

    def decide(membership: Membership | None, cause: Cause) -> Step[Membership] | None:
        return rules.leave(membership, report_id, incident, cause.at, reason) if membership else None

    await desk.store.memberships.step(report_id, decide, cause)


async def resolve_incident(desk: Desk, incident_id: str, outcome: Outcome, cause: Cause) -> Case[Incident]:
    """It is over. Its members are told by the moment `tell`, which `timers.py` gives to `tell_members`."""

    def decide(incident: Incident | None, cause: Cause) -> Step[Incident] | None:
        return rules.resolve(incident, outcome, cause.at) if incident else None

    return await desk.store.incidents.step(incident_id, decide, cause)


async def tell_members(desk: Desk, incident_id: str, _moment: Moment, cause: Cause) -> None:
    """One page of the walk: each member's own step, then the incident's, which makes the next page due at once.

    A member for whom it fails holds up nobody behind: they stay untold, and the walk comes back to them. When only such
    are left it fails itself, is tried again, and is parked in the end.
    """
    incident = await _get_incident(desk, incident_id)
    if incident.telling is None:
        await desk.store.incidents.step(incident_id, lambda _, __: None, cause)
        return
    members = await desk.store.find_untold(incident_id, incident.fact, incident.telling.after, PAGE)
    told = await asyncio.gather(
        *(_tell(desk, incident_id, incident, report, cause.at) for report in members), return_exceptions=True
    )
    failures = [failure for failure in told if failure is not None]
    last = members[-1] if len(members) == PAGE else None
    for failure in failures:
        if is_transient(failure) or len(failures) == len(members):
            raise failure
    page = rules.Page(last, failed=bool(failures))

    def decide(before: Incident | None, _: Cause) -> Step[Incident] | None:
        return rules.note_page(before, page, now()) if before else None

    await desk.store.incidents.step(incident_id, decide, cause)
    for failure in failures:
        log.error("a member of an incident is not told yet", extra={"case_id": incident_id}, exc_info=failure)


async def _tell(desk: Desk, incident_id: str, incident: Incident, report_id: str, at: datetime) -> None:
    """The same fact told twice to one member has one cause, and takes effect once."""
    cause = Cause(derive_id(report_id, "fact", incident_id, str(incident.fact)), "", at)

    def decide(membership: Membership | None, _: Cause) -> Step[Membership] | None:
        return rules.tell(membership, report_id, incident_id, incident) if membership else None

    await desk.store.memberships.step(report_id, decide, cause)


async def _get_incident(desk: Desk, incident_id: str) -> Incident:
    case = await desk.store.incidents.get(incident_id)
    if case is None:
        raise Reject("unknown-incident", f"There is no incident {incident_id}.", status=404)
    return case.state
