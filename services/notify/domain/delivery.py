"""A delivery: one message to one recipient on one channel, from owed to its outcome, each outcome with its reason.

queued → sending → sent | failed (for good) | retrying → sending …, or skipped. It never holds an address: that is
looked up when it is sent, so that an erasure reaches what is still to be sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.notify.domain.planning import Plan
from services.notify.domain.recipient import Reach
from services.notify.domain.record import Record
from shared.events import ChannelEnd, ChannelOutcome, NoticeEvent, NoticeFailed, NoticeSent, NoticeSkipped
from shared.events.notices import NoticeChannel
from shared.kernel import Step

State = Literal["queued", "sending", "retrying", "sent", "failed", "skipped"]
FINAL = ("sent", "failed", "skipped")
WAITING_FOR_CONTACT = "waiting-for-contact"


class Delivery(Record):
    """`wake_at`: when to look at it again; while it is being sent, when that is taken for lost."""

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
    channel: NoticeChannel
    template: str
    urgent: bool
    team: str | None
    data: dict[str, Any]
    language: str
    correlation_id: str
    traceparent: str | None
    state: State
    reason: str | None = None
    attempts: int = 0
    created_at: datetime
    changed_at: datetime
    wake_at: datetime | None

    @property
    def final(self) -> bool:
        """Nothing more happens to it."""
        return self.state in FINAL


@dataclass(frozen=True)
class Patience:
    """How long what is waited for: a promised contact, a provider that is away, a sender that fell silent."""

    contact: timedelta
    provider: timedelta
    lease: timedelta


@dataclass(frozen=True)
class Sent:
    """The provider took it."""


@dataclass(frozen=True)
class Refused:
    """The provider will never take it."""

    reason: str


@dataclass(frozen=True)
class Later:
    """Not now; `wait` is what the provider asks for."""

    reason: str
    wait: timedelta | None = None


Outcome = Sent | Refused | Later

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)  # so that a provider that comes back has its mail within minutes
TRIES_LEAST = 10
LONGEST_WAIT = timedelta(minutes=10)  # for a contact, whose arrival wakes the delivery anyhow


def owe(plan: Plan, case_id: str, reference: str, language: str, at: datetime) -> Step[Delivery]:
    """A new delivery. The inbox shows what is there, so there it is delivered at once."""
    heard, rule = plan.heard, plan.rule
    delivery = Delivery(
        event_id=heard.id, about=heard.type, happened_at=heard.at, case_id=case_id, reference=reference,
        subject=heard.order or heard.subject, recipient=plan.recipient, party=plan.party, announced=plan.announced,
        audience=rule.audience, channel=plan.channel, template=rule.template, urgent=rule.urgent, team=heard.team,
        data=heard.data, language=language, correlation_id=heard.correlation_id, traceparent=heard.traceparent,
        state="queued", created_at=at, changed_at=at, wake_at=at,
    )  # fmt: skip
    if plan.channel != "inbox":
        return Step(delivery)
    return _sent(delivery.model_copy(update={"attempts": 1}), at)


def begin(
    delivery: Delivery, reach: Reach | Literal["no-template"], at: datetime, patience: Patience
) -> Step[Delivery] | None:
    """Take it in hand (the one who saves this sends it), or say why not. None: it is done, or in other hands."""
    if delivery.final or delivery.wake_at is None or delivery.wake_at > at:
        return None
    if reach == "go":
        if _tried_enough(delivery, at, patience):
            return _failed(delivery, "gave-up", at)
        return Step(_changed(delivery, "sending", None, at, at + patience.lease, attempts=delivery.attempts + 1))
    if reach != "wait":
        return _skipped(delivery, reach, at)
    waited = at - delivery.created_at
    if waited >= patience.contact:
        return _skipped(delivery, "no-contact", at)
    pause = min(max(waited / 2, FIRST_RETRY), LONGEST_WAIT)
    return Step(_changed(delivery, "retrying", WAITING_FOR_CONTACT, at, at + pause))


def settle(
    delivery: Delivery, attempt: int, outcome: Outcome, at: datetime, patience: Patience, jitter: float
) -> Step[Delivery] | None:
    """What the provider said to that attempt; `jitter` from 0 to 1. A lost attempt counts only if it did succeed."""
    if delivery.final or (attempt != delivery.attempts and not isinstance(outcome, Sent)):
        return None
    match outcome:
        case Sent():
            return _sent(delivery, at)
        case Refused(reason=reason):
            return _failed(delivery, reason, at)
        case Later(reason=reason, wait=wait):
            if _tried_enough(delivery, at, patience):
                return _failed(delivery, "gave-up", at)
            pause = wait or _backoff(delivery.attempts) * (0.75 + jitter / 2)
            return Step(_changed(delivery, "retrying", reason, at, at + pause))


def hurry(delivery: Delivery, at: datetime) -> Step[Delivery] | None:
    """The contact that it waited for is here."""
    if delivery.state != "retrying" or delivery.reason != WAITING_FOR_CONTACT:
        return None
    # Later than any moment it was woken at before: a timer's moment takes effect once.
    soon = max(at, delivery.changed_at + timedelta(milliseconds=1))
    return Step(_changed(delivery, "queued", None, at, soon))


def _tried_enough(delivery: Delivery, at: datetime, patience: Patience) -> bool:
    """Long enough and often enough: after days of our own absence the provider still gets its chances."""
    return delivery.attempts >= TRIES_LEAST and at - delivery.created_at >= patience.provider


def _backoff(attempts: int) -> timedelta:
    doublings = min(attempts - 1, 10)
    return min(FIRST_RETRY * int(2**doublings), LONGEST_RETRY)


def _sent(delivery: Delivery, at: datetime) -> Step[Delivery]:
    done = _changed(delivery, "sent", None, at, None)
    return Step(done, (NoticeSent(**_about(done, "sent")),))


def _failed(delivery: Delivery, reason: str, at: datetime) -> Step[Delivery]:
    done = _changed(delivery, "failed", reason, at, None)
    return Step(done, (NoticeFailed(**_about(done, "failed")),))


def _skipped(delivery: Delivery, reason: str, at: datetime) -> Step[Delivery]:
    done = _changed(delivery, "skipped", reason, at, None)
    return Step(done, (NoticeSkipped(**_about(done, "skipped")),))


def _about(delivery: Delivery, outcome: ChannelEnd) -> dict[str, Any]:
    end = ChannelOutcome(
        channel=delivery.channel, outcome=outcome, reason=delivery.reason, attempts=delivery.attempts,
    )  # fmt: skip
    shared = {name: getattr(delivery, name) for name in NoticeEvent.model_fields if name != "channels"}
    return {**shared, "channels": [end]}


def _changed(
    delivery: Delivery, state: State, reason: str | None, at: datetime, wake_at: datetime | None, **more: Any
) -> Delivery:
    return delivery.model_copy(update={"state": state, "reason": reason, "changed_at": at, "wake_at": wake_at, **more})
