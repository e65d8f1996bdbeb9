"""Joining and leaving an incident, and telling all its members what it has to say: page by page, each of them once.

A walk may stop anywhere and begin again: the incident remembers the last page that is done, each membership the last
fact that it was told. Who joins while a walk is under way is never missed: either the walk comes to it later, or the
join sees the new fact when it looks at the incident once more. Each member's own work order follows its membership
(`settling.py`).
"""

import asyncio
from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course, incident_work, membership, telling, vicinity
from services.dispatch.domain.incident import Incident, outcome_for_event
from services.dispatch.domain.membership import Member, Membership
from services.dispatch.domain.work_order import WorkOrder
from shared.events.ids import derive_id
from shared.kernel import Case, Cause, Reject, Step, now
from shared.kernel.failures import is_transient
from shared.telemetry import get_log

log = get_log(__name__)

PAGE = 200  # members told in one step of the walk; some 0.2 s


async def join_incident(desk: Desk, incident_id: str, member: Member, cause: Cause) -> Case[Membership]:
    """A report becomes a member; 409 when the incident is over."""
    incident = await get_incident(desk, incident_id)

    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return membership.join(before, member, incident_id, incident, cause.at)

    case = await desk.store.memberships.step(member.report, decide, cause)
    return await tell_missed(desk, incident_id, incident.fact, case, cause)


async def tell_missed(
    desk: Desk, incident_id: str, fact: int, case: Case[Membership], cause: Cause
) -> Case[Membership]:
    """A walk may have passed before this member was there: `fact` is what it was taken in with."""
    again = await get_incident(desk, incident_id)
    if again.fact > fact:
        await _tell(desk, incident_id, again, case.id, cause.at)
        return await desk.store.memberships.get(case.id) or case
    return case


async def leave_incident(desk: Desk, report_id: str, cause: Cause, reason: str | None = None) -> None:
    """A report is no member any more; nothing when it was none."""
    found = await desk.store.memberships.get(report_id)
    if found is None or found.state.incident is None:
        return
    incident = await get_incident(desk, found.state.incident)
    own = await desk.store.orders.get(found.state.work_order)

    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return membership.leave(before, own.state if own else None, incident, cause.at, reason) if before else None

    await desk.store.memberships.step(report_id, decide, cause)


async def tell_members(desk: Desk, incident_id: str, cause: Cause) -> None:
    """One page of the walk: each member's own step, then the incident's, which makes the next page due at once.

    A member for whom it fails holds up nobody behind: they stay untold, and the walk comes back to them. When only such
    are left it fails itself, is tried again, and is parked in the end.
    """
    incident = await get_incident(desk, incident_id)
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
    unled = await _find_unled(desk, incident_id, incident) if last is None else None
    looking = await _wake_missed(desk, incident_id, incident, cause.at) if last is None else None
    page = incident_course.Page(incident.telling.at, last, failed=bool(failures), looking=looking, unled=unled)

    def decide(before: Incident | None, _: Cause) -> Step[Incident] | None:
        return incident_course.note_page(before, page, now()) if before else None

    await desk.store.incidents.step(incident_id, decide, cause)
    for failure in failures:
        log.error("a member of an incident is not told yet", extra={"case_id": incident_id}, exc_info=failure)


async def get_incident(desk: Desk, incident_id: str) -> Incident:
    """The incident of that id; refused (404) where there is none."""
    case = await desk.store.incidents.get(incident_id)
    if case is None:
        raise Reject("unknown-incident", f"There is no incident {incident_id}.", status=404)
    return case.state


async def _tell(desk: Desk, incident_id: str, incident: Incident, report_id: str, at: datetime) -> None:
    """The same fact told twice to one member has one cause, and takes effect once. Its own work ends before it is told
    that all is over, and stands aside again before it hears that it is not: what is not told yet is done once more."""
    cause = Cause(derive_id(report_id, "fact", incident_id, str(incident.fact)), "", at)
    if incident.into is not None:
        await _take_along(desk, incident_id, incident, incident.into, report_id, cause)
        return
    if incident.is_dissolved and await _let_out(desk, incident_id, incident, report_id, cause):
        return
    if incident.is_over or incident.taken_back:
        await _move_own_work(desk, incident_id, incident, report_id, cause)
    alive = await _has_work(desk, report_id)

    def decide(before: Membership | None, _: Cause) -> Step[Membership] | None:
        if before is not None and before.state == "proposed" and not alive:
            return membership.go(before, cause.at)  # its own work was done while nobody had decided yet
        return telling.tell(before, report_id, incident_id, incident) if before else None

    await desk.store.memberships.step(report_id, decide, cause)


