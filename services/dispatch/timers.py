"""What time alone does to work: the moments that a work order waits for, and nothing else."""

from services.dispatch.commands import Desk
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Cause, Moment, Step
from shared.kernel.service import Service


def schedule(service: Service, desk: Desk) -> None:
    """Alarms of the escalation ladder and planned ends of pauses; `work_order.moments` says when."""

    async def on_moment(order_id: str, _moment: Moment, cause: Cause) -> None:
        def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            return elapse(desk.town, order, cause.at) if order else None

        await desk.store.orders.step(order_id, decide, cause)

    service.on_due(desk.store.orders, on_moment)
