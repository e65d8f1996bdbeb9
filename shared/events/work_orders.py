"""What dispatch says about work orders. Key and subject: the work order's id. What is about an agency is in
`agencies.py`, incidents are in `incidents.py`.

Read by intake (the public timeline) and notify. Every event is about one report: each of an incident's has its own.
"""

from pydantic import Field

from shared.events.base import (
    CaseId,
    Code,
    Count,
    Earlier,
    Event,
    ForEverybody,
    ForOwner,
    ForStaff,
    FreeText,
    Instant,
    Internal,
    Open,
    Public,
    PublicText,
    ShortText,
    Version,
)
from shared.events.outcomes import Outcome
from shared.events.reports import ReportKind
from shared.events.work_order_base import (
    CheckedBy,
    Clock,
    Level,
    Material,
    PauseReason,
    Priority,
    Stage,
    WorkOrderEvent,
)
from shared.events.work_sharing import (
    WorkOrderDropped,
    WorkOrderSentBack,
    WorkOrderSplit,
    WorkOrderTaken,
    WorkOrderVerified,
)

__all__ = [  # what is defined elsewhere and belongs here
    "CheckedBy", "Clock", "Level", "Material", "PauseReason", "Priority", "Stage",
    "WorkOrderDropped", "WorkOrderEvent", "WorkOrderSentBack", "WorkOrderSplit", "WorkOrderTaken", "WorkOrderVerified",
]  # fmt: skip


class WorkOrderCreated(WorkOrderEvent):
    """A report became work; says which rule sent it where, and by when it is due."""

    type = "onestop.work-order.created.v1"
    again: Public[bool] = False
    """True: the report was opened again, so this work follows work that did not settle it."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    address: ForStaff[ShortText | None] = None
    """Where it is, as a resident wrote it, where no zone says it; null also where the category is sensitive."""
    priority: Open[Priority]
    """How urgent it is; null to the public where the category is sensitive."""
    rule: Internal[Code | None] = None
    """The routing rule that chose the team; null: none matched."""
    public_rule: Open[Code | None] = None
    """The same for everybody; null also where the rule looked at what was answered, or the category is sensitive."""
    rules_version: Public[Version]
    """The version of the town's routing rules that chose."""
    service_level: Open[Code]
    """The town's promise that applies; null to the public where the category is sensitive."""
    acknowledge_by: Open[Instant | None] = None
    """When the team must have taken it; null: no promise, or the category is sensitive."""
    due_at: Open[Instant | None] = None
    """When it must be resolved; null: no promise, or the category is sensitive."""
    task: ForStaff[FreeText | None] = None
    """Of a share: what of the whole this team does."""


class WorkOrderAssigned(WorkOrderEvent):
    """The work has a team, or another promise: given by hand, or because the category changed."""

    type = "onestop.work-order.assigned.v1"
    previous_team: Earlier[Code | None] = None
    """The team before; null: it was in triage, with an agency, or not public then. The same as `team`: the team keeps
    the work as it stands, and only what is promised has changed."""
    due_at: Open[Instant | None] = None
    """When it must be resolved now; null: no promise, or the category is sensitive."""
    reason: ForStaff[FreeText | None] = None
    """Why it was given on."""
    rule: Internal[Code | None] = None
    """The routing rule that chose anew; null: a person did, or no rule matched."""
    public_rule: Open[Code | None] = None
    """The same for everybody; null also where the rule looked at what was answered, or the category is sensitive."""
    rules_version: Public[Version | None] = None
    """The version of the town's routing rules that chose anew; null: a person chose."""


class WorkOrderPrioritised(WorkOrderEvent):
    """An officer judged it more or less urgent than its rule did; team and state stay, what is promised has changed."""

    type = "onestop.work-order.prioritised.v1"
    priority: Open[Priority]
    """How urgent it is now; null to the public where the category is sensitive."""
    previous_priority: Open[Priority]
    """How urgent it was; null to the public where the category is sensitive."""
    acknowledge_by: Open[Instant | None] = None
    """When the team must have taken it now; null: no promise, or the category is sensitive."""
    due_at: Open[Instant | None] = None
    """When it must be resolved now; null: no promise, or the category is sensitive."""
    reason: ForStaff[FreeText | None] = None
    """Why."""


class WorkOrderAcknowledged(WorkOrderEvent):
    """The team has seen it and takes it."""

    type = "onestop.work-order.acknowledged.v1"


