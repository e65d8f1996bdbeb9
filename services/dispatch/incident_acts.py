"""What officers do with incidents, whether by the API or by a page: once per request, by those who may."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from services.dispatch import incident_bodies as bodies
from services.dispatch.belonging import member_from
from services.dispatch.bodies import Body
from services.dispatch.commands import Desk, read_typed_reference
from services.dispatch.domain import incident_course, incident_work, vicinity
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.joins import get_incident, join_incident, leave_incident
from services.dispatch.leading import follow_work, hear_of_work
from services.dispatch.queries import Filter
from services.dispatch.settling import settle_now
from shared.events.ids import derive_id
from shared.kernel import Case, Cause, Reject, Step, fingerprint
from shared.kernel.trail import Line
from shared.people import Person

OF_INCIDENTS = "-incident"  # how the acts on incidents end in the trail
LEADS_TRIED = 50  # members whose own work might do the incident's


@dataclass(frozen=True)
class Asked:
    """Who asks for what, with the client's own key for a repeated request."""

    who: Person
    act: str
    body: Body
    key: str | None = None

    def cause(self, scope: str) -> Cause:
        """The same key again is the same cause."""
        content, said = fingerprint(self.body), f"{self.who.sub}|{scope}|{self.act}"
        return Cause.request(key=self.key, scope=said, content=content, by=self.who, act=self.act)

    def build_acting(self, cause: Cause) -> Acting:
        """Who acts and when, as the domain takes it."""
        return Acting(Actor(sub=self.who.sub, name=self.who.name), cause.at)


async def confirm_incident(desk: Desk, asked: Asked, incident_id: str, body: bodies.Confirm) -> Case[Incident]:
    """The proposal is one: its reports are told, and one of their work orders does the work."""
    incident = await get_incident(desk, incident_id)
    lead = await _open_lead(desk, incident_id, incident) if incident.state == "proposed" else None

    def decide(before: Incident, cause: Cause) -> Step[Incident] | None:
        said = body.words()
        return incident_course.open_incident(incident_id, before, lead, asked.build_acting(cause), **said)

    return await _step(desk, incident_id, decide, asked.cause(incident_id))


async def deny_incident(desk: Desk, asked: Asked, incident_id: str) -> Case[Incident]:
    """The proposal is none: the reports' own work goes on as it did."""

    def decide(before: Incident, cause: Cause) -> Step[Incident] | None:
        return incident_course.deny(before, asked.build_acting(cause))

    return await _step(desk, incident_id, decide, asked.cause(incident_id))


async def open_incident(desk: Desk, asked: Asked, body: bodies.Open) -> Case[Incident]:
    """Several reports, or one that more will follow, are one incident by an officer's word."""
    cause = asked.cause("incidents")
    orders = [await find_open_order(desk, typed) for typed in body.references]
    incident_id = derive_id(orders[0].id, "incident", cause.id)  # a request's own id has no time to sort by
    _need_free(incident_id, orders)
    incident = _by_hand(desk, orders, cause)
    lead = incident_work.lead_of(desk.town, orders[0].id, orders[0].state)

    def decide(before: Incident | None, cause: Cause) -> Step[Incident] | None:
        if before is not None:
            return None
        words = {name: said for name, said in body.words().items() if name != "references"}
        return incident_course.open_incident(incident_id, incident, lead, asked.build_acting(cause), **words)

    await desk.store.incidents.step(incident_id, decide, cause)
    await _join(desk, incident_id, orders, asked)
    case = await desk.store.incidents.get(incident_id)
    assert case is not None  # noqa: S101  # made above
    return case


async def add_reports(desk: Desk, asked: Asked, incident_id: str, body: bodies.Add) -> None:
    """They belong to it too, wherever they are."""
    await get_incident(desk, incident_id)
    orders = [await find_open_order(desk, typed) for typed in body.references]
    _need_free(incident_id, orders)
    await _join(desk, incident_id, orders, asked)


async def remove_report(desk: Desk, asked: Asked, incident_id: str, body: bodies.Remove) -> None:
    """It does not belong to it: its own work goes on, by what was promised to it."""
    order = await find_order(desk, body.reference)
    report = order.state.report.id
    found = await desk.store.memberships.get(report)
    if found is None or found.state.incident != incident_id or found.state.state not in ("proposed", "joined"):
        raise Reject("not-a-member", f"{order.state.reference} is not in this incident.")
    cause = asked.cause(f"{incident_id}|{report}")
    await leave_incident(desk, report, replace(cause, by=None), body.reason)
    await write_down(desk, asked, cause, incident_id, order.state.reference)
    await settle_now(desk, report)


async def announce(desk: Desk, asked: Asked, incident_id: str, body: bodies.Announce) -> Case[Incident]:
    """What is known of it by now: every reporter and follower is told."""

    def decide(before: Incident, cause: Cause) -> Step[Incident] | None:
        return incident_course.announce(incident_id, before, cause.at, **body.words())

    return await _step(desk, incident_id, decide, asked.cause(incident_id))


