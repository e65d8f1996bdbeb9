"""What time alone does: the moments that a work order, an incident and a report's membership wait for."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.dispatch.commands import Desk
from services.dispatch.domain.chasing import chase
from services.dispatch.domain.escalation import elapse
from services.dispatch.domain.incident_work import NEWS
from services.dispatch.domain.referral import CHASED
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.families import settle_children, tell_parent
from services.dispatch.leading import follow_work, on_incident_due
from services.dispatch.settling import settle
from services.dispatch.watch import observe_teams
from shared.kernel import Cause, Moment, Step
from shared.kernel.service import Service
from shared.town import Town

PHOTO_SWEEP_SECONDS = 3600  # their time is counted in days
Elapse = Callable[[Town, WorkOrder, datetime], Step[WorkOrder] | None]


def schedule(service: Service, desk: Desk) -> None:
    """Alarms of the ladder, planned ends of pauses, what agencies owe, what split work and its shares hear of each
    other (`work_order.moments`), how an incident's work stands (`incident_work.incident_news`), walks over its members
    (`incident_moments`), and what these wait for (`member_moments`)."""

    async def on_order_due(order_id: str, moment: Moment, cause: Cause) -> None:
        match moment.kind:
            case "children":
                await settle_children(desk, order_id, cause)
            case "parent":
                await tell_parent(desk, order_id, cause)
            case kind if kind == NEWS:
                await follow_work(desk, order_id, cause)
            case kind:
                await time_passes(order_id, chase if kind == CHASED else elapse, cause)

    async def time_passes(order_id: str, happens: Elapse, cause: Cause) -> None:
        def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            return happens(desk.town, order, cause.at) if order else None

        await desk.store.orders.step(order_id, decide, cause)

    service.on_due(desk.store.orders, on_order_due)
    service.on_due(desk.store.incidents, partial(on_incident_due, desk))
    service.on_due(desk.store.memberships, partial(settle, desk))
    service.every(PHOTO_SWEEP_SECONDS, "photos", desk.store.photos.forget_unnamed)
    service.gauge(partial(observe_teams, desk.store, desk.town))
