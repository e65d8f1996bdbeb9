"""A notice: one event told to one recipient, with a delivery for each channel. It ends when all of them have ended."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, get_args

from services.notify.domain import delivery as life
from services.notify.domain.delivery import Delivery, Outcome, Patience, Way
from services.notify.domain.file import AGENCY, CONSULTEE, CaseFile, Heard
from services.notify.domain.planning import Owed
from shared.events.base import Event
from shared.events.neighbours import NEIGHBOUR
from shared.events.notices import (
    ChannelEnd,
    ChannelOutcome,
    NoticeChannel,
    NoticeEvent,
    NoticeFailed,
    NoticeSent,
    NoticeSkipped,
)
from shared.events.reports import ReportFollowed, ReportSubmitted
from shared.kernel import Lenient, Step, StoredModel
from shared.readers import Openness, Reader, least_open, openness_of

INBOX: NoticeChannel = "inbox"  # it shows what is stored, so what is stored is delivered
ASKING = (ReportSubmitted.type, ReportFollowed.type)  # whose mail asks a stranger to confirm the address
_EVENTS: Mapping[ChannelEnd, type[NoticeEvent]] = {"sent": NoticeSent, "failed": NoticeFailed, "skipped": NoticeSkipped}
_ENDS: Mapping[str, ChannelEnd] = {"sent": "sent", "failed": "failed", "skipped": "skipped"}


class Notice(StoredModel):
    """`party` None: an office's, or an agency's. `announced`: a contact of the party's has been promised."""

    event_id: str
    about: str
    happened_at: datetime
    case_id: str
    reference: str
    subject: str
    recipient: str
    party: str | None
    announced: bool
    audience: str
    template: str
    urgent: bool
    team: str | None
    data: dict[str, Any]
    passed_on: bool = False  # it is about the report that the party's own was merged into
    openness: Annotated[Openness, Lenient] = "open"  # of the case that it is about, when it was owed
    language: str
    traceparent: str | None
    created_at: datetime
    deliveries: list[Delivery]

    def delivery_on(self, channel: str) -> Delivery | None:
        """The notice's delivery on that channel; None where it does not go that way."""
        return next((one for one in self.deliveries if one.channel == channel), None)

    @property
    def agency(self) -> str | None:
        """The agency outside the town that it is for, if it is for one."""
        kind, _, code = self.recipient.partition(":")
        return code if kind == AGENCY else None

    @property
    def answers_by_link(self) -> bool:
        """It is for an agency, or for whoever is asked; whoever wrote to them is told whether they have it."""
        return self.agency is not None or self.audience == CONSULTEE

    @property
    def asked(self) -> str | None:
        """Whom it asks about an application, by the id that the event gives the question or the neighbour."""
        name = {CONSULTEE: "consultation", NEIGHBOUR: "neighbour"}.get(self.audience)
        return self.data.get(name) if name else None

    @property
    def reader(self) -> Reader:
        """Who reads it, by the one rule. Of a report that theirs was merged into people are followers."""
        if self.party is None:
            return "agency" if self.agency else "staff"
        return "follower" if self.passed_on or self.audience in ("follower", NEIGHBOUR) else "reporter"

    def at_most(self, openness: str) -> "Notice":
        """The same notice of a case that has become so closed meanwhile."""
        return self.model_copy(update={"openness": least_open(self.openness, openness)})

    @property
    def names(self) -> str | None:
        """The id of another report that it names: the one that its own was merged into."""
        return str(self.data["into"]) if self.data.get("into") else None

    def without_other(self) -> "Notice":
        """The same notice once nobody but staff may know of that other report."""
        return self.model_copy(update={"data": {**self.data, "into_shown": False}})

    @property
    def asking(self) -> bool:
        """It asks a stranger's address itself: whether they want to be told more, or what they think."""
        return self.about in ASKING or self.audience == NEIGHBOUR

    def kept_back(self, channel: str) -> bool:
        """Whether it did not leave there because its recipient had not agreed to be told, or wanted no more."""
        one = self.delivery_on(channel)
        return one is not None and one.state == "skipped" and one.reason in ("no-consent", "muted")

    @property
    def ended(self) -> bool:
        """Nothing more happens on any channel."""
        return all(one.ended for one in self.deliveries)

    @property
    def outcome(self) -> ChannelEnd | None:
        """Once it has ended: one channel beyond the inbox that took it is enough, and so is an inbox without others."""
        outside = {one.state for one in self.deliveries if one.channel != INBOX}
        if not self.ended:
            return None
        if "sent" in outside or not outside:
            return "sent"
        return "failed" if "failed" in outside else "skipped"

    @property
    def reason(self) -> str | None:
        """Why nobody has it beyond the inbox, or not yet: the word of a channel that ended like the notice."""
        if self.outcome == "sent":
            return None
        ended = [one for one in self.deliveries if one.channel != INBOX and one.state == (self.outcome or one.state)]
        return next((one.reason for one in ended if one.reason), None)


