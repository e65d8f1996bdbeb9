"""What permits says about an application. Key and subject: the application's id. Read by notify."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.events.base import Code, Event, FreeText, Instant, Internal, Part, Place, Public, Reference, ShortText

Lane = Literal["fast", "normal"]
ClosedBecause = Literal["withdrawn", "refused", "expired"]

# A number, code or date, with a comparison before it or a unit behind it ("<= 150 m2"); never a sentence: it is public.
Measure = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^((<=|>=|<|>|=) ?)?[0-9A-Za-z.,_-]{0,32}( [0-9A-Za-z_%]{1,8})?$")
]


class PermitEvent(Event):
    """Common to all: the application's reference and the permit type of the town's profile."""

    family = "permits"
    reference: Public[Reference]
    permit_type: Public[Code]
    zone: Public[Code | None] = None
    actor: Internal[ShortText | None] = None
    """The officer's subject id; None: the applicant or the system."""


class PermitSubmitted(PermitEvent):
    """An applicant handed in a form; an officer checks the documents. The clock does not run yet."""

    type = "onestop.permit.submitted.v1"
    submitted_at: Public[Instant]
    again: Public[bool] = False
    """True: the answer to a request for documents before acceptance, not a new application."""
    location: Internal[Place | None] = None
    """A home: never public."""
    language: Internal[Code] = "th"
    parties: Internal[list[Code]] = Field(default_factory=list)


class PermitDocumentsRequested(PermitEvent):
    """Documents are missing or wrong; the applicant is told which and why."""

    type = "onestop.permit.documents-requested.v1"
    requirements: Public[list[Code]]
    """The documents, as the town's profile calls them."""
    note: Internal[FreeText | None] = None


class LaneCondition(Part):
    """One condition of the fast lane with the value found; `passed` says whether it holds."""

    condition: Public[Code]
    value: Public[Measure]
    limit: Public[Measure] = ""
    passed: Public[bool]


class PermitAccepted(PermitEvent):
    """The documents are complete: the clock starts now, on this lane."""

    type = "onestop.permit.accepted.v1"
    lane: Public[Lane]
    conditions: Public[list[LaneCondition]]
    due_at: Public[Instant]


class PermitPaused(PermitEvent):
    """The clock stands still while the applicant answers."""

    type = "onestop.permit.paused.v1"
    reason: Public[Code]


class PermitResumed(PermitEvent):
    """The applicant answered; the clock runs on to `due_at`."""

    type = "onestop.permit.resumed.v1"
    due_at: Public[Instant]


class PermitExamined(PermitEvent):
    """The examiner proposes a decision; another person signs."""

    type = "onestop.permit.examined.v1"
    proposal: Public[Literal["approve", "refuse"]]
    note: Internal[FreeText | None] = None


class PermitDecided(PermitEvent):
    """The signatory decided; the letter can be fetched and verified."""

    type = "onestop.permit.decided.v1"
    decision: Public[Literal["approved", "refused"]]
    number: Public[Reference | None] = None
    """The permit's number in the register."""
    decided_at: Public[Instant]
    verify_code: Public[Reference | None] = None
    """Opens the register entry at /verify/{code}."""
    legal_reason: Internal[FreeText | None] = None
    conditions: Internal[list[FreeText]] = Field(default_factory=list)
    on_time: Public[bool] = True


class PermitOverdue(PermitEvent):
    """The due time came near or passed without a decision; `level` is who is told."""

    type = "onestop.permit.overdue.v1"
    due_at: Public[Instant]
    percent: Public[int] = Field(ge=0, le=10000)
    """Of the time that was given: 100 is due, more is late."""
    level: Public[Code] = "head"


class PermitWithdrawn(PermitEvent):
    """The applicant took it back."""

    type = "onestop.permit.withdrawn.v1"
    reason: Internal[FreeText | None] = None


class PermitClosed(PermitEvent):
    """Nothing more is expected of it, and nothing more is told."""

    type = "onestop.permit.closed.v1"
    reason: Public[ClosedBecause]


PERMIT_EVENTS: tuple[type[PermitEvent], ...] = (
    PermitSubmitted, PermitDocumentsRequested, PermitAccepted, PermitPaused, PermitResumed,
    PermitExamined, PermitDecided, PermitOverdue, PermitWithdrawn, PermitClosed,
)  # fmt: skip
