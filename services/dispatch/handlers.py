"""What dispatch does when a report says something: finds the report's work and lets the domain decide.

A report's work has an id derived from the report (`order_id`), so opening it twice finds it there. All other events
find their work by the index over report ids: what is open, else the last that was closed. A work order ignores what is
older than the event that brought the report to it, so a late copy never reaches work that began after it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from services.dispatch import belonging, watch
from services.dispatch.commands import Desk
from services.dispatch.domain import checking, from_report, separated
from services.dispatch.domain.history import Acting, officer_of
from services.dispatch.domain.parts import AboutReport
from services.dispatch.domain.referring import note_told
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.routing_facts import add_earlier, facts_of_order, facts_of_report
from shared.events.agencies import WorkOrderReferred
from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.notices import NoticeEvent, NoticeSent
from shared.events.reports import (
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportMerged,
    ReportRated,
    ReportReopened,
    ReportSeparated,
    ReportSubmitted,
    ReportWithdrawn,
)
from shared.events.topics import internal
from shared.kernel import Case, Cause, Reject, Step
from shared.kernel.fold import leave_batch
from shared.kernel.service import Service
from shared.people import AGENCY
from shared.town import Town

Change = Callable[[WorkOrder, Cause], Step[WorkOrder] | None]


def subscribe(service: Service, desk: Desk) -> None:
    """Reports from the bus, and what became of messages to agencies."""
    service.on(internal("notices"), audience=AGENCY)(partial(on_notice, desk))

    @service.on(internal("reports"))
    async def on_report(event: Event, envelope: Envelope, cause: Cause) -> None:
        match event:
            case ReportSubmitted():
                await _open(desk, event, envelope, cause)
            case ReportReopened():
                await _reopen(desk, event, envelope, cause)
            case ReportAmended():
                await _amend(desk, event, envelope, cause)
            case ReportRated(stars=stars):
                await _rate(desk, envelope, cause, stars)
            case ReportSeparated():
                await _begin_apart(desk, event, envelope, cause)
            case _:
                if change := _change_by(desk.town, event, envelope):
                    await _change(desk, envelope, cause, change)
                    await belonging.follow(desk, event, envelope.subject, cause)


def _change_by(town: Town, event: Event, envelope: Envelope) -> Change | None:
    """What the event changes in the work that it is for; None: nothing."""
    match event:
        case ReportCommented():
            return lambda order, _: from_report.add_comment(town, order, event, envelope.time)
        case ReportFollowed():
            return lambda order, cause: from_report.count_followers(order, event, envelope.sequence, cause.at)
        case ReportMerged(into_reference=into):
            return lambda order, cause: from_report.drop_duplicate(town, order, into, cause.at, officer_of(event))
        case ReportWithdrawn(reason=reason):
            return lambda order, cause: from_report.withdraw(town, order, reason, cause.at)
        case _:
            return None


async def on_notice(desk: Desk, notice: Event, _envelope: Envelope, cause: Cause) -> None:
    """Whether the agency was reached that the report's work was handed to at that moment."""
    if not isinstance(notice, NoticeEvent) or notice.about != WorkOrderReferred.type:
        return
    end: Literal["sent", "failed"] = "sent" if isinstance(notice, NoticeSent) else "failed"
    why = next((one.reason for one in notice.channels if one.reason), None)
    for found in await desk.store.find_about(notice.case_id):
        referral = found.state.referral
        if referral is None or notice.happened_at is None or referral.referred_at != notice.happened_at:
            continue

        def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            return note_told(desk.town, order, Acting(None, cause.at), end=end, why=why) if order else None

        await desk.store.orders.step(found.id, decide, cause)


