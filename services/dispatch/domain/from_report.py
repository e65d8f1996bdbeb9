"""What happens to work because something happened to its report; the only way in which work begins."""

from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks
from services.dispatch.domain.crew_work import given_to
from services.dispatch.domain.desk_work import cancel
from services.dispatch.domain.routing import Facts, Routed, route
from services.dispatch.domain.work_order import (
    COMMENTS_KEPT,
    AboutReport,
    Comment,
    Rule,
    WorkOrder,
    base_level,
    changed,
    common,
)
from shared.events import (
    Outcome,
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportReopened,
    ReportSubmitted,
    WorkOrderAssigned,
    WorkOrderCreated,
)
from shared.kernel import Step
from shared.town import Town


def opened(town: Town, event: ReportSubmitted, report: AboutReport, facts: Facts) -> Step[WorkOrder]:
    """A report becomes work; its clocks run from the moment it was accepted, however long it travelled."""
    at = event.submitted_at
    routed = route(town, facts)
    order = WorkOrder(
        reference=event.reference, reports=[report], category=event.category, kind=event.kind, channel=event.channel,
        text=event.text, answers=dict(event.answers), place=event.location, zone=event.zone,
        outside_town=event.outside_town, sensitive=event.sensitive, photos=event.photos,
        created_at=at, changed_at=at, **_held(town, routed, at),
    )  # fmt: skip
    return _created(town, order, at, routed)


def reopened(town: Town, event: ReportReopened, report: AboutReport, before: WorkOrder | None, facts: Facts,
             at: datetime) -> Step[WorkOrder]:  # fmt: skip
    """It was not fixed: new work, routed by today's rules; what the old work knew about the report goes with it."""
    routed = route(town, facts)
    order = WorkOrder(
        reference=event.reference, reports=[report], category=event.category, text=event.text,
        place=event.location, zone=event.zone, sensitive=event.sensitive, reopened=event.times,
        kind=facts.kind, channel=facts.channel, answers=dict(facts.answers), outside_town=facts.outside_town,
        photos=before.photos if before else 0, followers=before.followers if before else 0,
        comments=before.comments if before else [], created_at=at, changed_at=at, **_held(town, routed, at),
    )  # fmt: skip
    return _created(town, order, at, routed, event.reason)


def facts_again(town: Town, event: ReportReopened, before: WorkOrder | None, at: datetime) -> Facts:
    """What routing looks at when a report is opened again; answers and channel are those of the work before."""
    place = event.location
    return Facts(
        category=event.category, at=at, working=town.calendar.is_working(at), text=event.text, zone=event.zone,
        outside_town=before.outside_town if before else False,
        latitude=place.latitude if place else None, longitude=place.longitude if place else None,
        channel=before.channel if before else "web", kind=before.kind if before else "problem",
        answers=before.answers if before else {},
    )  # fmt: skip


def corrected(order: WorkOrder, event: ReportAmended) -> WorkOrder:
    """The order with what the correction says; what it does not say stays."""
    return order.model_copy(
        update={
            "category": event.category,
            "sensitive": event.sensitive,
            "text": event.text if event.text is not None else order.text,
            "place": event.location or order.place,
            "zone": event.zone if event.location else order.zone,
        }
    )


def amended(town: Town, order: WorkOrder, event: ReportAmended, facts: Facts, report_id: str, sequence: int,
            at: datetime) -> Step[WorkOrder] | None:  # fmt: skip
    """Text or place corrected; another category means other promises and perhaps another team, and it says so.

    Each correction says all that is true of the report: one that is older than the last leaves only a line.
    """
    if not order.is_open:
        return None
    if sequence < order.report(report_id).amended:
        return Step(changed(order, "amended_late", at, facts={"category": event.category}))
    after = corrected(order, event).with_report(report_id, amended=sequence)
    after = changed(after, "amended", at, facts={"category": event.category})
    if event.category == order.category:
        return Step(after)
    return _rerouted(town, order, after, route(town, facts), at)


