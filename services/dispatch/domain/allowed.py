"""What may be done with work as it stands, and the refusal of everything else."""

from collections.abc import Sequence

from services.dispatch.domain.work_order import State, WorkOrder
from shared.kernel import Reject

ACTIONS: dict[State, tuple[str, ...]] = {
    "new": ("assign", "refer", "cancel"),
    "assigned": ("acknowledge", "start", "refuse", "refer", "assign", "cancel"),
    "acknowledged": ("start", "pause", "complete", "refuse", "refer", "assign", "cancel"),
    "on_the_way": ("start", "pause", "complete", "refuse", "refer", "assign", "cancel"),
    "on_site": ("complete", "pause", "refuse", "refer", "assign", "cancel"),
    "paused": ("resume", "complete", "refuse", "refer", "assign", "cancel"),
    "referred": ("complete", "refer", "assign", "cancel"),
    "completed": (),
    "cancelled": (),
}


def offered(order: WorkOrder) -> tuple[str, ...]:
    """What may be done with it now; what wants an answer can also be answered in triage."""
    answer = ("complete",) if order.state == "new" and order.wants_answer else ()
    return (*answer, *ACTIONS[order.state])


def need(order: WorkOrder, action: str, allowed: Sequence[State]) -> None:
    """Refuse an action that the state does not allow: what the state is, who brought it there, what may be done."""
    if order.state not in allowed:
        raise _stale(order, f"{action} is possible in: {', '.join(allowed)}")


def still(order: WorkOrder, seen: str) -> None:
    """Refuse what somebody decided on work as its `standing` was then: another has moved it meanwhile."""
    if order.standing != seen:
        raise _stale(order, f"it was decided on {seen}")


def _stale(order: WorkOrder, why: str) -> Reject:
    last = order.brought_here
    who = (last.actor.name or last.actor.sub) if last and last.actor else "the system"
    when = f" since {last.at:%Y-%m-%d %H:%M} UTC (by {who})" if last else ""
    now = ", ".join(offered(order)) or "nothing, the work is closed"
    return Reject("stale-action", f"The work is {order.state}{when}; {why}. Possible now: {now}.")
