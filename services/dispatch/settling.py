"""What a membership waits for (`member_moments`): its own work order follows it; a report alone looks for its like."""

from collections.abc import Callable

from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course, incident_work, membership
from services.dispatch.domain.incident import Incident, outcome_for_event
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.finding import look_around
from services.dispatch.joins import get_incident, tell_missed
from services.dispatch.routing_facts import add_earlier, facts_of_order
from shared.kernel import Case, Cause, Moment, Step

Follow = Callable[[WorkOrder, Cause], Step[WorkOrder] | None]


async def settle(desk: Desk, report_id: str, _moment: Moment, cause: Cause) -> None:
    """Once for each time that it came due. Repeated after a crash, everything here finds itself done."""
    case = await desk.store.memberships.get(report_id)
    if case is None:
        return
    due = case.state.due
    found = due is not None and await _settle(desk, case, cause)
    if not found:
        await desk.store.memberships.step(report_id, lambda one, _: membership.settle(one, due) if one else None, cause)


async def settle_now(desk: Desk, report_id: str) -> None:
    """What an officer has just done shows at once; its moment comes all the same, and finds it done."""
    case = await desk.store.memberships.get(report_id)
    if case is not None and case.state.due is not None:
        await settle(desk, report_id, Moment("settle", case.state.due), Cause.request())


async def _settle(desk: Desk, case: Case[Membership], cause: Cause) -> bool:
    """Whether the membership was stepped by this cause."""
    one = case.state
    own = await desk.store.orders.get(one.work_order) if one.work_order else None
    if own is None:
        return False
    if one.state == "joined" and one.incident:
        await _stand_aside(desk, one, own, await get_incident(desk, one.incident), cause)
        return False
    if own.state.incident is not None:
        own = await _go_on(desk, own, cause)
    return one.state == "alone" and own.state.is_open and await look_around(desk, case, cause)


async def _stand_aside(desk: Desk, one: Membership, own: Case[WorkOrder], incident: Incident, cause: Cause) -> None:
    incident_id = one.incident or ""
    if incident.is_dissolved:  # it came in while nobody was left: its own work does not end with that
        case = await desk.store.memberships.get(own.state.report.id)
        if case is not None and case.state.incident == incident_id:
            await tell_missed(desk, incident_id, case.state.told, case, cause)
        return
    leads = incident.work_order == own.id and incident.is_open
    steps: list[Follow] = []
    if leads:
        steps.append(lambda order, cause: incident_work.take_lead(order, incident_id, cause.at))
    else:
        if incident.is_open or own.state.incident != incident_id:  # it ended with one that was not over
            steps.append(
                lambda order, cause: incident_work.stand_aside_again(desk.town, order, order.incident or "", cause.at)
            )
        steps.append(lambda order, cause: incident_work.stand_aside(order, incident_id, cause.at))
        if incident.outcome is not None:  # it was over before its order stood aside
            outcome = outcome_for_event(incident)
            steps.append(lambda order, cause: incident_work.end_with(order, incident_id, outcome, cause.at))
    for follow in steps:
        own = await _step(desk, own.id, follow, cause)
    if leads and not incident_work.does_work_of(own.state, incident_id):  # it is over: nobody would do the work
        await _want_lead(desk, incident_id, own.id)
    now = await get_incident(desk, incident_id)
    if now.is_open != incident.is_open:  # it went on, or ended, meanwhile: a walk that came by before found less to do
        await _stand_aside(desk, one, own, now, cause)


async def _go_on(desk: Desk, own: Case[WorkOrder], cause: Cause) -> Case[WorkOrder]:
    """The report left: its own work goes on, and an incident whose work it did needs another order for it."""
    facts = await add_earlier(desk, facts_of_order(desk.town, own.state), own.state.report.id)
    if own.state.leads and own.state.incident:
        await _want_lead(desk, own.state.incident, own.id)
    return await _step(desk, own.id, lambda order, cause: incident_work.go_on(desk.town, order, facts, cause.at), cause)


async def _want_lead(desk: Desk, incident_id: str, work_order: str) -> None:
    def decide(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        return incident_course.want_lead(before, work_order, cause.at) if before else None

    await desk.store.incidents.step(incident_id, decide, Cause.request())


async def _step(desk: Desk, work_order: str, follow: Follow, cause: Cause) -> Case[WorkOrder]:
    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        return follow(order, cause) if order else None

    # One cause may bring two steps of one order: each has its own, and finds itself done when it is repeated.
    return await desk.store.orders.step(work_order, decide, Cause.request(at=cause.at))