class WorkOrderStarted(WorkOrderEvent):
    """The crew set out, or arrived."""

    type = "onestop.work-order.started.v1"
    stage: Public[Stage] = "on_the_way"
    """How far they are."""


class WorkOrderPaused(WorkOrderEvent):
    """Work waits, and why; the clock stands still from now."""

    type = "onestop.work-order.paused.v1"
    reason: Public[PauseReason]
    """What it waits for."""
    resume_at: Public[Instant | None] = None
    """When it is planned to go on."""
    note: ForEverybody[FreeText | None] = None
    """More about why."""
    public_note: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""


class WorkOrderResumed(WorkOrderEvent):
    """Work goes on; `due_at` has moved by the time it waited."""

    type = "onestop.work-order.resumed.v1"
    due_at: Open[Instant | None] = None
    """When it must be resolved now; null: no promise, or the category is sensitive."""


class WorkOrderCompleted(WorkOrderEvent):
    """Done, with the proof: a note, photos or both. Intake asks the resident whether it is fixed."""

    type = "onestop.work-order.completed.v1"
    outcome: Public[Outcome] = "fixed"
    """How it ended."""
    kind: Public[ReportKind] = "problem"
    """What was reported: of a question or a suggestion "fixed" says that it was answered."""
    note: ForEverybody[FreeText | None] = None
    """What was done, for the resident."""
    public_note: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    before: Internal[list[ShortText]] = Field(default_factory=list)
    """Photos of how it was found: paths under the town's own origin."""
    photos: Internal[list[ShortText]] = Field(default_factory=list)
    """Photos of how it was left: paths under the town's own origin."""
    materials: Internal[list[Material]] = Field(default_factory=list)
    """What was used up."""
    minutes: Internal[Count | None] = None
    """Of work, all hands together; null: not said."""
    late: Public[bool] = False
    """It was done after `due_at`."""
    to_verify: Public[bool] = False
    """The town checks it still: `verified` or `sent-back` is to follow."""


class WorkOrderRefused(WorkOrderEvent):
    """The team says it is not theirs; it is in triage again."""

    type = "onestop.work-order.refused.v1"
    previous_team: Earlier[Code | None] = None
    """The team that refused it; null when it was not public then."""
    reason: ForOwner[FreeText]
    """Why it is not theirs."""


class WorkOrderCancelled(WorkOrderEvent):
    """No work after all: withdrawn, a duplicate, or not possible."""

    type = "onestop.work-order.cancelled.v1"
    revision = 2
    outcome: Public[Outcome]
    """How it ended."""
    reason: ForEverybody[FreeText | None] = None
    """Why, for the resident."""
    public_reason: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    replaced: Public[bool] = False
    """Other work on the same report begins in its place, for the resident has just opened it again: the report itself
    is not over."""
    merged: Public[bool] = False
    """The report was merged into another one, of which `report.merged` tells: its people go on with that one's work."""


class WorkOrderEscalated(WorkOrderEvent):
    """A due time came near (80 %) or passed (100 %) and the next level was told."""

    type = "onestop.work-order.escalated.v1"
    clock: Public[Clock]
    """Which of the two promises runs out."""
    percent: Public[int] = Field(ge=0, le=10000)
    """Of the time that was given: 100 is due, more is late."""
    due_at: Open[Instant]
    """When the promise is due; null to the public where the category is sensitive."""
    again: Internal[bool] = False
    """The level was told of this work before and has it in hand still: there is nobody to tell anew."""


class WorkOrderHidden(Event):
    """It moved to a category that the public is not told of: readers of the public topic delete what they have."""

    type = "onestop.work-order.hidden.v1"
    family = "work-orders"
    always_public = True
    report_id: Public[CaseId]
    """The report that the work is about; `ce_subject` is the work order to delete."""


WORK_ORDER_EVENTS: tuple[type[Event], ...] = (
    WorkOrderCreated, WorkOrderAssigned, WorkOrderPrioritised, WorkOrderAcknowledged, WorkOrderTaken, WorkOrderDropped,
    WorkOrderStarted, WorkOrderPaused, WorkOrderResumed, WorkOrderCompleted, WorkOrderVerified, WorkOrderSentBack,
    WorkOrderRefused, WorkOrderSplit, WorkOrderCancelled, WorkOrderEscalated, WorkOrderHidden,
)  # fmt: skip
