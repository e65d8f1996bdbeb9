"""The work order that does an incident's work: the incident hears how it stands, and finds another when it is gone."""

from datetime import datetime

from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course, incident_reopening, incident_work
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.taking_back import open_until
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.joins import get_incident, tell_members
from shared.kernel import Case, Cause, Moment, Step

CANDIDATES = 50  # members whose own work may take over, read at once; most of the first will do
NOBODYS_END = ("duplicate", "withdrawn")  # outcomes that say nothing of the outage: they end one report's work


async def on_incident_due(desk: Desk, incident_id: str, moment: Moment, cause: Cause) -> None:
    """A page of a walk, or another lead (`incident_moments`)."""
    if moment.name == "lead":
        await find_lead(desk, incident_id, cause)
    else:
        await tell_members(desk, incident_id, cause)


async def follow_work(desk: Desk, work_order: str, cause: Cause) -> None:
    """Its incident hears how the work stands, and ends with it (`incident_news`)."""
    case = await desk.store.orders.get(work_order)
    if case is None:
        return
    order, news = case.state, incident_work.news_of(case.state)
    if order.leads and order.incident:
        await _tell_incident(desk, case, order.incident, cause)
    await desk.store.orders.step(work_order, lambda one, _: incident_work.note_told(one, news) if one else None, cause)


async def _tell_incident(desk: Desk, case: Case[WorkOrder], incident_id: str, cause: Cause) -> None:
    def decide(incident: Incident | None, cause: Cause) -> Step[Incident] | None:
        return hear_of_work(desk, incident_id, incident, case, cause.at) if incident else None

    await desk.store.incidents.step(incident_id, decide, cause)


def hear_of_work(
    desk: Desk, incident_id: str, incident: Incident, case: Case[WorkOrder], at: datetime
) -> Step[Incident] | None:
    """What the work order's standing means for the incident; None: nothing new, another order does its work, or it was
    sent back since it was read. Whoever checks it and sends it back says that the incident is not over either."""
    order, rounds = case.state, incident_work.rounds_of(case.state)
    if incident.work_order != case.id or rounds < incident.rounds:
        return None
    if order.closed_at and order.outcome in NOBODYS_END:
        return incident_course.want_lead(incident, case.id, at)
    if order.closed_at and order.outcome:
        done = order.completion.note if order.completion else None
        until = open_until(desk.town, incident.category, at)
        known = incident.model_copy(update={"rounds": rounds, "reopen_until": until})
        return incident_course.resolve(incident_id, known, order.outcome, at, done)
    lead = incident_work.lead_of(desk.town, case.id, order)
    if rounds > incident.rounds and incident_reopening.may_go_on(desk.town, incident, at):
        return incident_reopening.reopen(desk.town, incident_id, incident, lead, at)
    return incident_course.follow_work(incident_id, incident, lead, at)


async def find_lead(desk: Desk, incident_id: str, cause: Cause) -> None:
    """Another member's own work order does the incident's work from now on; none is left: it is over. One that ends
    before it could is passed over the next time."""
    incident = await get_incident(desk, incident_id)
    taken: Case[WorkOrder] | None = None
    if incident.lead_due and incident.is_open:
        found = await _choose(desk, incident_id, incident)
        if found is None:
            await _dissolve(desk, incident_id, cause)
            return
        taken = await _hand_lead(desk, incident_id, found, cause)
    work_order = taken.id if taken else incident.work_order
    leads = taken is None or incident_work.does_work_of(taken.state, incident_id)
    await desk.store.incidents.step(
        incident_id,
        lambda before, cause: incident_course.note_lead(before, work_order, cause.at, leads=leads) if before else None,
        cause,
    )


async def _hand_lead(desk: Desk, incident_id: str, found: Case[WorkOrder], cause: Cause) -> Case[WorkOrder]:
    lead = incident_work.lead_of(desk.town, found.id, found.state)
    await desk.store.incidents.step(
        incident_id,
        lambda before, _: (
            incident_course.change_lead(incident_id, before, lead)
            if before and before.is_open and before.work_order != lead.work_order
            else None
        ),
        Cause.request(),
    )
    return await desk.store.orders.step(
        found.id,
        lambda order, cause: incident_work.lead_again(desk.town, order, incident_id, cause.at) if order else None,
        cause,
    )


async def _choose(desk: Desk, incident_id: str, incident: Incident) -> Case[WorkOrder] | None:
    """The one that was chosen before a crash, else the member's that has been in it for longest; also one whom the walk
    has not told yet that it is in."""
    own = await desk.store.orders.get(incident.work_order)
    if own is not None and await _may_lead(desk, incident_id, own):
        return own
    after = ""
    while members := await desk.store.list_members(incident_id, ("joined", "proposed"), after, CANDIDATES):
        for one in members:
            case = await desk.store.orders.get(one.state.work_order)
            if case is not None and incident_work.may_lead(case.state, incident_id):
                return case
        after = members[-1].id
    return None


async def _may_lead(desk: Desk, incident_id: str, case: Case[WorkOrder]) -> bool:
    """Whether its report is in it, and its work goes on."""
    found = await desk.store.memberships.get(case.state.report.id)
    inside = found is not None and found.state.incident == incident_id and found.state.state in ("joined", "proposed")
    return inside and incident_work.may_lead(case.state, incident_id)


async def _dissolve(desk: Desk, incident_id: str, cause: Cause) -> None:
    """No report is left in it that has work to do. Who was on the way in is let out again (`joins._let_out`)."""
    await desk.store.incidents.step(
        incident_id,
        lambda before, cause: incident_course.resolve(incident_id, before, "withdrawn", cause.at) if before else None,
        cause,
    )
