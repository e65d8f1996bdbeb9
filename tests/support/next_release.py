"""The release after that of `node.py`: it stores a field, a value and a moment more, and tells in a new field and by a
new event, none of which the one before can know."""

from datetime import datetime
from typing import Any

from shared.events.base import Code, Public
from shared.events.reports import ReportCommented
from shared.kernel.case import Cause, Step
from shared.kernel.moments import Moment
from tests.support.node import Order, Release, Report
from tests.support.virtual_time import BEGINNING

CHECKED = "checked"


class NewerOrder(Order):
    """One field more, and something more to do at a time."""

    quality: str = ""
    inspect_at: datetime | None = None
    inspected: int = 0


class CommentedGladly(ReportCommented):
    """One field more."""

    mood: Public[Code] = "glad"


class Weighed(ReportCommented):
    """An event of a type of its own, about each comment."""

    type = "onestop.report.weighed.v1"


class NewerRelease(Release):
    """Each order that it takes an event into is checked, and inspected in time."""

    kinds = ("wake", "inspect")

    def __init__(self) -> None:
        super().__init__()
        self.due["inspect"] = _inspected

    def order(self) -> type[Order]:
        """What it stores of an order."""
        return NewerOrder

    def waits_for(self, order: Any) -> list[Moment]:
        """What an order waits for."""
        inspect_at = order.inspect_at
        return [*super().waits_for(order), *([Moment("inspect", inspect_at, "inspect")] if inspect_at else [])]

    def comment(self, report: Report | None, cause: Cause) -> Step[Report]:
        """One more on a report."""
        step = super().comment(report, cause)
        told = [event.model_dump() for event in step.events]
        return Step(step.state, [event(**said) for said in told for event in (CommentedGladly, Weighed)])

    def take(self, order: Order | None, cause: Cause, sequence: int) -> Step[Order]:
        """An event of the report reaches its order."""
        step = super().take(order, cause, sequence)
        if getattr(step.state, "quality", "") == CHECKED:
            return step
        checked = {"state": CHECKED, "quality": CHECKED, "inspect_at": BEGINNING}
        return Step(step.state.model_copy(update=checked))


def _inspected(order: Any, _: Cause) -> Step[Any] | None:
    changed = {"inspected": order.inspected + 1, "inspect_at": None}
    return Step(order.model_copy(update=changed)) if order else None
