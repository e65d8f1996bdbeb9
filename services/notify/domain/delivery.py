"""A delivery: a notice on one of its channels, from owed to its end, each end with its reason.

queued → sending → sent | failed (for good) | retrying → sending …, or skipped. It never holds an address: that is
looked up when it is sent, so that an erasure reaches what is still to be sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from services.notify.domain.recipient import Reach
from shared.events.notices import NoticeChannel
from shared.kernel import Lenient, StoredModel

State = Literal["queued", "sending", "retrying", "sent", "failed", "skipped"]
# no-channel: this release, or this town, has no such channel; no-capacity: it may go, and whoever asks cannot send it;
# not-theirs: it was owed to whoever held the case before
Way = Reach | Literal["no-template", "no-channel", "no-capacity", "not-theirs"]
WAITING_FOR_CONTACT = "waiting-for-contact"


class Delivery(StoredModel):
    """`due_at`: when to look at it again; while it is being sent, when that is presumed lost; None: it has ended."""

    channel: Annotated[NoticeChannel, Lenient]
    state: Annotated[State, Lenient]
    reason: str | None = None
    attempts: int = 0
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None

    @property
    def ended(self) -> bool:
        """Nothing more happens to it."""
        return self.due_at is None

    @property
    def waits_for_contact(self) -> bool:
        """A contact was promised, and is not here yet."""
        return self.state == "retrying" and self.reason == WAITING_FOR_CONTACT


@dataclass(frozen=True)
class Patience:
    """How long we wait for each thing: a promised contact, a provider that is away, a sender that fell silent."""

    contact: timedelta
    provider: timedelta
    lease: timedelta
    agency: timedelta = timedelta(hours=4)  # for its provider, of a message to an agency

    def of(self, audience: str) -> "Patience":
        """Of messages to that audience: what an agency, or whoever is asked, does not have by then somebody must tell
        them."""
        return replace(self, provider=self.agency) if audience in ("agency", "consultee") else self


@dataclass(frozen=True)
class Sent:
    """The provider took the message; whether anybody reads it we do not hear."""


@dataclass(frozen=True)
class Refused:
    """The provider will never take it. `of_content`: for what stands in it, and not for whom it is."""

    reason: str
    of_content: bool = False


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
ROLLING_MOST = timedelta(hours=1)  # replicas of two releases run side by side: the other one may have the channel
_TICK = timedelta(milliseconds=1)  # the database's
SHORTEST_WAIT = timedelta(seconds=1)  # whatever a provider asks for


def queue_delivery(channel: NoticeChannel, at: datetime) -> Delivery:
    """A delivery that nobody has tried yet, due at once."""
    return Delivery(channel=channel, state="queued", created_at=at, changed_at=at, due_at=at)


def deliver_at_once(channel: NoticeChannel, at: datetime) -> Delivery:
    """On a channel that shows what is stored."""
    return Delivery(channel=channel, state="sent", attempts=1, created_at=at, changed_at=at, due_at=None)


def owe_again(delivery: Delivery, at: datetime) -> Delivery | None:
    """From the beginning, as if it were owed since then. None: it has not ended, or it was delivered.

    Attempts count on, so that what a lost sender may still say of an older one does not count.
    """
    if delivery.state not in ("failed", "skipped"):
        return None
    return _change(delivery, "queued", None, at, at, created_at=at)


def begin(delivery: Delivery, way: Way, at: datetime, patience: Patience) -> Delivery | None:
    """Take it in hand (the one who saves this sends it), or say why not. None: it is done, or in other hands."""
    if delivery.due_at is None or (delivery.due_at > at and not (delivery.waits_for_contact and way != "wait")):
        return None
    if way == "no-capacity":
        return _hurry(delivery, at) if delivery.waits_for_contact else None
    if way == "go":
        if _tried_enough(delivery, at, patience):
            return _end(delivery, "failed", "gave-up", at)
        return _change(delivery, "sending", None, at, at + patience.lease, attempts=delivery.attempts + 1)
    if way == "no-channel" and at - delivery.created_at < ROLLING_MOST:
        return _change(delivery, "retrying", way, at, at + LONGEST_RETRY)
    if way != "wait":
        return _end(delivery, "skipped", way, at)
    waited = at - delivery.created_at
    if waited >= patience.contact:
        return _end(delivery, "skipped", "no-contact", at)
    pause = min(max(waited / 2, FIRST_RETRY), LONGEST_WAIT)
    return _change(delivery, "retrying", WAITING_FOR_CONTACT, at, at + pause)


def _hurry(delivery: Delivery, at: datetime) -> Delivery:
    """Due at once, and later than any moment it was woken at before: a moment takes effect once."""
    return _change(delivery, "queued", None, at, max(at, delivery.changed_at + _TICK))


def settle(
    delivery: Delivery, attempt: int, outcome: Outcome, at: datetime, patience: Patience, jitter: float
) -> Delivery | None:
    """What the provider said to that attempt; `jitter` from 0 to 1. A lost attempt counts only if it did succeed."""
    if delivery.ended or (attempt != delivery.attempts and not isinstance(outcome, Sent)):
        return None
    match outcome:
        case Sent():
            return _end(delivery, "sent", None, at)
        case Refused(reason=reason):
            return _end(delivery, "failed", reason, at)
        case Later(reason=reason, wait=wait):
            if _tried_enough(delivery, at, patience):
                return _end(delivery, "failed", "gave-up", at)
            pause = _backoff(delivery.attempts) * (0.75 + jitter / 2) if wait is None else max(wait, SHORTEST_WAIT)
            return _change(delivery, "retrying", reason, at, at + pause)


def _tried_enough(delivery: Delivery, at: datetime, patience: Patience) -> bool:
    """Long enough and often enough: after days of our own absence the provider still gets its chances."""
    return delivery.attempts >= TRIES_LEAST and at - delivery.created_at >= patience.provider


def _backoff(attempts: int) -> timedelta:
    doublings = min(attempts - 1, 10)
    return min(FIRST_RETRY * int(2**doublings), LONGEST_RETRY)


def _end(delivery: Delivery, state: State, reason: str | None, at: datetime) -> Delivery:
    return _change(delivery, state, reason, at, None)


def _change(
    delivery: Delivery, state: State, reason: str | None, at: datetime, due_at: datetime | None, **more: Any
) -> Delivery:
    changes = {"state": state, "reason": reason, "changed_at": at, "due_at": due_at, **more}
    return delivery.model_copy(update=changes)