def commented(order: WorkOrder, event: ReportCommented, at: datetime) -> Step[WorkOrder]:
    """The crew sees it; no clock moves."""
    comment = Comment(at=at, by=event.by, text=event.text, photos=event.photos)
    comments = sorted([*order.comments, comment], key=lambda each: each.at)[-COMMENTS_KEPT:]
    return Step(changed(order, "commented", at, text=event.text, facts={"by": event.by}, comments=comments))


def followed(order: WorkOrder, event: ReportFollowed, report_id: str, sequence: int,
             at: datetime) -> Step[WorkOrder] | None:  # fmt: skip
    """How many care; a count, so it leaves no line in the history, and an older one says nothing."""
    if sequence < order.report(report_id).followed:
        return None
    after = order.with_report(report_id, followed=sequence)
    return Step(after.model_copy(update={"followers": event.followers, "changed_at": at}))


def merged(town: Town, order: WorkOrder, report_id: str, into: str, at: datetime) -> Step[WorkOrder] | None:
    """The report is a duplicate of another, which has its own work."""
    return _left(town, order, report_id, "merged", "duplicate", at, into)


def withdrawn(town: Town, order: WorkOrder, report_id: str, reason: str | None, at: datetime) -> Step[WorkOrder] | None:
    """The reporter took it back; the work goes on for those who follow it, or for the other reports it is about."""
    return _left(town, order, report_id, "withdrawn", "withdrawn", at, reason)


def _left(town: Town, order: WorkOrder, report_id: str, state: str, outcome: Outcome, at: datetime,
          text: str | None) -> Step[WorkOrder] | None:  # fmt: skip
    if not order.is_open:
        return None
    order = order.with_report(report_id, state=state)
    kept = any(report.state == "open" for report in order.reports) or (outcome == "withdrawn" and order.followers > 0)
    if kept:
        return Step(changed(order, f"report_{state}", at, text=text))
    return cancel(town, order, None, at, outcome, text)


def _rerouted(town: Town, before: WorkOrder, order: WorkOrder, routed: Routed, at: datetime) -> Step[WorkOrder]:
    fresh = clocks.start(town, routed.service_level, routed.priority, routed.version, before.created_at, before.pauses)
    promised = clocks.waited(town, clocks.recomputed(town, before.clocks, fresh), before.pauses)
    order = order.model_copy(
        update={"clocks": promised, "rule": Rule(code=routed.rule, version=routed.version), "agency": routed.agency}
    )
    moves = given_to(town, order, routed.team, at) if routed.team != before.team else {}
    reason = f"{before.category} → {order.category} ({routed.rule or 'fallback'})"
    after = changed(order, "rerouted", at, text=reason, facts={"previous_team": before.team}, **moves)
    previous = None if before.team == town.triage else before.team
    event = WorkOrderAssigned(**common(town, after), previous_team=previous, due_at=after.due_at, reason=reason)
    return Step(after, [event])


def _held(town: Town, routed: Routed, at: datetime) -> dict[str, Any]:
    return {
        "state": "new" if routed.team == town.triage else "assigned",
        "team": routed.team,
        "level": base_level(town, routed.team),
        "rule": Rule(code=routed.rule, version=routed.version),
        "agency": routed.agency,
        "clocks": clocks.start(town, routed.service_level, routed.priority, routed.version, at),
    }


def _created(town: Town, order: WorkOrder, at: datetime, routed: Routed, text: str | None = None) -> Step[WorkOrder]:
    order = changed(order, "created", at, text=text, facts={"rule": routed.rule or "", "version": routed.version})
    acknowledge = order.clocks.acknowledge
    event = WorkOrderCreated(
        **common(town, order), again=order.reopened > 0, zone=order.zone,
        priority=routed.priority, rule=routed.rule, rules_version=routed.version, service_level=routed.service_level,
        acknowledge_by=acknowledge.due_at if acknowledge else None, due_at=order.due_at,
    )  # fmt: skip
    return Step(order, [event])
