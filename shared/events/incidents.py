"""What dispatch says about incidents, on the topics of work orders: of the incident, and to each of its reports.

Read by intake (what is known on its pages, and the reports' timelines) and notify. `opened`, `changed`, `closed` and
`reopened` have the incident as key and subject; `joined`, `told`, `left`, `resolved` and `went-on` have the report.
"""

from pydantic import Field

from shared.events.base import (
    CaseId,
    Coarse,
    Code,
    ForEverybody,
    ForStaff,
    FreeText,
    Instant,
    Open,
    Place,
    Public,
    PublicText,
)
from shared.events.outcomes import Outcome
from shared.events.work_orders import WorkOrderEvent


class IncidentEvent(WorkOrderEvent):
    """Several reports of one thing, a power cut or a burst main: one incident, whose work one work order does."""

    incident_id: Public[CaseId]
    """The incident."""
    work_order_id: Public[CaseId]
    """The work order that does the incident's work."""


class IncidentStanding(IncidentEvent):
    """How an incident stands: what whoever waits for its end wants to know."""

    agency: Public[Code | None] = None
    """The agency outside the town that was informed, as the town's profile calls it; null: none was."""
    expected_until: Public[Instant | None] = None
    """Until when it is expected to last; null: nobody knows yet."""
    note: ForEverybody[FreeText | None] = None
    """What the town says of it."""
    public_note: PublicText = None
    """The same as everybody may read it; null where only reporters and staff may."""


class IncidentKnown(IncidentStanding):
    """An incident as a whole; `report_id` is the report whose work order does its work."""

    zone: Public[Code | None] = None
    """The town's zone that it is in; null: it has none, or is not bound to one."""
    location: Coarse[Place | None] = None
    """The middle of it; null: its reports have no place."""
    radius_m: Public[int] = Field(default=0, ge=0, le=20_000)
    """How far around its middle it reaches, in metres; 0: it has no place."""


class IncidentOpened(IncidentKnown):
    """An officer made several reports one incident. Key and subject: the incident."""

    type = "onestop.incident.opened.v1"


class IncidentChanged(IncidentKnown):
    """An incident stands otherwise than before: an agency was informed, its end is expected at another time.

    Key and subject: the incident. Its reports are told by `incident.told`.
    """

    type = "onestop.incident.changed.v1"


class IncidentClosed(IncidentEvent):
    """An incident is over. Key and subject: the incident. Its reports are told by `incident.resolved`. It may still be
    taken back (`incident.reopened`).

    `duplicate`: an officer made it part of the incident `into`. Its reports are told by `incident.joined` that they
    are in that one.
    """

    type = "onestop.incident.closed.v1"
    revision = 2
    outcome: Public[Outcome] = "fixed"
    """How it ended."""
    into: Public[CaseId | None] = None
    """The incident of which this one is a part now; null: it is over by itself."""


class IncidentReopened(IncidentKnown):
    """An incident that was closed is not over after all: it goes on, and stands as this says. Key and subject: the
    incident. Whoever was told that it is over is told so by `incident.went-on`, and the report whose work order does
    the work by that work's `work-order.sent-back`."""

    type = "onestop.incident.reopened.v1"


class IncidentJoined(IncidentStanding):
    """A report belongs to an incident from now on, and to no other. Key and subject: that report. Its own work order
    stands aside while another (`work_order_id`) does the incident's work."""

    type = "onestop.incident.joined.v1"
    revision = 2
    over: Public[bool] = False
    """It was over when the report came in: `incident.resolved` follows, and says all that people are told."""


class IncidentTold(IncidentStanding):
    """Word to one report of its incident that this stands otherwise now. Key and subject: that report."""

    type = "onestop.incident.told.v1"


class IncidentLeft(IncidentEvent):
    """A report does not belong to the incident after all; it has work of its own again. Key and subject: the report.

    One that is withdrawn, merged or opened again is told nothing more of its incident: what it says itself is enough.
    """

    type = "onestop.incident.left.v1"
    due_at: Open[Instant | None] = None
    """When its own work must be resolved, as it was promised; null: no promise, or the category is sensitive."""
    reason: ForStaff[FreeText | None] = None
    """Why it does not belong."""


class IncidentResolved(IncidentEvent):
    """The incident is over for this report, and with it the report's own work order, where that stood aside. Each of
    its reports is told so, but for the one whose work order did its work: that one hears of its own work's end. Key and
    subject: that report."""

    type = "onestop.incident.resolved.v1"
    outcome: Public[Outcome] = "fixed"
    """How it ended."""
    note: ForEverybody[FreeText | None] = None
    """What was done."""
    public_note: PublicText = None
    """The same as everybody may read it; null where only reporters and staff may."""


class IncidentWentOn(IncidentStanding):
    """Word to one report that its incident is not over after all; `incident.resolved` had said that it is. Its own work
    order stands aside again. A report that was opened again, merged or withdrawn meanwhile is told nothing. Key and
    subject: that report."""

    type = "onestop.incident.went-on.v1"
    revision = 2
    over: Public[bool] = False
    """It is over all the same, in an incident of which it became part: `incident.resolved` follows, and says so."""


OF_INCIDENTS: tuple[type[IncidentEvent], ...] = (IncidentOpened, IncidentChanged, IncidentClosed, IncidentReopened)
OF_MEMBERS: tuple[type[IncidentEvent], ...] = (
    IncidentJoined,
    IncidentTold,
    IncidentLeft,
    IncidentResolved,
    IncidentWentOn,
)
INCIDENT_EVENTS: tuple[type[WorkOrderEvent], ...] = (*OF_INCIDENTS, *OF_MEMBERS)
