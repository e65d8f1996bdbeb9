"""What intake says about a report. Key and subject: the report's id. Read by dispatch and notify."""

from typing import Literal

from pydantic import Field

from shared.events.base import (
    CaseId,
    Coarse,
    Code,
    Count,
    Earlier,
    Event,
    FreeText,
    Instant,
    Internal,
    Place,
    Public,
    Reference,
)
from shared.events.outcomes import Outcome

ReportKind = Literal["problem", "suggestion", "question", "consultation"]
Channel = Literal["web", "desk", "open311", "line", "import"]


class ReportEvent(Event):
    """Common to all: the reference people read over the phone, and the category as it is now."""

    family = "reports"
    reference: Public[Reference]
    category: Public[Code]
    sensitive: Public[bool] = False
    """The category hides the exact place from the public."""


class ReportSubmitted(ReportEvent):
    """A resident (or the desk for one) reported something; dispatch routes it, notify thanks and informs."""

    type = "onestop.report.submitted.v1"
    kind: Public[ReportKind]
    channel: Public[Channel]
    submitted_at: Public[Instant]
    zone: Public[Code | None] = None
    """The town's zone that holds the place, None outside all of them."""
    outside_town: Public[bool] = False
    location: Coarse[Place | None] = None
    text: Internal[FreeText]
    answers: Internal[dict[Code, FreeText]] = Field(default_factory=dict)
    photos: Public[Count] = 0
    """How many; the pictures themselves stay with intake."""
    language: Internal[Code] = "th"
    parties: Internal[list[Code]] = Field(default_factory=list)
    """Whose contacts come on private.contacts.v1."""


class ReportAmended(ReportEvent):
    """Staff or the reporter corrected category, place or text; dispatch routes again when the category changed."""

    type = "onestop.report.amended.v1"
    previous_category: Earlier[Code | None] = None
    """Null when it stayed the same."""
    zone: Public[Code | None] = None
    location: Coarse[Place | None] = None
    text: Internal[FreeText | None] = None


class ReportCommented(ReportEvent):
    """Somebody added a comment or a photo; the crew that holds the work sees it."""

    type = "onestop.report.commented.v1"
    by: Public[Literal["reporter", "follower", "staff", "public"]]
    text: Internal[FreeText]
    photos: Public[Count] = 0


class ReportFollowed(ReportEvent):
    """The number of followers changed (count only; who follows is in private.contacts.v1)."""

    type = "onestop.report.followed.v1"
    followers: Public[Count]
    parties: Internal[list[Code]] = Field(default_factory=list)


class ReportMerged(ReportEvent):
    """This report is a duplicate; its followers go with it to `into`."""

    type = "onestop.report.merged.v1"
    into: Public[CaseId]
    """The id of the report that stays open."""
    into_reference: Public[Reference]


class ReportWithdrawn(ReportEvent):
    """The reporter took it back; dispatch cancels the work unless others follow it."""

    type = "onestop.report.withdrawn.v1"
    reason: Internal[FreeText | None] = None


class ReportRated(ReportEvent):
    """The reporter rated a resolution, 1 (bad) to 5 (good)."""

    type = "onestop.report.rated.v1"
    stars: Public[int] = Field(ge=1, le=5)
    comment: Internal[FreeText | None] = None


class ReportReopened(ReportEvent):
    """The reporter says it is not fixed, within the town's window; dispatch opens new work."""

    type = "onestop.report.reopened.v1"
    times: Public[Count] = Field(ge=1)
    """How often this report has been reopened, this one included."""
    zone: Public[Code | None] = None
    location: Coarse[Place | None] = None
    text: Internal[FreeText]
    """The report's text again, so that it can be routed without looking back."""
    reason: Internal[FreeText | None] = None


class ReportClosed(ReportEvent):
    """Closed for good: it can no longer be reopened, and nothing more is told of it."""

    type = "onestop.report.closed.v1"
    outcome: Public[Outcome]


class ReportHidden(Event):
    """It moved to a category that the public is not told of: readers of the public topic delete what they have."""

    type = "onestop.report.hidden.v1"
    family = "reports"
    always_public = True
    reference: Public[Reference]


REPORT_EVENTS: tuple[type[Event], ...] = (
    ReportSubmitted, ReportAmended, ReportCommented, ReportFollowed, ReportMerged,
    ReportWithdrawn, ReportRated, ReportReopened, ReportClosed, ReportHidden,
)  # fmt: skip