def new_notice(owed: Owed, case_id: str, file: CaseFile, at: datetime) -> Notice:
    """As it is owed: on each channel it waits, and in the inbox it is there."""
    heard = owed.heard
    return Notice(
        event_id=heard.id,
        about=heard.type,
        happened_at=heard.at,
        case_id=case_id,
        reference=file.reference or "",
        subject=heard.order or heard.subject,
        recipient=owed.to.recipient,
        party=owed.to.party,
        announced=owed.to.announced,
        audience=owed.audience,
        template=owed.template,
        urgent=owed.urgent,
        team=heard.team,
        data=heard.data,
        passed_on=heard.passed_on,
        openness=least_open(_openness_then(heard), *(() if heard.passed_on else (file.openness,))),
        language=file.language,
        traceparent=heard.traceparent,
        created_at=at,
        deliveries=[
            life.deliver_at_once(channel, at) if channel == INBOX else life.queue_delivery(channel, at)
            for channel in owed.channels
        ],
    )


def _openness_then(heard: Heard) -> Openness:
    """Of the case, as the event says it; an application is its applicant's own affair, and says nothing."""
    return openness_of(sensitive=heard.data.get("sensitive", False), shown=heard.data.get("shown", True))


def open_notice(notice: Notice, ways: Mapping[str, Way], at: datetime, patience: Patience) -> Step[Notice]:
    """Save it for the first time; what can be begun is begun in the same step.

    What is taken in hand here is sent by whoever saves this; what is queued or waits is taken up when its moment comes
    (`timers.on_notice_due`), or the contact does (`commands.record_contact`).
    """
    return begin(notice, ways, at, patience) or Step(notice, _tell_ended(notice))


def begin(notice: Notice, ways: Mapping[str, Way], at: datetime, patience: Patience) -> Step[Notice] | None:
    """Take these channels in hand where it is time, or say why not. None: there is nothing to do."""

    def begin_one(one: Delivery) -> Delivery | None:
        return life.begin(one, ways[one.channel], at, patience.of(notice.audience)) if one.channel in ways else None

    return _step(notice, begin_one)


def owe_again(notice: Notice, channels: Collection[str], at: datetime) -> Step[Notice] | None:
    """A notice that reached nobody is to be delivered after all, on these channels. None: there is nothing to do."""
    if notice.outcome in (None, "sent"):
        return None
    return _step(notice, lambda one: life.owe_again(one, at) if one.channel in channels else None)


@dataclass(frozen=True)
class Attempt:
    """What a provider said to one attempt on one channel; `jitter` from 0 to 1."""

    channel: str
    number: int
    outcome: Outcome
    jitter: float = 0.5


def settle(notice: Notice, attempt: Attempt, at: datetime, patience: Patience) -> Step[Notice] | None:
    """Note what became of that attempt. None: it is known already, or does not count any more."""

    def settle_one(one: Delivery) -> Delivery | None:
        if one.channel != attempt.channel:
            return None
        return life.settle(one, attempt.number, attempt.outcome, at, patience.of(notice.audience), attempt.jitter)

    return _step(notice, settle_one)


def _step(notice: Notice, change: Callable[[Delivery], Delivery | None]) -> Step[Notice] | None:
    changed = {one.channel: change(one) for one in notice.deliveries}
    if not any(changed.values()):
        return None
    after = notice.model_copy(update={"deliveries": [changed[one.channel] or one for one in notice.deliveries]})
    return Step(after, _tell_ended(after))


def _tell_ended(notice: Notice) -> Sequence[Event]:
    """What is told of it once nothing more happens on any channel; nothing of an office's, and of an agency's, or of
    whoever was asked, to those who referred the work or asked."""
    if (notice.party is None and not notice.answers_by_link) or not notice.ended:
        return ()
    end = _EVENTS[notice.outcome or "skipped"]
    outcomes = [
        ChannelOutcome(channel=one.channel, outcome=_ENDS[one.state], reason=one.reason, attempts=one.attempts)
        for one in notice.deliveries
        if one.state in _ENDS and one.channel in get_args(NoticeChannel)  # what only a newer release knows has no word
    ]
    about = {name: getattr(notice, name) for name in NoticeEvent.model_fields if name != "channels"}
    return (end(**about, channels=outcomes),)


def in_hand(before: Notice | None, after: Notice) -> list[Delivery]:
    """What a step took in hand: whoever saved it sends it."""
    known = {one.channel: one.attempts for one in before.deliveries} if before else {}
    return [one for one in after.deliveries if one.state == "sending" and one.attempts > known.get(one.channel, 0)]
