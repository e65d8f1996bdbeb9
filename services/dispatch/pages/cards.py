"""Work orders as the pages show them: sorted by what is pressing, with the one next step and the times in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.dispatch.domain.clocks import is_late
from services.dispatch.domain.work_order import State, WorkOrder
from services.dispatch.store import Order
from shared.events import Priority
from shared.town import Town

URGENCY: dict[Priority, int] = {"emergency": 0, "high": 1, "normal": 2, "low": 3}
TONES: dict[State, str] = {
    "new": "warn", "assigned": "warn", "acknowledged": "info", "on_the_way": "brand", "on_site": "brand",
    "paused": "neutral", "referred": "neutral", "completed": "ok", "cancelled": "neutral",
}  # fmt: skip
ICONS = {
    "created": "inbox", "assigned": "users", "rerouted": "route", "acknowledged": "check", "started": "truck",
    "paused": "pause", "resumed": "play", "completed": "circle-check", "refused": "rotate-ccw", "referred": "send",
    "cancelled": "ban", "escalated": "bell", "commented": "message-square", "amended": "pencil",
    "amended_late": "pencil", "report_withdrawn": "ban", "report_merged": "git-merge",
}  # fmt: skip
STEPS: tuple[State, ...] = ("assigned", "acknowledged", "on_the_way", "on_site", "completed")
NEXT: dict[State, str] = {
    "assigned": "acknowledge", "acknowledged": "start", "on_the_way": "start", "on_site": "complete",
    "paused": "resume", "referred": "complete",
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One work order on a board."""

    id: str
    version: int
    order: WorkOrder
    late: bool
    unseen_late: bool  # nobody took it in time
    icon: str
    tone: str
    next: str | None  # the action of the one big button
    proof: Literal["photo", "note", "none"]
    progress: int  # 0 to 4: how far along accept, set out, arrive, done

    @property
    def key(self) -> str:
        """The same press twice is one request: the button belongs to this very state of the work."""
        return f"{self.id}-{self.version}"

    @property
    def navigation(self) -> str | None:
        """Opens the phone's own navigation."""
        place = self.order.place
        if place is None:
            return None
        return f"https://www.google.com/maps/dir/?api=1&destination={place.latitude:.6f},{place.longitude:.6f}"


def card(town: Town, case: Order, at: datetime) -> Card:
    """As it looks at that moment."""
    order = case.state
    category = town.categories.get(order.category)
    acting = order.waiting.goes_on if order.waiting else order.state
    return Card(
        id=case.id, version=case.version, order=order, late=order.is_late(at),
        unseen_late=order.state in ("new", "assigned") and is_late(order.clocks.acknowledge, at),
        icon=category.icon if category else "circle-help", tone=TONES[order.state], next=NEXT.get(order.state),
        proof=category.proof if category else "note", progress=STEPS.index(acting) if acting in STEPS else 0,
    )  # fmt: skip


def pressing(cards: Iterable[Card]) -> list[Card]:
    """What waits for others last; else late first, then by priority and due time."""
    return sorted(cards, key=_pressure)


def _pressure(each: Card) -> tuple[bool, bool, int, float]:
    order = each.order
    waits = order.state in ("paused", "referred")
    due = order.due_at.timestamp() if order.due_at else float("inf")
    return (waits, not (each.late or each.unseen_late), URGENCY[order.priority], due)
