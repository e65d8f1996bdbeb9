"""What split work and its shares hear of each other: each carried over by a moment of the case that knows, once.

Parent and children are saved one by one. Whatever stops in between, the moment stays due and is done again: a child has
an id of its own and begins once, a cause made from child and end is heard once.
"""

from services.dispatch.commands import Desk
from services.dispatch.domain import splitting
from services.dispatch.domain.parts import Child
from services.dispatch.domain.work_order import WorkOrder
from shared.events.ids import derive_id
from shared.kernel import Cause, Step


async def settle_children(desk: Desk, order_id: str, cause: Cause) -> None:
    """Shares that are planned begin; where the whole is over, they and those under way are called off."""
    case = await desk.store.orders.get(order_id)
    if case is None:
        return
    order = case.state
    for child in order.children:
        if child.state == "planned" and order.is_open:
            await _begin(desk, order_id, order, child, cause)
        elif child.is_open and not order.is_open:
            await _call_off(desk, order, child, cause)

    def decide(now: WorkOrder | None, _: Cause) -> Step[WorkOrder] | None:
        if now is None or now.children_due != order.children_due:
            return None  # more was planned meanwhile, or it has ended: that has a moment of its own
        return splitting.note_begun(now, ended=not order.is_open)

    await desk.store.orders.step(order_id, decide, cause)


async def tell_parent(desk: Desk, order_id: str, cause: Cause) -> None:
    """Tell the whole how this share ended, then note on the share that it was told; safe to repeat, in that order."""
    case = await desk.store.orders.get(order_id)
    if case is None:
        return
    child = case.state
    if child.parent is not None and child.parent_due is not None:
        once = derive_id(child.parent, "share", order_id, child.parent_due.isoformat())

        def hear(parent: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
            return splitting.hear_of_child(desk.town, parent, order_id, child, cause.at) if parent else None

        await desk.store.orders.step(child.parent, hear, Cause(once, cause.correlation_id, cause.at))
    await desk.store.orders.step(order_id, lambda order, _: splitting.note_told(order) if order else None, cause)


async def _begin(desk: Desk, order_id: str, parent: WorkOrder, child: Child, cause: Cause) -> None:
    once = Cause(derive_id(child.id, "begin"), parent.report.id, cause.at)

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        return splitting.begin_child(desk.town, order_id, parent, child, cause.at) if order is None else None

    await desk.store.orders.step(child.id, decide, once, is_new=True)


async def _call_off(desk: Desk, parent: WorkOrder, child: Child, cause: Cause) -> None:
    """One that was planned may have begun already, by a try that was stopped before it could note it."""
    if await desk.store.orders.get(child.id) is None:
        return
    once = Cause(derive_id(child.id, "call-off"), parent.report.id, cause.at)

    def decide(order: WorkOrder | None, cause: Cause) -> Step[WorkOrder] | None:
        return splitting.call_off_child(desk.town, order, parent, cause.at) if order else None

    await desk.store.orders.step(child.id, decide, once)
