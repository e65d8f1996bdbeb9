"""What permits says about an application. Key and subject: the application's id. Read by notify."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.events.base import (
    Code,
    Count,
    ForOwner,
    ForStaff,
    FreeText,
    Instant,
    Internal,
    Part,
    Place,
    Public,
    Reference,
)
from shared.events.neighbours import NEIGHBOUR_EVENTS
from shared.events.permit_base import PermitEvent
from shared.events.permit_fees import PERMIT_FEE_EVENTS
from shared.events.permit_life import PERMIT_LIFE_EVENTS

Lane = Literal["fast", "normal"]
Proposal = Literal["approve", "refuse"]
Decision = Literal["approved", "refused"]
MessageBy = Literal["applicant", "staff"]
ClosedBecause = Literal["withdrawn", "refused", "expired", "completed", "revoked", "set-aside"]

# A number, code or date, with a comparison before it or a unit behind it ("<= 150 m2"); never a sentence: it is public.
Measure = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^((<=|>=|<|>|=) ?)?[0-9A-Za-z.,_-]{0,32}( [0-9A-Za-z_%]{1,8})?$")
]


class PermitSubmitted(PermitEvent):
    """An applicant handed in a form; an officer checks the documents. The clock does not run yet."""

    type = "onestop.permit.submitted.v1"
    revision = 3
    submitted_at: Public[Instant]
    """When it was handed in."""
    again: Public[bool] = False
    """True: the answer to a request for documents before acceptance, not a new application."""
    check_due_at: Public[Instant | None] = None
    """By when its documents are looked at, as the town promises; null: nothing is promised."""
    lane: Public[Lane | None] = None
    """The lane that it takes if its documents are found complete; null: none is known."""
    location: Internal[Place | None] = None
    """A home: never public."""
    language: Internal[Code] = "th"
    """The language that the applicant used."""
    link_number: Internal[Count] = 0
    """How often the applicant's secret link was replaced while it was a draft."""
    parties: Internal[list[Code]] = Field(default_factory=list)
    """Whose contacts come on private.contacts.v1."""


class PermitReopened(PermitEvent):
    """The applicant took it back to correct it, before its documents were found complete; it is handed in again."""

    type = "onestop.permit.reopened.v1"


class PermitDocumentsRequested(PermitEvent):
    """Documents are missing or wrong; the applicant is told which and why."""

    type = "onestop.permit.documents-requested.v1"
    revision = 2
    requirements: Public[list[Code]]
    """The documents, as the town's profile calls them."""
    note: ForOwner[FreeText | None] = None
    """What is wrong with them, for the applicant."""
    answer_by: Public[Instant | None] = None
    """By when they answer, as the town's profile says; null: it gives no day."""


class PermitAnswerAwaited(PermitEvent):
    """An applicant has not answered a request for more: their day comes near, or has passed. Nothing is refused by
    it."""

    type = "onestop.permit.answer-awaited.v1"
    requirements: Public[list[Code]]
    """The documents that were asked for."""
    answer_by: Public[Instant]
    """By when they are to answer."""
    late: Public[bool]
    """The day has passed: an answer is still taken, and the office is told."""


class LaneCondition(Part):
    """One condition of the fast lane with the value found; `passed` says whether it holds."""

    condition: Public[Code]
    """The condition, as the town's profile calls it."""
    value: Public[Measure]
    """What the application has."""
    limit: Public[Measure] = ""
    """What the condition allows; empty when it allows no number."""
    passed: Public[bool]
    """Whether it holds."""


class PermitAccepted(PermitEvent):
    """The documents are complete: the clock starts now, on this lane."""

    type = "onestop.permit.accepted.v1"
    lane: Public[Lane]
    """How fast it must be decided."""
    conditions: Public[list[LaneCondition]]
    """Why it is on that lane: every condition of the fast lane."""
    due_at: Public[Instant]
    """When it must be decided."""


class PermitPaused(PermitEvent):
    """The clock stands still while the applicant answers, or has to pay what is paid before the decision."""

    type = "onestop.permit.paused.v1"
    reason: Public[Code]
    """What it waits for."""