async def _take_along(desk: Desk, incident_id: str, part: Incident, into_id: str, report_id: str, cause: Cause) -> None:
    """The report is in the other incident from now on, also where that is over: it may go on. Its own work follows
    (`settling.py`)."""
    into = await get_incident(desk, into_id)
    alive = await _has_work(desk, report_id)

    def decide(before: Membership | None, _: Cause) -> Step[Membership] | None:
        if before is None or before.incident != incident_id or before.state not in ("proposed", "joined"):
            return None
        if not alive:
            return membership.go(before, cause.at)  # its own work was done while nobody had decided yet
        member = membership.member_of(report_id, before)
        return telling.move(before, member, part, into_id, into, cause.at) if member else None

    case = await desk.store.memberships.step(report_id, decide, cause)
    if case.state.incident == into_id:
        await tell_missed(desk, into_id, into.fact, case, cause)


async def _let_out(desk: Desk, incident_id: str, incident: Incident, report_id: str, cause: Cause) -> bool:
    """Whether it was on its way in while nobody was left: nothing was done for it, and its own work is not over."""
    found = await desk.store.memberships.get(report_id)
    own = await desk.store.orders.get(found.state.work_order) if found and found.state.work_order else None
    if own is None or not incident_work.may_lead(own.state, incident_id):
        return False

    def decide(before: Membership | None, _: Cause) -> Step[Membership] | None:
        if before is None or before.incident != incident_id:
            return None
        return membership.let_out(before, own.state, incident, cause.at)

    await desk.store.memberships.step(report_id, decide, cause)
    return True


async def _has_work(desk: Desk, report_id: str) -> bool:
    """Whether the work of a report that waits for an officer's word still goes on; of others it is not asked."""
    found = await desk.store.memberships.get(report_id)
    if found is None or found.state.state != "proposed" or not found.state.work_order:
        return True
    own = await desk.store.orders.get(found.state.work_order)
    return own is None or own.state.is_open


async def _wake_missed(desk: Desk, incident_id: str, incident: Incident, at: datetime) -> datetime | None:
    """Reports that came alone while the incident was taken for over look around again, as those that come now do: the
    same limits let them in (`finding.py`). Returns since when they came; None: there was nobody to wake."""
    rule = vicinity.rule_for(desk.town, incident.category)
    missed, after = incident.missed_since if incident.is_open else None, ""
    while missed is not None:
        found = await desk.store.find_missed(incident_id, incident, rule, missed, after, PAGE)
        for case in found:
            cause = Cause(derive_id(case.id, "missed", incident_id, str(incident.reopened_fact)), "", at)
            await desk.store.memberships.step(
                case.id, lambda before, cause: membership.look_again(before, cause.at), cause
            )
        if len(found) < PAGE:
            break
        after = found[-1].id
    return missed


async def _find_unled(desk: Desk, incident_id: str, incident: Incident) -> str | None:
    """The work order that was to do the work of an open incident and does not: it ended before it heard of that. None
    also while nobody has joined: an officer is opening it by hand."""
    own = await desk.store.orders.get(incident.work_order) if incident.is_open else None
    if own is None or incident_work.does_work_of(own.state, incident_id):
        return None
    return own.id if await desk.store.list_members(incident_id, ("joined",), "", 1) else None


async def _move_own_work(desk: Desk, incident_id: str, incident: Incident, report_id: str, cause: Cause) -> None:
    """It ends with the incident, and stands aside for it again; not that of a member who has heard as much before."""
    found = await desk.store.memberships.get(report_id)
    if found is None or (found.state.incident, found.state.state) != (incident_id, "joined"):
        return
    if found.state.told >= incident.fact or found.state.work_order in ("", incident.work_order):
        return
    outcome = outcome_for_event(incident) if incident.is_over else None

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if order is None:
            return None
        if outcome is not None:
            return incident_work.end_with(order, incident_id, outcome, cause.at)
        return incident_work.stand_aside_again(desk.town, order, incident_id, cause.at)

    await desk.store.orders.step(found.state.work_order, decide, cause)
