"""Who does the work and whether it is done: between a team's people, several teams, and those who check it."""

from pydantic import Field

from shared.events.base import CaseId, ForStaff, FreeText, Instant, Open, Public
from shared.events.work_order_base import CheckedBy, WorkOrderEvent


class WorkOrderTaken(WorkOrderEvent):
    """`person` has it from now on: took it, or was given it by the team's lead or the desk. Its team is as before."""

    type = "onestop.work-order.taken.v1"


class WorkOrderDropped(WorkOrderEvent):
    """Nobody of the team has it alone any more: whoever comes first takes it."""

    type = "onestop.work-order.dropped.v1"


class WorkOrderVerified(WorkOrderEvent):
    """What was completed was checked, and it is."""

    type = "onestop.work-order.verified.v1"
    by: Public[CheckedBy] = "staff"
    """Who says so."""
    note: ForStaff[FreeText | None] = None
    """What whoever checked it remarked."""


class WorkOrderSentBack(WorkOrderEvent):
    """What was completed was checked, and it is not done: the team has it again, and the report is open again."""

    type = "onestop.work-order.sent-back.v1"
    due_at: Open[Instant | None] = None
    """When it must be resolved, as it was before; null: no promise, or the category is sensitive."""
    reason: ForStaff[FreeText]
    """What is still to be done."""


class WorkOrderSplit(WorkOrderEvent):
    """Several teams do a share each: each is a work order of its own with this one as `parent`, and when all of them
    are over this one is completed."""

    type = "onestop.work-order.split.v1"
    children: Public[list[CaseId]] = Field(default_factory=list)
    """The ids of all shares, also of those that are over."""
    due_at: Open[Instant | None] = None
    """When the whole must be resolved; null: no promise, or the category is sensitive."""
