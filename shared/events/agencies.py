"""What dispatch says about work that is handed to an agency outside the town. Key and subject: the work order's id.

Read by intake (the report's public timeline) and notify, which tells the agency; and by the agency itself, which finds
its own by the header `ce_agency`.
"""

from typing import Literal

from shared.events.base import (
    Coarse,
    Code,
    Count,
    Event,
    ForAgency,
    FreeText,
    Instant,
    Internal,
    Open,
    Place,
    Public,
    ShortText,
)
from shared.events.work_orders import WorkOrderEvent

ReferralStatus = Literal["sending", "sent"]
MessageEnd = Literal["sent", "failed"]
AgencyAnswer = Literal["received", "asked", "answered", "declined", "done"]
ChasedBecause = Literal["reminder", "overdue", "reply"]


class LinkToAnswer(WorkOrderEvent):
    """What tells an agency something brings it a link, by which it may answer once without an account."""

    link_number: Internal[Count] = 0
    """How many such links there have been for this work: only the newest opens; 0: none comes with it."""
    link_until: Internal[Instant | None] = None
    """Until when the link opens."""


class WorkOrderReferred(LinkToAnswer):
    """Handed to an agency outside the town (PEA, PWA, highways, police), with what the agency needs to act."""

    type = "onestop.work-order.referred.v1"
    status: Public[ReferralStatus] = "sending"
    """Whether a message to the agency is on its way, or the town has told it by other means."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    location: Coarse[Place | None] = None
    """Where it is."""
    due_at: Open[Instant | None] = None
    """When the town promised that it is resolved; null: no promise, or the category is sensitive."""
    answer_by: Open[Instant | None] = None
    """By when the agency is to answer; null: the town has agreed no time with it, or the category is sensitive."""
    photos: Internal[Count] = 0
    """How many photos of the report the agency may see."""
    text: ForAgency[FreeText | None] = None
    """What the agency is told: written for it by the town."""


class WorkOrderAgencyTold(WorkOrderEvent):
    """What became of the message that hands the work to the agency. Failed: the team has the work again."""

    type = "onestop.work-order.agency-told.v1"
    status: Public[MessageEnd]
    """Whether any of the ways to the agency took it."""
    why: Internal[Code | None] = None
    """Why none did; null: one did."""


class WorkOrderAgencyAnswered(LinkToAnswer):
    """The agency has said something of the work: by its board, by the link of a message, or by phone to the desk."""

    type = "onestop.work-order.agency-answered.v1"
    answer: Public[AgencyAnswer]
    """What it said."""
    late: Public[bool] = False
    """The work was not with it any more: over, taken back, or with somebody else. It is kept, and moves nothing."""
    expected_at: Public[Instant | None] = None
    """When the agency expects to be done; null: it has not said."""
    agency_reference: ForAgency[ShortText | None] = None
    """The agency's own number for it."""
    note: ForAgency[FreeText | None] = None
    """What the agency wrote."""


class WorkOrderAgencyChased(LinkToAnswer):
    """The town wrote to the agency again: because it has not answered, because it is overdue, or to reply."""

    type = "onestop.work-order.agency-chased.v1"
    reason: Public[ChasedBecause]
    """Why."""
    reminders: Public[Count] = 0
    """How often the agency has been reminded by now."""
    answer_by: Open[Instant | None] = None
    """By when the agency is, or was, to answer; null: no time was agreed, or the category is sensitive."""
    text: ForAgency[FreeText | None] = None
    """What the town replied; null in a reminder."""


class WorkOrderTakenBack(WorkOrderEvent):
    """The town no longer leaves it to the agency: a team of its own has it again."""

    type = "onestop.work-order.taken-back.v1"
    reason: ForAgency[FreeText | None] = None
    """Why."""


AGENCY_EVENTS: tuple[type[Event], ...] = (
    WorkOrderReferred,
    WorkOrderAgencyTold,
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderTakenBack,
)
