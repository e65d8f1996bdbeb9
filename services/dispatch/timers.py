"""What time alone does to work: the moments that a work order waits for, and nothing else."""

from functools import partial

from services.dispatch.commands import Desk
from services.dispatch.domain.chasing import chase
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.referral import CHASED
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.joins import tell_members
from services.dispatch.watch import observe_teams
from shared.kernel import Cause, Moment, Step
from shared.kernel.service import Service


def schedule(service: Service, desk: Desk) -> None:
    """Alarms of the ladder, planned ends of pauses and what agencies owe (`work_order.moments`), and walks over the
    members of an incident (`incident_moments`)."""

    async def on_moment(order_id: str, moment: Moment, cause: Cause) -> None:
        happens = chase if moment.name.startswith(CHASED) else elapse

        def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            return happens(desk.town, order, cause.at) if order else None

        await desk.store.orders.step(order_id, decide, cause)

    service.on_due(desk.store.orders, on_moment)
    service.on_due(desk.store.incidents, partial(tell_members, desk))
    service.gauge(partial(observe_teams, desk.store, desk.town))
