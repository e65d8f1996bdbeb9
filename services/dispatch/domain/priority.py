"""How urgent work is, as an officer judges it against the rule that sent it: what is promised is worked out anew."""

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.history import Acting
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields, priority_for_event
from shared.events.work_orders import Priority, WorkOrderPrioritised
from shared.kernel import Reject, Step
from shared.town import Town


def prioritise(
    town: Town, order: WorkOrder, acting: Acting, *, priority: Priority, reason: str | None = None
) -> Step[WorkOrder]:
    """The promises of that priority, counted from when the work began and less what it has waited. The team, the state
    and the level stay; what is overdue by the new promise is escalated by its clock."""
    need(order, "prioritise")
    before = order.clocks
    if priority == before.priority:
        raise Reject("same-priority", f"Its priority is {priority} already.")
    fresh = clocks.start(town, before.service_level, priority, before.version, order.created_at, order.pauses)
    promised = clocks.apply_pauses(town, clocks.recompute(town, before, fresh), order.pauses)
    facts: dict[str, str] = {"priority": priority, "previous_priority": before.priority}
    after = change(order, "prioritised", acting, text=reason, facts=facts, clocks=promised)
    acknowledge = promised.acknowledge
    event = WorkOrderPrioritised(
        **list_common_fields(town, after, acting),
        priority=priority,
        previous_priority=priority_for_event(before.priority),
        acknowledge_by=acknowledge.due_at if acknowledge else None,
        due_at=after.due_at,
        reason=reason,
    )
    return Step(after, [event])
