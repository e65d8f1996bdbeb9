"""What permits says of visits to the place, and of a permit after its decision. Read by notify."""

from typing import Literal

from shared.events.base import Code, Count, ForOwner, ForStaff, FreeText, Instant, Internal, Public
from shared.events.permit_base import PermitEvent

InspectionResult = Literal["in-order", "defects", "not-done"]
AppealAgainst = Literal["refusal", "revocation"]
AppealOutcome = Literal["granted", "dismissed"]
ConsulteeView = Literal["no-objection", "conditions", "objection"]


class PermitConsulted(PermitEvent):
    """A section of the town or an agency outside it is asked about an application."""

    type = "onestop.permit.consulted.v1"
    consultee: Public[Code]
    """The team or agency, as the town's profile calls it."""
    due_at: Public[Instant]
    """By when they are to answer."""
    question: ForStaff[FreeText]
    """What they are asked."""


class PermitConsultationAnswered(PermitEvent):
    """They answered; what they think is for those who decide."""

    type = "onestop.permit.consultation-answered.v1"
    consultee: Public[Code]
    """The team or agency, as the town's profile calls it."""
    view: ForStaff[ConsulteeView]
    """What they think of it."""
    answer: ForStaff[FreeText | None] = None
    """Their conditions, or why not."""


class PermitConsultationOverdue(PermitEvent):
    """Their time is over without an answer."""

    type = "onestop.permit.consultation-overdue.v1"
    consultee: Public[Code]
    """The team or agency, as the town's profile calls it."""
    due_at: Public[Instant]
    """By when they were to answer."""


class PermitInspectionPlanned(PermitEvent):
    """Somebody comes to look at the place on that day, before the decision or while the permit is in force."""

    type = "onestop.permit.inspection-planned.v1"
    at: Public[Instant]
    """When they come."""


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
    PermitConsulted, PermitConsultationAnswered, PermitConsultationOverdue,
    PermitInspectionPlanned, PermitInspected, PermitConstructionStarted, PermitConstructionFinished,
    PermitConstructionAccepted, PermitExpiring, PermitExtensionAsked, PermitExtensionAnswered, PermitTransferred,
    PermitRevoked, PermitAppealed, PermitAppealAnswered,
)  # fmt: skip
