"""What dispatch says about incidents, on the topics of work orders. Key and subject: the incident's or the report's id.

Read by intake and notify, as word of the work that is done for a report.
"""

from shared.events.base import CaseId, Code, ForStaff, FreeText, Public
from shared.events.outcomes import Outcome
from shared.events.work_orders import WorkOrderEvent


class IncidentEvent(WorkOrderEvent):
    """Several reports of one thing, a power cut or a burst main: one incident, whose work one work order carries."""

    incident_id: Public[CaseId]
    """The incident."""
    work_order_id: Public[CaseId]
    """The work order that does the incident's work."""


class IncidentOpened(IncidentEvent):
    """A work order became an incident's. Key and subject: the incident; `report_id` is the report it began with."""

    type = "onestop.incident.opened.v1"
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""


class IncidentJoined(IncidentEvent):
    """A report belongs to an incident from now on. Key and subject: that report."""

    type = "onestop.incident.joined.v1"


class IncidentLeft(IncidentEvent):
    """A report does not belong to the incident after all; it has work of its own again. Key and subject: the report."""

    type = "onestop.incident.left.v1"
    reason: ForStaff[FreeText | None] = None
    """Why it does not belong."""


class IncidentResolved(IncidentEvent):
    """The incident is over for this report; each of its reports is told so. Key and subject: that report."""

    type = "onestop.incident.resolved.v1"
    outcome: Public[Outcome] = "fixed"
    """How it ended."""


INCIDENT_EVENTS: tuple[type[WorkOrderEvent], ...] = (IncidentOpened, IncidentJoined, IncidentLeft, IncidentResolved)
