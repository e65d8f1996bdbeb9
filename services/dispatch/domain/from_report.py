"""What happens to work because something happened to its report; the only way in which work begins."""

from datetime import datetime
from typing import Any, TypedDict

from services.dispatch.domain import clocks
from services.dispatch.domain.desk_work import call_off
from services.dispatch.domain.history import Acting, Actor, Comment, officer_of
from services.dispatch.domain.parts import AboutReport, Rule, Spot
from services.dispatch.domain.pausing import hear_answer
from services.dispatch.domain.place import address_for_mail
from services.dispatch.domain.rerouting import hand_over_by_rule
from services.dispatch.domain.routing import Facts, Routed, choose_public_rule, route
from services.dispatch.domain.states import State
from services.dispatch.domain.work_order import WorkOrder, change, choose_base_level, list_common_fields
from shared.events.reports import (
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportReopened,
    ReportSeparated,
    ReportSubmitted,
)
from shared.events.work_orders import Level, WorkOrderCreated, WorkOrderHidden
from shared.kernel import Step
from shared.town import Town

COMMENTS_CARRIED = 10  # from the work before to the work of a reopened report


class Holder(TypedDict):
    """With whom work begins, by which rule, and what is promised from then on: fields of a `WorkOrder`."""

    state: State
    team: str
    level: Level
    rule: Rule
    agency: str | None
    clocks: "clocks.Clocks"


def begin_work(town: Town, event: ReportSubmitted, report: AboutReport, facts: Facts) -> Step[WorkOrder]:
    """A report becomes work; its clocks run from the moment it was accepted, however long it travelled."""
    return begin(town, event, report, facts, event.submitted_at, photos=event.photos)


def begin(
    town: Town, event: ReportSubmitted | ReportSeparated, report: AboutReport, facts: Facts, at: datetime, **known: Any
) -> Step[WorkOrder]:
    """Work on a report as it is told, by today's rules; `known`: what else is known of it."""
    routed = route(town, facts)
    order = WorkOrder(
        reference=event.reference,
        report=report,
        category=event.category,
        kind=event.kind,
        channel=event.channel,
        text=event.text,
        answers=dict(event.answers),
        place=Spot.of(event.location),
        zone=event.zone,
        outside_town=event.outside_town,
        sensitive=event.sensitive,
        created_at=at,
        changed_at=at,
        **known,
        **_choose_holder(town, routed, at),
    )
    return _tell_created(town, order, at, routed)


def begin_again(
    town: Town, event: ReportReopened, report: AboutReport, before: WorkOrder | None, facts: Facts, at: datetime
) -> Step[WorkOrder]:
    """It was not fixed: new work, routed by today's rules; what the old work knew about the report goes with it."""
    routed = route(town, facts)
    order = WorkOrder(
        reference=event.reference,
        report=report,
        category=event.category,
        text=event.text,
        place=Spot.of(event.location),
        zone=event.zone,
        sensitive=event.sensitive,
        reopened=event.times,
        reopened_because=event.reason,
        kind=facts.kind,
        channel=facts.channel,
        answers=dict(facts.answers),
        outside_town=facts.outside_town,
        created_at=at,
        changed_at=at,
        **carry_over(before),
        **_choose_holder(town, routed, at),
    )
    return _tell_created(town, order, at, routed)


def carry_over(before: WorkOrder | None) -> dict[str, Any]:
    """What the events of a report do not repeat: fields of a `WorkOrder`; nothing where there was no work before."""
    if before is None:
        return {}
    counts = {"photos": before.photos, "followers": before.followers, "comment_count": before.comment_count}
    return {**counts, "comments": before.comments[-COMMENTS_CARRIED:]}


def gather_facts_again(town: Town, event: ReportReopened, before: WorkOrder | None, at: datetime) -> Facts:
    """What routing looks at when a report is opened again; answers and channel are those of the work before."""
    place = event.location
    return Facts(
        category=event.category,
        at=at,
        working=town.calendar.is_working(at),
        text=event.text,
        zone=event.zone,
        outside_town=before.outside_town if before else False,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        channel=before.channel if before else "web",
        kind=before.kind if before else "problem",
        answers=before.answers if before else {},
    )


def correct(order: WorkOrder, event: ReportAmended) -> WorkOrder:
    """The order with what the correction says; what it does not say stays."""
    return order.model_copy(
        update={
            "category": event.category,
            "sensitive": event.sensitive,
            "text": event.text if event.text is not None else order.text,
            "place": Spot.of(event.location) or order.place,
            "zone": event.zone if event.location else order.zone,
            "outside_town": event.outside_town if event.location else order.outside_town,
            "answers": order.answers if event.answers is None else dict(event.answers),
        }
    )


