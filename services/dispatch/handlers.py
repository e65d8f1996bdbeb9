"""What dispatch does when a report says something: finds the report's work and lets the domain decide.

A report's work has an id derived from the report (`order_id`), so opening it twice finds it there. All other events
find their work by the index over report ids: what is open, else the last that was closed. A work order ignores what is
older than the event that brought the report to it, so a late copy never reaches work that began after it.
"""

from collections.abc import Callable

from services.dispatch.domain import from_report
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.work_order import AboutReport, WorkOrder, order_id
from services.dispatch.routing_facts import facts_of_order, facts_of_report, with_earlier
from services.dispatch.store import Store
from shared.events import (
    Envelope,
    Event,
    ReportAmended,
    ReportCommented,
    ReportEvent,
    ReportFollowed,
    ReportMerged,
    ReportReopened,
    ReportSubmitted,
    ReportWithdrawn,
)
from shared.events.topics import internal
from shared.kernel import Case, Cause, Reject, Step
from shared.kernel.service import Service
from shared.town import Town

Change = Callable[[WorkOrder, Cause], Step[WorkOrder] | None]


def subscribe(service: Service, store: Store, town: Town) -> None:
    """Reports from the bus, and the work orders' own alarms."""

    @service.on(internal("reports"))
    async def on_report(event: Event, envelope: Envelope, cause: Cause) -> None:
        report_id, sequence = envelope.subject, envelope.sequence
        match event:
            case ReportSubmitted():
                await _open(town, store, event, envelope, cause)
            case ReportReopened():
                await _reopen(town, store, event, envelope, cause)
            case ReportAmended():
                await _amend(town, store, event, envelope, cause)
            case ReportCommented():
                await _each(store, envelope, cause,
                            lambda order, _: from_report.commented(order, event, envelope.time))  # fmt: skip
            case ReportFollowed():
                await _each(store, envelope, cause,
                            lambda order, c: from_report.followed(order, event, report_id, sequence, c.at))  # fmt: skip
            case ReportMerged(into_reference=into):
                await _each(store, envelope, cause,
                            lambda order, c: from_report.merged(town, order, report_id, into, c.at))  # fmt: skip
            case ReportWithdrawn(reason=reason):
                await _each(store, envelope, cause,
                            lambda order, c: from_report.withdrawn(town, order, report_id, reason, c.at))  # fmt: skip
            case _:
                return  # rated: nothing for the field

    async def on_alarm(order: str, cause: Cause) -> None:
        await store.orders.step(order, lambda state, c: elapse(town, state, c.at) if state else None, cause)

    service.on_due(store.orders, on_alarm)


async def _open(town: Town, store: Store, event: ReportSubmitted, envelope: Envelope, cause: Cause) -> None:
    facts = await with_earlier(town, store, facts_of_report(town, event), envelope.subject)
    report = _report(event, envelope)

    def decide(order: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        return from_report.opened(town, event, report, facts) if order is None else None

    await store.orders.step(order_id(envelope.subject), decide, cause)


async def _reopen(town: Town, store: Store, event: ReportReopened, envelope: Envelope, cause: Cause) -> None:
    """The work before it tells what the event does not repeat (answers, channel); without it the event has to do."""
    before = await store.about(envelope.subject)
    last = before[-1].state if before else None
    report = _report(event, envelope)
    again = from_report.facts_again(town, event, last, envelope.time)
    facts = await with_earlier(town, store, again, envelope.subject)

    def decide(order: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        return from_report.reopened(town, event, report, last, facts, envelope.time) if order is None else None

    await store.orders.step(order_id(envelope.subject, event.times), decide, cause)


async def _amend(town: Town, store: Store, event: ReportAmended, envelope: Envelope, cause: Cause) -> None:
    for found in await _concerned(store, envelope):
        corrected = from_report.corrected(found.state, event)
        facts = await with_earlier(town, store, facts_of_order(town, corrected), envelope.subject)

        def decide(order: WorkOrder | None, c: Cause) -> Step[WorkOrder] | None:
            if order is None:
                return None
            return from_report.amended(town, order, event, facts, envelope.subject, envelope.sequence, c.at)  # noqa: B023

        await store.orders.step(found.id, decide, cause)


async def _each(store: Store, envelope: Envelope, cause: Cause, change: Change) -> None:
    for found in await _concerned(store, envelope):
        await store.orders.step(found.id, lambda order, c: change(order, c) if order else None, cause)


async def _concerned(store: Store, envelope: Envelope) -> list[Case[WorkOrder]]:
    """The work orders that an event of a report is for. None: its `submitted` never took effect here, say so."""
    found = await store.about(envelope.subject)
    if not found:
        raise Reject("no-work-order", f"no work is about report {envelope.subject}: replay its submitted event first")
    mine = [order for order in found if order.state.report(envelope.subject).since <= envelope.sequence]
    return [order for order in mine if order.state.is_open] or mine[-1:]


def _report(event: ReportEvent, envelope: Envelope) -> AboutReport:
    return AboutReport(id=envelope.subject, reference=event.reference, since=envelope.sequence)
