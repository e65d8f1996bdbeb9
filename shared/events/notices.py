"""What notify says became of each notice. Key and subject: the notice's id, and of a contact that was looked up the
report's. Read by intake, dispatch and permits.

A notice tells one recipient of one event, on as many channels as the town's rules say; it is told of once, when
nothing more is tried. Only what goes to people and agencies outside the town hall is told here; offices have their own
lists.
"""

from typing import Literal

from shared.events.base import CaseId, Code, Count, Event, Instant, Internal, Part, Reference, ShortText

NoticeChannel = Literal["inbox", "email", "line", "sms", "webhook"]
ChannelEnd = Literal["sent", "failed", "skipped"]
LookUpReason = Literal["details", "appointment", "outcome", "other"]


class ChannelOutcome(Part):
    """What became of a notice on one channel, and why not when it was not sent."""

    channel: Internal[NoticeChannel]
    """By which way."""
    outcome: Internal[ChannelEnd]
    """What became of it there."""
    reason: Internal[Code | None] = None
    """Why it failed or was skipped; null: it was sent."""
    attempts: Internal[Count] = 0
    """How often it was handed to the provider."""


class NoticeEvent(Event):
    """Common to all: which case and which event it told of, to which audience, on which channels; never to whom."""

    family = "notices"
    revision = 2
    case_id: Internal[CaseId]
    """The report or application it told of."""
    reference: Internal[Reference]
    """Its reference."""
    about: Internal[Code]
    """The type of the event it told of."""
    happened_at: Internal[Instant | None] = None
    """When that happened, equal to the `ce_time` of the event: with `about` it names one step of the case."""
    audience: Internal[Code]
    """The party's or group's code, never a person; also the header `ce_audience`."""
    asked: Internal[ShortText | None] = None
    """Which of those who are asked about an application it was for, by the id that the event gave the question or the
    neighbour; null: it asked nobody."""
    channels: Internal[list[ChannelOutcome]]
    """Each channel that was tried or left out, with its outcome."""


class NoticeSent(NoticeEvent):
    """A channel beyond the inbox took it; or the inbox was all that there was."""

    type = "onestop.notice.sent.v1"


class NoticeFailed(NoticeEvent):
    """No channel beyond the inbox took it, and at least one refused it for good."""

    type = "onestop.notice.failed.v1"


class NoticeSkipped(NoticeEvent):
    """No channel beyond the inbox was tried: no-consent, no-contact, no-template, no-channel, muted, not-theirs."""

    type = "onestop.notice.skipped.v1"


class ContactShown(Event):
    """A member of staff looked up how to reach the reporter, to speak with them; never the contact itself. Intake shows
    it in the report's history. Key and subject: the report's id."""

    type = "onestop.notice.contact-shown.v1"
    family = "notices"
    case_id: Internal[CaseId]
    """The report."""
    reference: Internal[Reference]
    """Its reference."""
    audience: Internal[Code]
    """Whose contact it is, by their part in it; also the header `ce_audience`."""
    actor: Internal[ShortText]
    """The member of staff, by the subject of the sign-in."""
    actor_name: Internal[ShortText | None] = None
    """Their name as it was shown then."""
    reason: Internal[LookUpReason]
    """What for."""


NOTICE_EVENTS: tuple[type[Event], ...] = (NoticeSent, NoticeFailed, NoticeSkipped, ContactShown)