async def close_incident(desk: Desk, asked: Asked, incident_id: str, body: bodies.Close) -> Case[Incident]:
    """It is over: the work ends, and with it the incident and the work of all its reports."""
    incident = await get_incident(desk, incident_id)
    cause = asked.cause(incident_id)

    def end_work(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        if not incident.is_open:
            raise Reject("incident-not-open", f"The incident is {incident.state}.")
        if order is None or order.closed_at:  # it ended before it knew that it led: the incident ends as it did
            return None
        return incident_work.end_work(desk.town, order, asked.build_acting(cause), body.outcome, body.note)

    act = "complete" if body.outcome == "fixed" else "cancel"
    ended = await desk.store.orders.step(incident.work_order, end_work, replace(cause, act=act))

    def end(before: Incident, cause: Cause) -> Step[Incident] | None:
        # The order's moment may have told it first (`incident_news`): the act is the officer's all the same.
        return hear_of_work(desk, incident_id, before, ended, cause.at) or Step(before)

    case = await _step(desk, incident_id, end, cause)
    await follow_work(desk, ended.id, Cause.request())
    return case


async def find_order(desk: Desk, typed: str) -> Case[WorkOrder]:
    """The newest work about a report, by its reference as somebody typed it; 422 when there is none."""
    reference = read_typed_reference(desk.town, typed)
    found = await desk.store.list_newest(Filter(reference=reference), None, 1)
    if not found or reference is None:
        raise Reject("unknown-reference", f"There is no work on {typed}.", status=422)
    return found[0]


async def find_open_order(desk: Desk, typed: str) -> Case[WorkOrder]:
    """The same, where somebody still has to do something."""
    order = await find_order(desk, typed)
    if not (order.state.is_open or order.state.stands_aside):
        raise Reject("work-over", f"The work on {order.state.reference} is over.", status=422)
    return order


def _need_free(incident_id: str, orders: Sequence[Case[WorkOrder]]) -> None:
    for order in orders:
        if order.state.leads and order.state.incident != incident_id:
            raise Reject("leads-incident", f"{order.state.reference} does the work of another incident.", status=422)


async def _join(desk: Desk, incident_id: str, orders: Sequence[Case[WorkOrder]], asked: Asked) -> None:
    for order in orders:
        member = member_from(desk, order)
        cause = asked.cause(f"{incident_id}|{member.report}")
        await join_incident(desk, incident_id, member, replace(cause, by=None))
        if isinstance(asked.body, bodies.Add):
            await write_down(desk, asked, cause, incident_id, member.reference)
        await settle_now(desk, member.report)


async def write_down(desk: Desk, asked: Asked, cause: Cause, incident_id: str, reference: str) -> None:
    """Who did it, where the incident's own state says nothing of it: members are cases of their own."""
    line = Line(cause.id, cause.at, None, incident_id, reference, asked.act, asked.who)
    await desk.store.trail.add(desk.store.incidents.name, line)


async def _open_lead(desk: Desk, incident_id: str, incident: Incident) -> incident_course.Lead:
    """The member whose work is not over and who was first; 409 when all of it is over by now. Whoever was taken out of
    the proposal, is of another category or in another incident by now does not do its work."""
    members = await desk.store.list_members(incident_id, ("proposed", "joined"), "", LEADS_TRIED)
    first = await desk.store.memberships.get(incident.report)
    if first is not None and first.state.incident == incident_id and first.state.state in ("proposed", "joined"):
        members = [first, *members]
    for work_order in dict.fromkeys(one.state.work_order for one in members):
        order = await desk.store.orders.get(work_order)
        if order is not None and order.state.is_open and not order.state.leads:
            return incident_work.lead_of(desk.town, order.id, order.state)
    raise Reject("incident-work-over", "The work on all of its reports is over by now: deny it.")


def _by_hand(desk: Desk, orders: Sequence[Case[WorkOrder]], cause: Cause) -> Incident:
    members = [member_from(desk, order) for order in orders]
    if len({(one.category, one.sensitive, one.shown) for one in members}) > 1:
        raise Reject("incident-mixed", "Reports of one incident are of one category.", status=422)
    if not orders[0].state.is_open:
        raise Reject("already-in-incident", f"{orders[0].state.reference} is in an incident already.", status=422)
    rule = vicinity.rule_for(desk.town, members[0].category)
    incident = vicinity.propose_incident(members, members[0], rule, cause.at)
    return incident.model_copy(update={"by_hand": True})


async def _step(
    desk: Desk, incident_id: str, decide: Callable[[Incident, Cause], Step[Incident] | None], cause: Cause
) -> Case[Incident]:
    return await desk.store.incidents.step(incident_id, partial(_decide_known, decide), cause)


def _decide_known(
    decide: Callable[[Incident, Cause], Step[Incident] | None], before: Incident | None, cause: Cause
) -> Step[Incident] | None:
    return decide(before, cause) if before else None
