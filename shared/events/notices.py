"""What notify says became of each message. Key and subject: the delivery's id. Read by intake and permits."""

from typing import Literal

from shared.events.base import CaseId, Code, Count, Event, Instant, Public, Reference

NoticeChannel = Literal["inbox", "email", "line", "sms", "webhook"]


class NoticeEvent(Event):
    """Common to all: which case and which event it told of, to which audience, on which channel; never to whom."""

    family = "notices"
    case_id: Public[CaseId]
    reference: Public[Reference]
    about: Public[Code]
    """The type of the event it told of."""
    happened_at: Public[Instant | None] = None
    """When that happened, equal to the `ce_time` of the event: with `about` it names one step of the case."""
    audience: Public[Code]
    """The party's or group's code, never a person."""
    channel: Public[NoticeChannel]


class NoticeSent(NoticeEvent):
    """The provider took it."""

    type = "onestop.notice.sent.v1"
    attempts: Public[Count] = 1


class NoticeFailed(NoticeEvent):
    """The provider refused it for good."""

    type = "onestop.notice.failed.v1"
    reason: Public[Code]
    attempts: Public[Count] = 1


class NoticeSkipped(NoticeEvent):
    """Nothing was sent, and why: no-consent, no-contact, no-template, muted."""

    type = "onestop.notice.skipped.v1"
    reason: Public[Code]


NOTICE_EVENTS: tuple[type[NoticeEvent], ...] = (NoticeSent, NoticeFailed, NoticeSkipped)