async def _open(desk: Desk, event: ReportSubmitted, envelope: Envelope, cause: Cause) -> None:
    """Once saved the relay tells intake and notify of it, the change stream tells open boards (`stream.py`)."""
    facts = await add_earlier(desk, facts_of_report(desk.town, event, event.submitted_at), envelope.subject)
    report = AboutReport(id=envelope.subject, since=envelope.sequence)

    def decide(order: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        return from_report.begin_work(desk.town, event, report, facts) if order is None else None

    opened = await desk.store.orders.step(order_id(envelope.subject), decide, cause, is_new=True)
    await belonging.come_in(desk, opened, cause, event.incident_id)
    if opened.created:
        desk.store.orders.after_save(opened.id, partial(watch.count_routed, event.submitted_at))


async def _reopen(desk: Desk, event: ReportReopened, envelope: Envelope, cause: Cause) -> None:
    """The work before it says what the event does not repeat (answers, channel).

    If there is none, the event alone must suffice.
    """
    before = _wholes(await desk.store.find_about(envelope.subject))
    whole = await desk.store.orders.get(before[-1].id) if before else None
    last = whole.state if whole else None
    if whole is not None and whole.id != order_id(envelope.subject, event.times):
        await desk.store.orders.step(
            whole.id, lambda order, cause: checking.note_reopened(desk.town, order, cause.at) if order else None, cause
        )
    report = AboutReport(id=envelope.subject, since=envelope.sequence)
    again = from_report.gather_facts_again(desk.town, event, last, envelope.time)
    facts = await add_earlier(desk, again, envelope.subject)

    def decide(order: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        return from_report.begin_again(desk.town, event, report, last, facts, envelope.time) if order is None else None

    await desk.store.orders.step(order_id(envelope.subject, event.times), decide, cause)
    await belonging.be_gone(desk, envelope.subject, cause)  # it has work of its own from now on


async def _begin_apart(desk: Desk, event: ReportSeparated, envelope: Envelope, cause: Cause) -> None:
    """The merge has called its work off, unless that is done for a whole incident (`separated.py`). Either way it may
    be one of several again."""
    leave_batch()  # an incident that it comes back to must see it
    before = _wholes(await desk.store.find_about(envelope.subject))
    whole = await desk.store.orders.get(before[-1].id) if before else None
    last = whole.state if whole else None
    if whole is not None and separated.is_still_its_own(whole.state, event):
        went_on = await desk.store.orders.step(
            whole.id, lambda order, cause: separated.take_up(order, event, cause.at) if order else None, cause
        )
        await belonging.come_back(desk, went_on, cause)
        return
    report = AboutReport(id=envelope.subject, since=envelope.sequence)
    facts = await add_earlier(desk, facts_of_report(desk.town, event, envelope.time), envelope.subject)

    def decide(order: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        begun = separated.begin_apart(desk.town, event, report, last, facts, envelope.time)
        return begun if order is None else None

    new = order_id(envelope.subject, times_separated=event.times)
    begun = await desk.store.orders.step(new, decide, cause)
    await belonging.come_in(desk, begun, cause)


async def _amend(desk: Desk, event: ReportAmended, envelope: Envelope, cause: Cause) -> None:
    """Work that is over is corrected too: text that must be removed is stored there too."""
    newest: Case[WorkOrder] | None = None
    for found in await _find_begun(desk, envelope):
        corrected = from_report.correct(found.state, event)
        facts = await add_earlier(desk, facts_of_order(desk.town, corrected), envelope.subject)

        def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            if order is None:
                return None
            return from_report.amend(desk.town, order, event, facts, envelope.sequence, cause.at)  # noqa: B023

        newest = await desk.store.orders.step(found.id, decide, cause)
    if newest is not None:
        await belonging.correct(desk, envelope.subject, newest, cause)


async def _rate(desk: Desk, envelope: Envelope, cause: Cause, stars: int) -> None:
    """What was done last before the rating is what was rated; who is satisfied has checked it."""
    done = [order for order in _wholes(await _find_begun(desk, envelope)) if order.state.completion is not None]

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        rated = from_report.rate(order, stars, envelope.sequence, cause.at) if order else None
        return (checking.confirm(desk.town, rated.state, stars, cause.at) or rated) if rated else None

    for found in done[-1:]:
        await desk.store.orders.step(found.id, decide, cause)


async def _change(desk: Desk, envelope: Envelope, cause: Cause, change: Change) -> None:
    for found in await _find_concerned(desk, envelope):
        await desk.store.orders.step(found.id, lambda order, cause: change(order, cause) if order else None, cause)


async def _find_concerned(desk: Desk, envelope: Envelope) -> list[Case[WorkOrder]]:
    """The work that an event of a report is for: what is open, else the last that was closed."""
    begun = await _find_begun(desk, envelope)
    return [order for order in begun if order.state.is_open] or _wholes(begun)[-1:]


def _wholes(orders: Sequence[Case[WorkOrder]]) -> list[Case[WorkOrder]]:
    """Without the shares of what was split."""
    return [order for order in orders if order.state.parent is None]


async def _find_begun(desk: Desk, envelope: Envelope) -> list[Case[WorkOrder]]:
    """All work on a report that began before the event. None at all: its `submitted` never took effect here."""
    found = await desk.store.find_about(envelope.subject)
    if not found:
        raise Reject("no-work-order", f"no work is about report {envelope.subject}: replay its submitted event first")
    return [order for order in found if order.state.report.since <= envelope.sequence]
