"""What permits says of visits to the place, and of a permit after its decision. Read by notify."""

from typing import Literal

from shared.events.agencies import MessageEnd
from shared.events.base import Code, Count, ForAsked, ForOwner, ForStaff, FreeText, Instant, Internal, Public, ShortText
from shared.events.permit_base import PermitEvent

InspectionResult = Literal["in-order", "defects", "not-done"]
VisitCancelledBecause = Literal["office", "decided"]
AppealAgainst = Literal["refusal", "revocation"]
AppealOutcome = Literal["granted", "dismissed"]
ConsulteeView = Literal["no-objection", "conditions", "objection"]
AskedAgainBecause = Literal["reminder", "resent"]


class AboutConsultee(PermitEvent):
    """Common to all about somebody who is asked for their view: a section of the town, or an agency outside it."""

    consultee: Public[Code]
    """The team or agency, as the town's profile calls it."""
    agency: Public[Code | None] = None
    """The same where it is an agency outside the town, also as the header `ce_agency`; null: a team of the town."""
    consultation: Internal[ShortText | None] = None
    """Which of the application's questions it is about."""


class LinkToConsultee(AboutConsultee):
    """What tells somebody of a question brings the link by which they answer it once, without an account."""

    link_number: Internal[Count] = 0
    """How many such links there have been for this question: only the newest opens; 0: none comes with it."""
    link_until: Internal[Instant | None] = None
    """Until when the link opens."""


class PermitConsulted(LinkToConsultee):
    """A section of the town or an agency outside it is asked about an application."""

    type = "onestop.permit.consulted.v1"
    revision = 2
    due_at: Public[Instant]
    """By when they are to answer."""
    question: ForAsked[FreeText]
    """What they are asked."""


class PermitConsulteeTold(AboutConsultee):
    """What became of the message that asks them. Failed: somebody of the town hands the link on, or calls."""

    type = "onestop.permit.consultee-told.v1"
    status: Public[MessageEnd]
    """Whether any of the ways to them took it."""
    why: Internal[Code | None] = None
    """Why none did; null: one did."""


class PermitConsulteeAskedAgain(LinkToConsultee):
    """They are written to again: before their time is over without an answer, or because an officer sends it again."""

    type = "onestop.permit.consultee-asked-again.v1"
    reason: Public[AskedAgainBecause]
    """Why."""
    due_at: Public[Instant]
    """By when they are to answer, as before."""
    question: ForAsked[FreeText]
    """What they are asked, as before."""


class PermitConsultationAnswered(AboutConsultee):
    """They answered; what they think is for those who decide."""

    type = "onestop.permit.consultation-answered.v1"
    revision = 2
    view: ForStaff[ConsulteeView]
    """What they think of it."""
    answer: ForStaff[FreeText | None] = None
    """Their conditions, or why not."""


class PermitConsultationOverdue(LinkToConsultee):
    """Their time is over without an answer; one is still welcome."""

    type = "onestop.permit.consultation-overdue.v1"
    revision = 2
    due_at: Public[Instant]
    """By when they were to answer."""
    question: ForAsked[FreeText | None] = None
    """What they were asked."""


class PermitInspectionPlanned(PermitEvent):
    """Somebody comes to look at the place on that day, before the decision or while the permit is in force."""

    type = "onestop.permit.inspection-planned.v1"
    at: Public[Instant]
    """When they come."""


class PermitInspectionMoved(PermitEvent):
    """Whoever was to look at the place comes at another time."""

    type = "onestop.permit.inspection-moved.v1"
    was: Public[Instant]
    """When they were to come."""
    at: Public[Instant]
    """When they come instead."""


class PermitInspectionCancelled(PermitEvent):
    """Nobody comes: the office called it off, or the application was decided without it."""

    type = "onestop.permit.inspection-cancelled.v1"
    at: Public[Instant]
    """When they were to come."""
    because: Public[VisitCancelledBecause]
    """Why nobody does."""
    note: ForOwner[FreeText | None] = None
    """What the office says of it."""


