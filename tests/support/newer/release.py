"""What the newer release does otherwise; to be done before anything of dispatch that uses it is imported."""

from datetime import timedelta
from typing import Any

from services.dispatch.domain import work_order
from shared.kernel import Moment, Step
from shared.telemetry import metrics

INSPECT = "inspect"  # a moment of a kind of its own
CHECKED = "checked-by-supervisor"  # a state that follows on `completed`, and the value of the new field


class NewerWorkOrder(work_order.WorkOrder):
    """One field more."""

    quality: str = CHECKED


def arrive() -> None:
    """Store the new field with every step, the new state when work is completed, and a new moment of all work; say
    which release it is."""
    metrics.build_info.clear()
    metrics.build_info.labels("newer", "newer").set(1)
    work_order.WorkOrder = NewerWorkOrder  # type: ignore[misc]
    before = work_order.moments

    def moments(order: work_order.WorkOrder) -> list[Moment]:
        return [*before(order), Moment(INSPECT, order.created_at + timedelta(days=1))]

    work_order.moments, work_order.KINDS = moments, (*work_order.KINDS, INSPECT)  # type: ignore[assignment]
    from services.dispatch.domain import crew_work  # it must see the newer model

    real = crew_work.complete

    def complete(*given: Any, **named: Any) -> Step[Any]:
        step = real(*given, **named)
        return Step(step.state.model_copy(update={"state": CHECKED}), step.events, step.contacts)

    crew_work.complete = complete
