"""Two incidents that are one: an officer makes one of them part of the other.

Each is a case of its own, so it takes two steps. The one that stays agrees first, in a guarded step that refuses what
is over; then the other ends and says where its reports are. Of two officers who merge A into B and B into A, each finds
the other's word: what has taken another in is part of none. The walk over the members takes each of them along
(`joins.py`), and their work follows (`settling.py`).
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from services.dispatch import incident_bodies as bodies
from services.dispatch.commands import Desk
from services.dispatch.domain import incident_course, incident_work
from services.dispatch.domain.desk_work import call_off
from services.dispatch.domain.history import Acting
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_acts import Asked, write_down
from services.dispatch.joins import get_incident
from shared.kernel import Case, Cause, Reject, Step, now

HELD_ELSEWHERE = ("split", "referred")  # several teams or an agency have it: they would not hear that it is off
UNFINISHED = timedelta(minutes=10)  # no request lasts so long: whoever had begun to merge was cut off


async def merge_incident(desk: Desk, asked: Asked, incident_id: str, body: bodies.Merge) -> Case[Incident]:
    """The incident becomes part of the other: its reports' people are told of that one, once, and its work is off."""
    incident, into = await get_incident(desk, incident_id), await get_incident(desk, body.into)
    if incident.into != body.into:
        _need_alike(incident_id, incident, body.into, into)
        await _need_movable(desk, incident)
        await _forget_unfinished(desk, incident_id, incident)
        await _step(desk, body.into, partial(_take_in, incident_id))
    cause = asked.cause(incident_id)

    def give_up(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        if before is None:
            return None
        return incident_course.become_part(incident_id, before, body.into, into.reference, asked.build_acting(cause))

    try:
        case = await desk.store.incidents.step(incident_id, give_up, cause)
    except Reject:
        await _step(desk, body.into, partial(_let_go, incident_id))
        raise
    await write_down(desk, asked, asked.cause(f"{body.into}|{incident_id}"), body.into, incident.reference)
    await _end_orphan(desk, incident_id, incident.work_order, cause)
    return case


def _need_alike(incident_id: str, incident: Incident, into_id: str, into: Incident) -> None:
    if incident_id == into_id:
        raise Reject("same-incident", "An incident is no part of itself.", status=422)
    if incident.category != into.category:
        raise Reject("incident-mixed", "Reports of one incident are of one category.", status=422)
    if incident.openness != into.openness:
        raise Reject("incident-openness", "The public may know more of one of them than of the other.", status=422)


async def _need_movable(desk: Desk, incident: Incident) -> None:
    own = await desk.store.orders.get(incident.work_order)
    if incident.is_open and own is not None and own.state.state in HELD_ELSEWHERE:
        raise Reject(
            "incident-work-elsewhere",
            f"Its work is {own.state.state}: take that back first, or make the other one part of this.",
        )


async def _forget_unfinished(desk: Desk, incident_id: str, incident: Incident) -> None:
    """What it was to take in, and what never came: its officer's second step was cut off, and without that word it may
    be made part of another. One that has just been taken in may still come."""
    if incident.took_in_at is not None and now() < incident.took_in_at + UNFINISHED:
        return
    for other in incident.took_in:
        if (await get_incident(desk, other)).into != incident_id:
            await _step(desk, incident_id, partial(_let_go, other))


def _take_in(incident_id: str, before: Incident) -> Step[Incident] | None:
    return incident_course.take_in(before, incident_id, now())


def _let_go(incident_id: str, before: Incident) -> Step[Incident] | None:
    """Nothing came of it."""
    return incident_course.let_go(before, incident_id)


async def _step(desk: Desk, incident_id: str, decide: "partial[Step[Incident] | None]") -> None:
    await desk.store.incidents.step(incident_id, lambda before, _: decide(before) if before else None, Cause.request())


async def _end_orphan(desk: Desk, incident_id: str, work_order: str, cause: Cause) -> None:
    """The work went on for the incident alone where its own report was gone: no member takes it along."""
    own = await desk.store.orders.get(work_order)
    if own is None or not (own.state.is_open and incident_work.does_work_of(own.state, incident_id)):
        return
    member = await desk.store.memberships.get(own.state.report.id)
    if member is not None and member.state.state == "joined":
        return

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if order is None or not order.is_open:
            return None
        return call_off(desk.town, order, Acting(None, cause.at), outcome="withdrawn")

    await desk.store.orders.step(work_order, decide, replace(cause, by=None))