class PermitInspected(PermitEvent):
    """The place was looked at."""

    type = "onestop.permit.inspected.v1"
    at: Public[Instant]
    """The day that was planned."""
    result: Public[InspectionResult]
    """What was found."""
    note: ForOwner[FreeText | None] = None
    """What is to be mended, or why nothing could be looked at."""


class PermitConstructionStarted(PermitEvent):
    """The holder tells the day on which the work begins."""

    type = "onestop.permit.construction-started.v1"
    on: Public[Instant]
    """The beginning of that day."""


class PermitConstructionFinished(PermitEvent):
    """The holder tells that the work is finished; it waits for its inspection."""

    type = "onestop.permit.construction-finished.v1"
    on: Public[Instant]
    """The beginning of the day on which it was finished."""


class PermitConstructionAccepted(PermitEvent):
    """What was built stands as it was permitted."""

    type = "onestop.permit.construction-accepted.v1"


class PermitExpiring(PermitEvent):
    """The permit's last day comes near; its holder can still ask for more time."""

    type = "onestop.permit.expiring.v1"
    valid_until: Public[Instant]
    """When it ends."""


class PermitExtensionAsked(PermitEvent):
    """The holder asks for more time; until it is answered the permit does not end."""

    type = "onestop.permit.extension-asked.v1"
    reason: ForOwner[FreeText]
    """Why, in the holder's words."""


class PermitExtensionAnswered(PermitEvent):
    """More time was granted, or not."""

    type = "onestop.permit.extension-answered.v1"
    revision = 2
    granted: Public[bool]
    """Whether it holds longer."""
    valid_until: Public[Instant]
    """Until when it holds now."""
    reason: ForOwner[FreeText | None] = None
    """Why it was refused."""
    letter: Internal[Count] = 0
    """Which of the letters of the application says so; 0: none."""


class PermitTransferred(PermitEvent):
    """The permit has another holder; who, only the register's own file says."""

    type = "onestop.permit.transferred.v1"
    revision = 3
    transferred_at: Public[Instant]
    """Since when."""
    link_number: Internal[Count] = 0
    """How often the secret link was replaced: the new holder has one of their own, and older ones open nothing more."""
    letter: Internal[Count] = 0
    """Which of the letters of the application says so; 0: none."""


class PermitRevoked(PermitEvent):
    """The permit was taken away and holds no more."""

    type = "onestop.permit.revoked.v1"
    revision = 2
    revoked_at: Public[Instant]
    """Since when."""
    legal_reason: ForOwner[FreeText]
    """On which law it rests."""
    letter: Internal[Count] = 0
    """Which of the letters of the application says so; 0: none."""


class PermitAppealed(PermitEvent):
    """Somebody appealed in time; the committee decides."""

    type = "onestop.permit.appealed.v1"
    against: Public[AppealAgainst]
    """The order that they appeal against."""
    reason: ForOwner[FreeText]
    """Why, in their words."""


class PermitAppealAnswered(PermitEvent):
    """The committee has decided. A revocation that is set aside puts the permit in force again."""

    type = "onestop.permit.appeal-answered.v1"
    revision = 2
    against: Public[AppealAgainst]
    """The order that was appealed against."""
    outcome: Public[AppealOutcome]
    """What became of the appeal."""
    reason: ForOwner[FreeText | None] = None
    """Why."""
    letter: Internal[Count] = 0
    """Which of the letters of the application says so; 0: none."""


PERMIT_LIFE_EVENTS: tuple[type[PermitEvent], ...] = (
    PermitConsulted, PermitConsulteeTold, PermitConsulteeAskedAgain, PermitConsultationAnswered,
    PermitConsultationOverdue,
    PermitInspectionPlanned, PermitInspectionMoved, PermitInspectionCancelled, PermitInspected,
    PermitConstructionStarted, PermitConstructionFinished, PermitConstructionAccepted, PermitExpiring,
    PermitExtensionAsked, PermitExtensionAnswered, PermitTransferred, PermitRevoked, PermitAppealed,
    PermitAppealAnswered,
)  # fmt: skip