class PermitResumed(PermitEvent):
    """The applicant answered or paid; the clock runs on to `due_at`."""

    type = "onestop.permit.resumed.v1"
    revision = 2
    due_at: Public[Instant]
    """When it must be decided now."""
    reason: Public[Code] = "documents"
    """What it waited for."""


class PermitExamined(PermitEvent):
    """The examiner proposes a decision; another person signs. Until then the proposal is the officers' own."""

    type = "onestop.permit.examined.v1"
    proposal: ForStaff[Proposal]
    """What the examiner proposes."""
    note: ForStaff[FreeText | None] = None
    """Why, for the signatory."""


class PermitDecided(PermitEvent):
    """The signatory decided; the letter can be fetched and verified."""

    type = "onestop.permit.decided.v1"
    decision: Public[Decision]
    """What was decided."""
    number: Public[Reference | None] = None
    """The permit's number in the register; null when it was refused."""
    decided_at: Public[Instant]
    """When it was decided."""
    verify_code: Public[Reference | None] = None
    """Opens the register entry at /verify/{code}."""
    legal_reason: ForOwner[FreeText | None] = None
    """On which law a refusal rests."""
    conditions: ForOwner[list[FreeText]] = Field(default_factory=list)
    """What the holder must keep to."""
    on_time: Public[bool] = True
    """It was decided by its due time."""


class PermitOverdue(PermitEvent):
    """The due time came near or passed without a decision; `level` is who is told."""

    type = "onestop.permit.overdue.v1"
    due_at: Public[Instant]
    """When it must be decided."""
    percent: Public[int] = Field(ge=0, le=10000)
    """Of the time that was given: 100 is due, more is late."""
    level: Public[Code] = "head"
    """The rung that is told."""


class PermitCheckOverdue(PermitEvent):
    """The time promised for looking at the documents came near or passed; `level` is who is told."""

    type = "onestop.permit.check-overdue.v1"
    due_at: Public[Instant]
    """By when they are to be looked at."""
    percent: Public[int] = Field(ge=0, le=10000)
    """Of the time that was given: 100 is due, more is late."""
    level: Public[Code] = "head"
    """The rung that is told."""


class PermitLinkRenewed(PermitEvent):
    """The applicant's secret link was replaced by a new one; the link before opens nothing any more."""

    type = "onestop.permit.link-renewed.v1"
    number: Internal[Count] = Field(ge=1)
    """How often it was replaced: with the application's id it makes the secret."""


class PermitMessageWritten(PermitEvent):
    """The applicant asked something or an officer answered, or the reverse; the other side is told."""

    type = "onestop.permit.message-written.v1"
    revision = 2
    by: Public[MessageBy]
    """Who wrote it."""
    text: ForOwner[FreeText]
    """What they wrote."""
    follows_up: Public[bool] = False
    """An earlier one of the applicant's still waits for its answer: whoever is to answer was told of that one."""


class PermitWithdrawn(PermitEvent):
    """The applicant took it back."""

    type = "onestop.permit.withdrawn.v1"
    reason: ForOwner[FreeText | None] = None
    """Why, in the applicant's words."""


class PermitClosed(PermitEvent):
    """Nothing more is expected of it, and nothing more is told."""

    type = "onestop.permit.closed.v1"
    reason: Public[ClosedBecause]
    """Why it is over."""


PERMIT_EVENTS: tuple[type[PermitEvent], ...] = (
    PermitSubmitted, PermitReopened, PermitDocumentsRequested, PermitAnswerAwaited, PermitAccepted, PermitPaused,
    PermitResumed, PermitExamined, PermitDecided, PermitOverdue, PermitCheckOverdue, PermitLinkRenewed,
    PermitMessageWritten, PermitWithdrawn, PermitClosed, *NEIGHBOUR_EVENTS, *PERMIT_LIFE_EVENTS, *PERMIT_FEE_EVENTS,
)  # fmt: skip