def amend(
    town: Town, order: WorkOrder, event: ReportAmended, facts: Facts, sequence: int, at: datetime
) -> Step[WorkOrder]:
    """Text or place corrected; another category means other promises and perhaps another team, and it says so.

    Each correction says all that is true of the report: one that is older than the last leaves only a line. Work that
    is over is corrected too, but goes nowhere; a share of split work stays with the team that a person chose.
    """
    report_side, by = Acting(None, at), Acting(officer_of(event), at)
    facts_of_line = {"category": event.category, "by": "staff" if event.actor else "reporter"}
    if sequence < order.report.amended:
        return Step(change(order, "amended_late", by, facts=facts_of_line))
    if event.category != order.category:
        facts_of_line["previous_category"] = order.category
    after = correct(order, event).with_report(amended=sequence)
    after = change(after, "amended", by, facts=facts_of_line)
    hides = town.shows(order.category) and not town.shows(event.category)
    hidden = [WorkOrderHidden(report_id=order.report.id)] if hides else []
    if event.category == order.category or not order.is_open or order.parent is not None:
        return Step(after, hidden)
    routed = route(town, facts)
    reason = f"{order.category} → {event.category} ({routed.rule or 'fallback'})"
    moved = hand_over_by_rule(town, order, after, routed, report_side, reason)
    return Step(moved.state, [*moved.events, *hidden])


def add_comment(town: Town, order: WorkOrder, event: ReportCommented, at: datetime) -> Step[WorkOrder]:
    """The crew sees it, and its photos, which are the report's next ones; no clock moves. Only what triage has asked
    its reporter about goes on with their answer."""
    comment = Comment(at=at, by=event.by, text=event.text, photos=event.photos, first_photo=order.photos + 1)
    comments = sorted([*order.comments, comment], key=lambda each: each.at)
    counts = {"comment_count": order.comment_count + 1, "photos": order.photos + event.photos}
    changes: dict[str, Any] = {"comments": comments, **counts}
    after = change(order, "commented", Acting(officer_of(event), at), facts={"by": event.by}, **changes)
    return (hear_answer(town, after, at) if event.by == "reporter" else None) or Step(after)


def count_followers(order: WorkOrder, event: ReportFollowed, sequence: int, at: datetime) -> Step[WorkOrder] | None:
    """How many care; a count, so it leaves no line in the history, and an older one says nothing."""
    if sequence < order.report.followed:
        return None
    after = order.with_report(followed=sequence)
    return Step(after.model_copy(update={"followers": event.followers, "changed_at": at}))


def rate(order: WorkOrder, stars: int, sequence: int, at: datetime) -> Step[WorkOrder] | None:
    """How the reporter liked what was done; the last word counts. The desk reads it, no crew is told."""
    if sequence < order.report.rated:
        return None
    after = order.with_report(rated=sequence)
    return Step(change(after, "rated", Acting(None, at), facts={"by": "reporter", "stars": str(stars)}, stars=stars))


def drop_duplicate(
    town: Town, order: WorkOrder, into: str, at: datetime, by: Actor | None = None
) -> Step[WorkOrder] | None:
    """The report is a duplicate of another, which has its own work: this one is called off, and its shares with it,
    unless it does the work of an incident. The other one is named to staff alone, for it may be hidden from everybody
    else by now, or be later."""
    if not (order.is_open or order.stands_aside) or order.parent is not None:
        return None
    if order.leads:
        order = order.with_report(state="merged")
        return Step(change(order, "report_merged", Acting(by, at), text=into))
    merged = order.with_report(state="merged")
    return call_off(town, merged, Acting(by, at), outcome="duplicate", aside=into, because="merged")


def withdraw(town: Town, order: WorkOrder, reason: str | None, at: datetime) -> Step[WorkOrder] | None:
    """The reporter took it back; the work goes on for those who follow it, and for all of an incident. A share does
    what the whole does."""
    if not (order.is_open or order.stands_aside) or order.parent is not None:
        return None
    order, report_side = order.with_report(state="withdrawn"), Acting(None, at)
    if order.followers or order.leads:
        return Step(change(order, "report_withdrawn", report_side, text=reason))
    return call_off(town, order, report_side, outcome="withdrawn", reason=reason)


def _choose_holder(town: Town, routed: Routed, at: datetime) -> Holder:
    """The team that the routing named; its clocks start at `at`."""
    return {
        "state": "new" if routed.team == town.triage else "assigned",
        "team": routed.team,
        "level": choose_base_level(town, routed.team),
        "rule": Rule(code=routed.rule, version=routed.version),
        "agency": routed.agency,
        "clocks": clocks.start(town, routed.service_level, routed.priority, routed.version, at),
    }


def _tell_created(town: Town, order: WorkOrder, at: datetime, routed: Routed) -> Step[WorkOrder]:
    """The first line of its history, and the word to everybody."""
    report_side = Acting(None, at)
    facts = {"rule": routed.rule or "", "version": routed.version}
    order = change(order, "created", report_side, facts=facts)
    acknowledge = order.clocks.acknowledge
    event = WorkOrderCreated(
        **list_common_fields(town, order, report_side),
        again=order.reopened > 0,
        zone=order.zone,
        address=address_for_mail(order),
        priority=routed.priority,
        rule=routed.rule,
        public_rule=choose_public_rule(town, routed.rule),
        rules_version=routed.version,
        service_level=routed.service_level,
        acknowledge_by=acknowledge.due_at if acknowledge else None,
        due_at=order.due_at,
    )
    return Step(order, [event])
