"""What dispatch says about work orders and incidents. Key and subject: the work order's or incident's id.

Read by intake (the report's public timeline) and notify. `level` is the rung that holds the work:
crew, head, director, clerk, mayor, triage or agency.
"""

from typing import Literal

from pydantic import Field

from shared.events.base import (
    CaseId,
    Code,
    Count,
    Event,
    FreeText,
    Instant,
    Internal,
    Public,
    Reference,
    ShortText,
    Version,
)
from shared.events.reports import ReportKind

Level = Literal["triage", "crew", "head", "director", "clerk", "mayor", "agency"]
Priority = Literal["emergency", "high", "normal", "low"]
PauseReason = Literal["part", "weather", "reporter", "agency", "other"]
Outcome = Literal["fixed", "not_ours", "duplicate", "cannot_be_done", "withdrawn"]


class WorkOrderEvent(Event):
    """Common to all: the reports it is about and the team and level that hold it now."""

    family = "work-orders"
    report_ids: Public[list[CaseId]]
    category: Public[Code]
    team: Public[Code | None] = None
    """None: in triage."""
    level: Public[Level] = "crew"
    """The rung that holds it."""
    actor: Internal[ShortText | None] = None
    """The staff member's subject id; None: the system did it."""


class WorkOrderCreated(WorkOrderEvent):
    """A report became work; says which rule sent it where, and by when it is due."""

    type = "onestop.work-order.created.v1"
    reference: Public[Reference]
    """The report's reference."""
    again: Public[bool] = False
    """True: the report was opened again, so this work follows work that did not settle it."""
    zone: Public[Code | None] = None
    priority: Public[Priority]
    rule: Public[Code | None] = None
    """None: no rule matched, so it waits in triage."""
    rules_version: Public[Version]
    service_level: Public[Code]
    acknowledge_by: Public[Instant | None] = None
    due_at: Public[Instant | None] = None
    """By the service level; none: no promise."""


class WorkOrderAssigned(WorkOrderEvent):
    """Somebody gave the work to another team (by hand or because the category changed)."""

    type = "onestop.work-order.assigned.v1"
    previous_team: Public[Code | None] = None
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
    previous_team: Public[Code | None] = None
    reason: Internal[FreeText]


class WorkOrderReferred(WorkOrderEvent):
    """Handed to an agency outside the town (PEA, PWA, highways, police)."""

    type = "onestop.work-order.referred.v1"
    agency: Public[Code]
    status: Public[Literal["sent", "failed", "answered"]] = "sent"
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


class IncidentOpened(WorkOrderEvent):
    """Several like reports near each other are one thing: a power cut, a burst main."""

    type = "onestop.incident.opened.v1"
    work_order_id: Public[CaseId]
    zone: Public[Code | None] = None


class IncidentJoined(WorkOrderEvent):
    """One more report belongs to an open incident; `report_ids` holds the ones that joined now."""

    type = "onestop.incident.joined.v1"
    work_order_id: Public[CaseId]
    reports: Public[Count] = Field(ge=1)
    """How many the incident has now."""


class IncidentResolved(WorkOrderEvent):
    """It is over, for every report it holds."""

    type = "onestop.incident.resolved.v1"
    work_order_id: Public[CaseId]
    outcome: Public[Outcome] = "fixed"


WORK_ORDER_EVENTS: tuple[type[WorkOrderEvent], ...] = (
    WorkOrderCreated, WorkOrderAssigned, WorkOrderAcknowledged, WorkOrderStarted, WorkOrderPaused,
    WorkOrderResumed, WorkOrderCompleted, WorkOrderRefused, WorkOrderReferred, WorkOrderCancelled,
    WorkOrderEscalated, IncidentOpened, IncidentJoined, IncidentResolved,
)  # fmt: skip
