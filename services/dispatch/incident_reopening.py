"""An officer says that an incident is not over after all: its work goes on, and with it the incident for its reports.

The work comes first, in a step of its own. Whatever stops after it, the work's news reopens the incident all the same
(`leading.hear_of_work`), without the officer's words.
"""

from dataclasses import replace

from services.dispatch import incident_bodies as bodies
from services.dispatch.commands import Desk
from services.dispatch.domain import checking, incident_course, incident_reopening, incident_work
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_acts import LEADS_TRIED, Asked
from services.dispatch.joins import get_incident
from services.dispatch.leading import follow_work
from shared.kernel import Case, Cause, Reject, Step


async def reopen_incident(desk: Desk, asked: Asked, incident_id: str, body: bodies.Reopen) -> Case[Incident]:
    """Whoever was told that it is over hears once that it goes on. Reports that were opened again, merged or withdrawn
    meanwhile are in it no more."""
    incident = await get_incident(desk, incident_id)
    cause = asked.cause(incident_id)
    work = await _work_again(desk, asked, incident_id, incident, body, cause)
    lead = incident_work.lead_of(desk.town, work.id, work.state)

    def decide(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        if before is None:
            return None
        if before.is_open:  # the work's news came first, without the officer's words
            return incident_course.announce(incident_id, before, cause.at, **body.words()) or Step(before)
        incident_reopening.need_closed(desk.town, before, cause.at)
        return incident_reopening.reopen(desk.town, incident_id, before, lead, cause.at, **body.words())

    case = await desk.store.incidents.step(incident_id, decide, cause)
    await follow_work(desk, work.id, Cause.request())
    return case


async def _work_again(
    desk: Desk, asked: Asked, incident_id: str, incident: Incident, body: bodies.Reopen, cause: Cause
) -> Case[WorkOrder]:
    """The order that did its work does it again; if its own report was opened again, that of the next one in it."""
    own = await desk.store.orders.get(incident.work_order)
    does = own is not None and incident_work.does_work_of(own.state, incident_id)
    if own is not None and does and own.state.report.state != "reopened":
        chosen, leads_on = own.id, True
    else:
        chosen, leads_on = await _next_lead(desk, incident_id, incident, cause), False

    def again(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        incident_reopening.need_closed(desk.town, incident, cause.at)
        if order is None or order.is_open:  # whoever checked it has sent it back already
            return None
        if leads_on:
            return checking.open_again(desk.town, order, asked.build_acting(cause), body.note)
        return incident_work.lead_again(desk.town, order, incident_id, cause.at)

    return await desk.store.orders.step(chosen, again, replace(cause, act="send_back"))


async def _next_lead(desk: Desk, incident_id: str, incident: Incident, cause: Cause) -> str:
    """The work of the report that has been in it for longest; 409 where none is left in it."""
    for one in await desk.store.list_members(incident_id, ("joined",), "", LEADS_TRIED):
        order = await desk.store.orders.get(one.state.work_order)
        if order is not None and incident_work.may_lead(order.state, incident_id):
            return order.id
    incident_reopening.need_closed(desk.town, incident, cause.at)
    raise Reject("incident-nobody-left", "None of its reports is in it any more: each has work of its own.")
