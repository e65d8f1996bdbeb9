"""What officers and residents do to a found power cut, with all that follows, for tests of incidents."""

from services.dispatch import belonging
from services.dispatch.domain.from_report import correct
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import (
    close_incident,
    confirm_incident,
)
from services.dispatch.incident_bodies import Close, Confirm
from shared.events.reports import ReportAmended
from shared.kernel import Case, Cause, Step
from tests.support.found import Storm, asked


async def confirmed(storm: Storm, **said: object) -> str:
    incident_id, _ = await storm.only()
    body = Confirm.model_validate(said)
    await confirm_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()
    return incident_id


async def finished(storm: Storm) -> None:
    body = Close(note="ไฟฟ้ากลับมาแล้ว")
    (incident_id,) = [key for key, one in (await storm.incidents()).items() if one.is_open]
    await close_incident(storm.desk, asked(body), incident_id, body)
    await storm.settle()


async def amended(storm: Storm, report: str, category: str) -> None:
    """As `handlers._amend`, without the bus."""
    before = await storm.order(report)
    event = ReportAmended(reference=before.reference, category=category)
    await storm.act(report, lambda order: Step(correct(order, event).with_report(amended=5)))
    await belonging.correct(storm.desk, report, Case(order_id(report), 1, await storm.order(report)), Cause.request())
    await storm.settle()


def done(step: Step[WorkOrder] | None) -> Step[WorkOrder]:
    assert step is not None
    return step
