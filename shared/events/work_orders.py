"""What dispatch says about work orders and incidents. Key and subject: the work order's or incident's id.

Read by intake (the report's public timeline) and notify. `level` is the rung that holds the work:
crew, head, director, clerk, mayor, triage or agency.
"""

from typing import Literal

from pydantic import Field

from shared.events.base import (
    CaseId,
    Coarse,
    Code,
    Earlier,
    Event,
    FreeText,
    Instant,
    Internal,
    Open,
    Place,
    Public,
    Reference,
    ShortText,
    Version,
)
from shared.events.outcomes import Outcome
from shared.events.reports import ReportKind

Level = Literal["triage", "crew", "head", "director", "clerk", "mayor", "agency"]
Priority = Literal["emergency", "high", "normal", "low"]
PauseReason = Literal["part", "weather", "reporter", "agency", "other"]


class WorkOrderEvent(Event):
    """Common to all: the one report it is about, and the team and level that hold it now."""

    family = "work-orders"
    report_id: Public[CaseId]
    reference: Public[Reference]
    """The report's reference."""
    category: Public[Code]
    sensitive: Public[bool] = False
    """The category hides from the public where it is and what was answered."""
    team: Public[Code | None] = None
    """None: in triage."""
    level: Public[Level] = "crew"
    """The rung that holds it."""
    actor: Internal[ShortText | None] = None
    """The staff member's subject id; None: the system did it."""
    happened_at: Public[Instant | None] = None
    """When it happened by the device's clock, where it was told later than it happened; `ce_time` is when we heard."""


class WorkOrderCreated(WorkOrderEvent):
    """A report became work; says which rule sent it where, and by when it is due."""

    type = "onestop.work-order.created.v1"
    again: Public[bool] = False
    """True: the report was opened again, so this work follows work that did not settle it."""
    zone: Public[Code | None] = None
    priority: Open[Priority]
    rule: Open[Code | None] = None
    """None: no rule matched, so it waits in triage."""
    rules_version: Public[Version]
    service_level: Open[Code]
    acknowledge_by: Public[Instant | None] = None
    due_at: Public[Instant | None] = None
    """By the service level; none: no promise."""


class WorkOrderAssigned(WorkOrderEvent):
    """Somebody gave the work to another team (by hand or because the category changed)."""

    type = "onestop.work-order.assigned.v1"
    previous_team: Earlier[Code | None] = None
    due_at: Public[Instant | None] = None
    reason: Internal[FreeText | None] = None


class WorkOrderAcknowledged(WorkOrderEvent):
    """The team has seen it and takes it."""

    type = "onestop.work-order.acknowledged.v1"


class WorkOrderStarted(WorkOrderEvent):
    """The crew set out, or arrived."""

    type = "onestop.work-order.started.v1"
    stage: Public[Literal["on_the_way", "on_site"]] = "on_the_way"


class WorkOrderPaused(WorkOrderEvent):
    """Work waits, and why; the clock stands still from now."""

    type = "onestop.work-order.paused.v1"
    reason: Public[PauseReason]
    resume_at: Public[Instant | None] = None
    """When it is planned to go on."""
    note: Internal[FreeText | None] = None


class WorkOrderResumed(WorkOrderEvent):
    """Work goes on; `due_at` has moved by the time it waited."""

    type = "onestop.work-order.resumed.v1"
    due_at: Public[Instant | None] = None


class WorkOrderCompleted(WorkOrderEvent):
    """Done, with the proof: a note, photos or both. Intake asks the resident whether it is fixed."""

    type = "onestop.work-order.completed.v1"
    outcome: Public[Outcome] = "fixed"
    kind: Public[ReportKind] = "problem"
    """What was reported: of a question or a suggestion "fixed" says that it was answered."""
    note: Internal[FreeText | None] = None
    photos: Internal[list[ShortText]] = Field(default_factory=list)
    """Paths under the town's own origin."""
    late: Public[bool] = False


class WorkOrderRefused(WorkOrderEvent):
    """The team says it is not theirs; it is in triage again."""

    type = "onestop.work-order.refused.v1"
    previous_team: Earlier[Code | None] = None
    reason: Internal[FreeText]


class WorkOrderReferred(WorkOrderEvent):
    """Handed to an agency outside the town (PEA, PWA, highways, police)."""

    type = "onestop.work-order.referred.v1"
    agency: Public[Code]
    status: Public[Literal["sent", "failed", "answered"]] = "sent"
    zone: Public[Code | None] = None
    location: Coarse[Place | None] = None
    due_at: Public[Instant | None] = None
    agency_reference: Internal[ShortText | None] = None
    note: Internal[FreeText | None] = None


class WorkOrderCancelled(WorkOrderEvent):
    """No work after all: withdrawn, a duplicate, or not possible."""

    type = "onestop.work-order.cancelled.v1"
    outcome: Public[Outcome]
    reason: Internal[FreeText | None] = None


class WorkOrderEscalated(WorkOrderEvent):
    """A due time came near (80 %) or passed (100 %) and the next level was told."""

    type = "onestop.work-order.escalated.v1"
    clock: Public[Literal["acknowledge", "resolve"]]
    percent: Public[int] = Field(ge=0, le=10000)
    """Of the time that was given: 100 is due, more is late."""
    due_at: Public[Instant]


class WorkOrderHidden(Event):
    """It moved to a category that the public is not told of: readers of the public topic delete what they have."""

    type = "onestop.work-order.hidden.v1"
    family = "work-orders"
    always_public = True
    report_id: Public[CaseId]


class IncidentEvent(WorkOrderEvent):
    """Several reports of one thing, a power cut or a burst main: one incident, whose work one work order carries."""

    incident_id: Public[CaseId]
    work_order_id: Public[CaseId]
    """The work order that does the incident's work."""


class IncidentOpened(IncidentEvent):
    """A work order became an incident's. Key and subject: the incident; `report_id` is the report it began with."""

    type = "onestop.incident.opened.v1"
    zone: Public[Code | None] = None


class IncidentJoined(IncidentEvent):
    """A report belongs to an incident from now on. Key and subject: that report, as for all below."""

    type = "onestop.incident.joined.v1"


class IncidentLeft(IncidentEvent):
    """A report does not belong to the incident after all, and has work of its own again."""

    type = "onestop.incident.left.v1"
    reason: Internal[FreeText | None] = None


class IncidentResolved(IncidentEvent):
    """The incident is over for this report; each of its reports is told so."""

    type = "onestop.incident.resolved.v1"
    outcome: Public[Outcome] = "fixed"


WORK_ORDER_EVENTS: tuple[type[Event], ...] = (
    WorkOrderCreated, WorkOrderAssigned, WorkOrderAcknowledged, WorkOrderStarted, WorkOrderPaused,
    WorkOrderResumed, WorkOrderCompleted, WorkOrderRefused, WorkOrderReferred, WorkOrderCancelled,
    WorkOrderEscalated, WorkOrderHidden, IncidentOpened, IncidentJoined, IncidentLeft, IncidentResolved,
)  # fmt: skip
