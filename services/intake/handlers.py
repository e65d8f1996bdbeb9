"""What intake hears: how the work goes and which incidents are known (from dispatch), and whether the reporter was told
(from notify)."""

from functools import partial

from services.intake.commands import Desk
from services.intake.domain import outage
from services.intake.domain.progress import list_ends, record_look_up, record_notice, record_work
from services.intake.domain.report import REPORTER, Report
from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.events.incidents import IncidentClosed, IncidentKnown
from shared.events.notices import ContactShown, NoticeEvent
from shared.events.topics import internal
from shared.events.work_orders import WorkOrderEvent
from shared.kernel import Cause, Step
from shared.kernel.service import Service

REOPEN_DAYS = 14  # for a category that the profile no longer has


def subscribe(service: Service, desk: Desk) -> None:
    """Registers what intake hears: each topic's handler, which `Service.on` calls with one event at a time."""

    @service.on(internal("work-orders"))
    async def on_work_order(event: Event, envelope: Envelope, cause: Cause) -> None:
        match event:
            case IncidentKnown():
                known = partial(outage.know, news=event, at=envelope.time)
                await desk.store.outages.step(event.incident_id, lambda one, cause: known(one, late=cause.late), cause)
            case IncidentClosed():
                ended = partial(outage.end, news=event, at=envelope.time)
                await desk.store.outages.step(event.incident_id, lambda one, cause: ended(one, late=cause.late), cause)
            case WorkOrderEvent():
                await record_work_on_report(desk, event, envelope, cause)

    @service.on(internal("notices"), audience=REPORTER)
    async def on_notice(event: Event, envelope: Envelope, cause: Cause) -> None:
        if isinstance(event, NoticeEvent) and event.audience == REPORTER:
            # Of the others, which are half of all, the report is neither read nor written.
            if list_ends(event):
                await desk.store.step(
                    event.case_id, lambda report, _: record_notice(report, event, envelope.time), cause
                )
        elif isinstance(event, ContactShown) and event.audience == REPORTER:
            await desk.store.step(event.case_id, lambda report, _: record_look_up(report, event, envelope.time), cause)


async def record_work_on_report(desk: Desk, event: WorkOrderEvent, envelope: Envelope, cause: Cause) -> None:
    """Onto the timeline of the report that the work is about."""

    def decide(report: Report, cause: Cause) -> Step[Report]:
        category = desk.town.categories.get(report.category)
        days = category.reopen_days if category else REOPEN_DAYS
        return record_work(report, event, envelope.subject, envelope.time, late=cause.late, reopen_days=days)

    await desk.store.step(event.report_id, decide, cause)
