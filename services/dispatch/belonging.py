"""What a report's own events do to its place among incidents: it comes in, is corrected, or is gone."""

from services.dispatch.commands import Desk
from services.dispatch.domain import membership
from services.dispatch.domain.membership import Member, Membership
from services.dispatch.domain.place import address_of
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.joins import join_incident
from shared.events.base import Event
from shared.events.reports import ReportMerged, ReportWithdrawn
from shared.kernel import Case, Cause, Step


async def come_in(desk: Desk, order: Case[WorkOrder], cause: Cause, said: str | None = None) -> None:
    """A new report of a category that can become an incident looks around once it is saved (`settling.py`).

    `said`: the incident that its reporter says it is.
    """
    category = desk.town.categories.get(order.state.category)
    if category is None or category.incident is None or order.state.kind != "problem":
        return
    member = member_from(desk, order)

    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return membership.begin_alone(before, member, cause.at, said)

    await desk.store.memberships.step(member.report, decide, cause, is_new=True)


async def come_back(desk: Desk, order: Case[WorkOrder], cause: Cause) -> None:
    """The report whose own work does an incident's is told of that incident again."""
    incident_id = order.state.incident
    incident = await desk.store.incidents.get(incident_id) if incident_id else None
    found = await desk.store.memberships.get(order.state.report.id)
    if incident is None or incident.state.is_over or found is None or found.state.left_why != "gone":
        return
    await join_incident(desk, incident.id, member_from(desk, order), cause)


async def correct(desk: Desk, report_id: str, order: Case[WorkOrder], cause: Cause) -> None:
    """Of another category it is another matter: it leaves its incident, and is counted with its new like."""
    found = await desk.store.memberships.get(report_id)
    if found is None:
        await come_in(desk, order, cause)
        return
    incident = await desk.store.incidents.get(found.state.incident) if found.state.incident else None
    member = member_from(desk, order)

    def decide(before: Membership | None, cause: Cause) -> Step[Membership] | None:
        return (
            membership.turn(before, order.state, member, incident.state if incident else None, cause.at)
            if before
            else None
        )

    await desk.store.memberships.step(report_id, decide, cause)


async def follow(desk: Desk, event: Event, report_id: str, cause: Cause) -> None:
    """What the other events of a report mean for its place among incidents."""
    match event:
        case ReportMerged():
            await be_gone(desk, report_id, cause)
        case ReportWithdrawn():
            await be_gone_unfollowed(desk, report_id, cause)
        case _:
            return


async def be_gone(desk: Desk, report_id: str, cause: Cause) -> None:
    """Withdrawn, merged, or opened again by itself: it is told nothing more of an incident. One that was merged by
    mistake comes in once more (`come_in`, `come_back`)."""
    if await desk.store.memberships.get(report_id) is None:
        return
    await desk.store.memberships.step(
        report_id, lambda before, cause: membership.go(before, cause.at) if before else None, cause
    )


async def be_gone_unfollowed(desk: Desk, report_id: str, cause: Cause) -> None:
    """Withdrawn; whoever follows it is still told how the incident goes on."""
    about = await desk.store.find_about(report_id)
    if about and not about[-1].state.followers:
        await be_gone(desk, report_id, cause)


def member_from(desk: Desk, order: Case[WorkOrder]) -> Member:
    """The report of that work, with the village that its address names where it has no degrees."""
    state = order.state
    address = address_of(state)
    named = desk.town.zone_named(address) if address and state.zone is None else None
    return Member.of(order.id, state, shown=desk.town.shows(state.category), zone=named.code if named else None)
