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
    ForEverybody,
    ForOwner,
    FreeText,
    Instant,
    Internal,
    Place,
    Public,
    PublicText,
    Reference,
)
from shared.events.outcomes import Outcome
from shared.events.report_base import ByStaff, ReportEvent

ReportKind = Literal["problem", "suggestion", "question", "consultation"]
Channel = Literal["web", "phone", "counter", "desk", "open311", "line", "import"]
CommentBy = Literal["reporter", "follower", "staff", "public"]


class ReportSubmitted(ReportEvent):
    """A resident (or the desk for one) reported something; dispatch routes it, notify thanks and informs."""

    type = "onestop.report.submitted.v1"
    kind: Public[ReportKind]
    """What was brought to the town: something to mend, or something to answer."""
    channel: Public[Channel]
    """How it reached the town."""
    submitted_at: Public[Instant]
    """When the town accepted it; equal to `ce_time`."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    outside_town: Public[bool] = False
    """The place lies outside the town's limits."""
    location: Coarse[Place | None] = None
    """Where it is; null when no place was given."""
    text: ForEverybody[FreeText]
    """What the resident wrote."""
    public_text: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    answers: ForOwner[dict[Code, FreeText]] = Field(default_factory=dict)
    """The answers to the category's questions, by the question's code."""
    incident_id: Internal[CaseId | None] = None
    """The known incident that the reporter says it is one of; dispatch decides whether it is."""
    photos: Public[Count] = 0
    """How many; the pictures themselves stay with intake."""
    language: Internal[Code] = "th"
    """The language that the reporter used."""
    parties: Internal[list[Code]] = Field(default_factory=list)
    """Whose contacts come on private.contacts.v1."""


class ReportAmended(ByStaff):
    """Staff or the reporter corrected category, place or text; dispatch routes again when the category changed."""

    type = "onestop.report.amended.v1"
    revision = 2
    previous_category: Earlier[Code | None] = None
    """The category before; null when it stayed the same, or when the report was not public then."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    outside_town: Public[bool] = False
    """The place lies outside the town's limits."""
    location: Coarse[Place | None] = None
    """Where it is after the correction."""
    text: ForEverybody[FreeText | None] = None
    """What it says after the correction."""
    public_text: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    answers: ForOwner[dict[Code, FreeText] | None] = None
    """The answers after the correction, an address without degrees among them; null when nothing is said of them."""


class ReportCommented(ByStaff):
    """Somebody added a comment or a photo; the crew that holds the work sees it."""

    type = "onestop.report.commented.v1"
    revision = 2
    by: Public[CommentBy]
    """Who, by their part in it; never a person."""
    text: ForEverybody[FreeText]
    """What they wrote."""
    public_text: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    photos: Public[Count] = 0
    """How many pictures came with it."""


class ReportFollowed(ReportEvent):
    """The number of followers changed; a count, never who they are."""

    type = "onestop.report.followed.v1"
    followers: Public[Count]
    """How many follow it now."""
    parties: Internal[list[Code]] = Field(default_factory=list)
    """Who began to; their contacts come on private.contacts.v1."""


class ReportMerged(ByStaff):
    """This report is a duplicate; its followers go with it to `into`."""

    type = "onestop.report.merged.v1"
    revision = 2
    into: Public[CaseId]
    """The id of the report that stays open."""
    into_reference: Public[Reference]
    """Its reference."""
    into_shown: Internal[bool] = True
    """The public may hear of that one; false: the people of this one are not told which it is."""


class ReportSeparated(ByStaff):
    """It was merged by mistake and is no duplicate after all: open again, with its own people; dispatch opens work."""

    type = "onestop.report.separated.v1"
    revision = 2
    times: Public[Count] = Field(ge=1)
    """How often this report has been separated, this time included."""
    from_report: Internal[CaseId]
    """The id of the report that it had been merged into; it may be hidden from the public by now."""
    from_reference: Internal[Reference]
    """Its reference."""
    kind: Public[ReportKind]
    """What was brought to the town: something to mend, or something to answer."""
    channel: Public[Channel]
    """How it reached the town."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    outside_town: Public[bool] = False
    """The place lies outside the town's limits."""
    location: Coarse[Place | None] = None
    """Where it is."""
    text: ForEverybody[FreeText]
    """The report's text again, so that it can be routed without looking back."""
    public_text: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    answers: ForOwner[dict[Code, FreeText]] = Field(default_factory=dict)
    """The answers to the category's questions, by the question's code."""
    photos: Public[Count] = 0
    """How many; the pictures themselves stay with intake."""
    followers: Public[Count] = 0
    """How many follow it."""


class ReportWithdrawn(ReportEvent):
    """The reporter took it back; dispatch cancels the work unless others follow it."""

    type = "onestop.report.withdrawn.v1"
    reason: ForEverybody[FreeText | None] = None
    """Why, in the reporter's words."""
    public_reason: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""


class ReportRated(ReportEvent):
    """The reporter rated a resolution; it may still come after the report was closed."""

    type = "onestop.report.rated.v1"
    stars: Public[int] = Field(ge=1, le=5)
    """From 1 (bad) to 5 (good)."""
    comment: ForEverybody[FreeText | None] = None
    """What the reporter wrote with it."""
    public_comment: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""


class ReportReopened(ReportEvent):
    """The reporter says it is not fixed, within the town's window; dispatch opens new work."""

    type = "onestop.report.reopened.v1"
    times: Public[Count] = Field(ge=1)
    """How often this report has been reopened, this one included."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    location: Coarse[Place | None] = None
    """Where it is."""
    text: ForEverybody[FreeText]
    """The report's text again, so that it can be routed without looking back."""
    public_text: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""
    reason: ForEverybody[FreeText | None] = None
    """Why it is not fixed, in the reporter's words."""
    public_reason: PublicText = None
    """The same as everybody may read it; null where only reporter and staff may."""


class ReportLinkRenewed(ReportEvent):
    """The reporter's secret link was replaced by a new one; the link before opens nothing any more."""

    type = "onestop.report.link-renewed.v1"
    number: Internal[Count] = Field(ge=1)
    """How often it was replaced: with the report's id it makes the secret."""


class ReportClosed(ReportEvent):
    """Closed: withdrawn, a duplicate, or resolved so long ago that it can no longer be reopened. Nothing more is
    expected; only a report that was merged by mistake opens again (`report.separated`)."""

    type = "onestop.report.closed.v1"
    outcome: Public[Outcome]
    """How it ended."""


class ReportHidden(Event):
    """It moved to a category that the public is not told of: readers of the public topic delete what they have."""

    type = "onestop.report.hidden.v1"
    family = "reports"
    always_public = True
    reference: Public[Reference]
    """The reference of the report to delete; `ce_subject` is its id."""


REPORT_EVENTS: tuple[type[Event], ...] = (
    ReportSubmitted,
    ReportAmended,
    ReportCommented,
    ReportFollowed,
    ReportMerged,
    ReportSeparated,
    ReportWithdrawn,
    ReportRated,
    ReportReopened,
    ReportLinkRenewed,
    ReportClosed,
    ReportHidden,
)
