"""What belonging to an incident does to a work order: one of them does the incident's work, the others stand aside.

An order that stands aside is on no board, is counted nowhere and rings no alarm, but its clocks keep what was promised
to its own report: when that leaves the incident, the work goes on where it was and by those promises.
"""

from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks
from services.dispatch.domain.crew_work import acknowledge, complete
from services.dispatch.domain.desk_work import cancel
from services.dispatch.domain.history import Acting
from services.dispatch.domain.incident_course import Lead
from services.dispatch.domain.rerouting import hand_over_by_rule, leads_elsewhere
from services.dispatch.domain.routing import Facts, route
from services.dispatch.domain.work_order import WorkOrder, change
from shared.events.base import Event
from shared.events.outcomes import Outcome
from shared.kernel import Moment, Step
from shared.town import Town

NEWS = "incident"  # the kind of its moments


def stand_aside(order: WorkOrder, incident_id: str, at: datetime) -> Step[WorkOrder] | None:
    """Another order does its work from now on; None when it does already, when the work is over, or when several teams
    do a share of it: those go on."""
    if order.stands_aside and order.incident == incident_id:
        return None
    if order.stands_aside:  # it moves from one incident to another
        return Step(order.model_copy(update={"incident": incident_id}))
    if not order.is_open or order.state == "split" or order.parent is not None:
        return None
    changes: dict[str, Any] = {"state": "joined", "goes_on": order.state, "incident": incident_id}
    return Step(change(order, "incident_joined", Acting(None, at), **changes))


def take_lead(order: WorkOrder, incident_id: str, at: datetime) -> Step[WorkOrder] | None:
    """It does the incident's work from now on; a share of split work does not, its whole may."""
    if order.leads and order.incident == incident_id:
        return None
    if order.stands_aside:
        back: dict[str, Any] = {"state": order.goes_on or "assigned", "goes_on": None, "incident": incident_id}
        return Step(change(order, "incident_led", Acting(None, at), **back))
    if not order.is_open or order.parent is not None:
        return None
    return Step(change(order, "incident_led", Acting(None, at), incident=incident_id))


def does_work_of(order: WorkOrder, incident_id: str) -> bool:
    """Whether it does that incident's work, or has done it: then the incident hears of its end (`incident_news`)."""
    return order.leads and order.incident == incident_id


def go_on(town: Town, order: WorkOrder, facts: Facts, at: datetime) -> Step[WorkOrder] | None:
    """Its report left the incident: the work goes on where it was. Was the report corrected meanwhile, the town's rules
    choose anew whose it is."""
    acting = Acting(None, at)
    if order.leads and order.is_open:
        return Step(change(order, "incident_left", acting, incident=None, told_incident=""))
    if not order.stands_aside:
        return None
    back: dict[str, Any] = {"state": order.goes_on or "assigned", "goes_on": None, "incident": None}
    after = change(order, "incident_left", acting, **back)
    routed = route(town, facts)
    corrected = order.report.amended > 0 and leads_elsewhere(after, routed)
    return (
        hand_over_by_rule(town, after, after, routed, acting, routed.rule or "fallback") if corrected else Step(after)
    )


def end_with(order: WorkOrder, incident_id: str, outcome: Outcome, at: datetime) -> Step[WorkOrder] | None:
    """The incident is over, and with it this: nothing was done here alone, so there is no proof of its own."""
    if not order.stands_aside or order.incident != incident_id:
        return None
    ended: dict[str, Any] = {"outcome": outcome, "closed_at": at, "clocks": clocks.stop(order.clocks, at)}
    return Step(change(order, "incident_resolved", Acting(None, at), facts={"outcome": outcome}, **ended))


def ended_with(order: WorkOrder, incident_id: str) -> bool:
    """Whether it was over with that incident and by nothing else; its resident has not opened the report again."""
    over = order.state == "joined" and order.closed_at is not None and order.incident == incident_id
    return over and order.report.state != "reopened"


def stand_aside_again(town: Town, order: WorkOrder, incident_id: str, at: datetime) -> Step[WorkOrder] | None:
    """The incident was not over: neither is this, and what was promised to its own report runs on."""
    if order.closed_at is None or not ended_with(order, incident_id):
        return None
    running = clocks.as_if_never_stopped(town, order.clocks, order.closed_at, order.pauses)
    back: dict[str, Any] = {"outcome": None, "closed_at": None, "clocks": running}
    return Step(change(order, "incident_reopened", Acting(None, at), **back))


def may_lead(order: WorkOrder, incident_id: str) -> bool:
    """Whether it may do the work of an incident that is open: also what has not heard yet that this goes on again."""
    return order.is_open or order.stands_aside or ended_with(order, incident_id)


def lead_again(town: Town, order: WorkOrder, incident_id: str, at: datetime) -> Step[WorkOrder] | None:
    """It does the incident's work from now on, also where it was over with it."""
    aside = stand_aside_again(town, order, incident_id, at)
    return take_lead(aside.state if aside else order, incident_id, at)


def end_work(town: Town, order: WorkOrder, acting: Acting, outcome: Outcome, note: str) -> Step[WorkOrder]:
    """An officer says that the incident is over, however far its team is; what a repair must prove it must prove here
    too."""
    if outcome != "fixed":
        return cancel(town, order, acting, outcome=outcome, reason=note)
    events: list[Event] = []
    if order.state == "assigned":  # nobody has taken it: it ended by itself, or an agency's work did it
        taken = acknowledge(town, order, acting)
        order, events = taken.state, [*taken.events]
    done = complete(town, order, acting, outcome=outcome, note=note)
    return Step(done.state, [*events, *done.events])


def lead_of(town: Town, work_order: str, order: WorkOrder) -> Lead:
    """Who does an incident's work now, and since how many rounds: what everybody in the incident is told of it."""
    told = order.referral if order.referral and order.referral.holds and order.referral.status != "sending" else None
    return Lead(
        work_order=work_order,
        report=order.report.id,
        reference=order.reference,
        team=None if order.team == town.triage else order.team,
        level=order.level,
        agency=told.agency if told else None,
        expected=told.expected_at if told else None,
        rounds=rounds_of(order),
    )


def rounds_of(order: WorkOrder) -> int:
    """How often the work was sent back to its team after it had said that it was done."""
    return order.rework.times if order.rework else 0


def news_of(order: WorkOrder) -> str:
    """What its incident must hear of how the work stands, in short."""
    told = order.referral
    referral = f"{told.agency} {told.status} {told.expected_at or ''}" if told else ""
    over = f"over {order.outcome}" if order.closed_at else order.state if order.state == "referred" else ""
    return f"{order.team} {order.level} {referral} {over}".strip()


def incident_news(order: WorkOrder) -> list[Moment]:
    """Its incident does not know yet how the work stands: `leading.follow_work` tells it."""
    if not order.leads or news_of(order) == order.told_incident:
        return []
    return [Moment(f"{NEWS} {order.line_count}", order.changed_at)]


def note_told(order: WorkOrder, news: str) -> Step[WorkOrder] | None:
    """Note that the incident has heard this news of the work; None where it had before."""
    return Step(order.model_copy(update={"told_incident": news})) if order.told_incident != news else None
