"""What intake hears: how the work goes, and whether the reporter was told."""

from services.intake.domain.progress import expire, progress, shows, told
from services.intake.domain.report import REPORTER, Report
from services.intake.domain.retention import forget
from services.intake.store import Store
from shared.events import Envelope, Event, NoticeEvent, WorkOrderEvent
from shared.events.topics import internal
from shared.kernel import Cause, Moment, Step
from shared.kernel.service import Service
from shared.town import Town
from shared.town.models import Category

PHOTO_SWEEP_SECONDS = 600
RETENTION_SWEEP_SECONDS = 3600  # the period is counted in days
REOPEN_DAYS = 14  # for a category that the profile no longer has


def subscribe(service: Service, store: Store, town: Town) -> None:
    """Registers every handler, timer and sweep of the service."""

    @service.on(internal("work-orders"))
    async def on_work_order(event: Event, envelope: Envelope, cause: Cause) -> None:
        if isinstance(event, WorkOrderEvent):
            await _project(store, town, event, envelope, cause)

    @service.on(internal("notices"))
    async def on_notice(event: Event, envelope: Envelope, cause: Cause) -> None:
        if isinstance(event, NoticeEvent) and _worth_a_line(event):
            await _tell(store, event, envelope, cause)

    async def on_time(case_id: str, _moment: Moment, cause: Cause) -> None:
        """Nobody may reopen it any more, or nobody needs to know any more who sent it."""
        days = town.retention.reporter_days
        await store.step(
            case_id, lambda report, judged: expire(report, judged.at) or forget(report, judged.at, days), cause
        )

    service.on_due(store.cases, on_time)
    service.every(PHOTO_SWEEP_SECONDS, "photos", store.forget_photos)
    service.every(RETENTION_SWEEP_SECONDS, "retention", store.wake_overdue)


async def _project(store: Store, town: Town, event: WorkOrderEvent, envelope: Envelope, cause: Cause) -> None:
    """Onto the report it is about."""

    def decide(report: Report, judged: Cause) -> Step[Report]:
        category: Category | None = town.categories.get(report.category)
        days = category.reopen_days if category else REOPEN_DAYS
        return progress(report, event, envelope.subject, envelope.time, late=judged.late, reopen_days=days)

    await store.step(event.report_id, decide, cause)


def _worth_a_line(event: NoticeEvent) -> bool:
    """Whether the reporter's page says anything of it."""
    return event.audience == REPORTER and ".permit." not in event.about and any(map(shows, event.channels))


async def _tell(store: Store, event: NoticeEvent, envelope: Envelope, cause: Cause) -> None:
    await store.step(event.case_id, lambda report, _: told(report, event, envelope.time), cause)
