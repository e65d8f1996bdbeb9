"""What a case, its cause and one step of it are: values only, no I/O."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.events import (
    PUBLIC_FAMILIES,
    ContactRecorded,
    Envelope,
    Event,
    contact_key,
    derive_id,
    encode,
    new_id,
    to_headers,
    to_public,
)
from shared.events.topics import CONTACTS, internal, public
from shared.kernel.clock import now
from shared.kernel.moments import Kept, Moment

S = TypeVar("S", bound=BaseModel)

CLOCK_SKEW = timedelta(minutes=2)  # a phone's clock may be ahead by this much
OFFLINE_MOST = timedelta(days=7)  # an act may wait on a phone without a network for this long


@dataclass(frozen=True)
class Cause:
    """Why a step happens. `id` is what the case remembers, so that the same cause takes effect once.

    `at` is the domain's "now". `late` says that the case has already heard a later event of the same origin:
    such an event is recorded, but must not move state back.
    """

    id: str
    correlation_id: str  # the case it all began with; "" for requests and timers: the case says it
    at: datetime
    late: bool = False
    origin: str = ""  # the case this event comes from, "" for requests and timers
    sequence: int = 0
    happened_at: datetime | None = None  # the act's time by the clock of the device, where the device says it

    @property
    def happened(self) -> datetime:
        """The time to show: when it happened on the device, else when it arrived."""
        return self.happened_at or self.at

    @classmethod
    def request(
        cls, *, key: str | None = None, scope: str = "", at: datetime | None = None, happened_at: datetime | None = None
    ) -> "Cause":
        """An HTTP request; with an `Idempotency-Key` the same key in the same scope is the same cause.

        `happened_at` is what the device says; a device whose clock cannot be right is not believed.
        """
        arrived = at or now()
        cause_id = keyed_id(scope, key) if key else new_id()
        return cls(cause_id, "", arrived, happened_at=_believable(happened_at, arrived))

    @classmethod
    def of(cls, envelope: Envelope) -> "Cause":
        """A consumed event."""
        noun = envelope.type.split(".")[1]
        return cls(
            envelope.id, envelope.correlation_id, now(), origin=f"{noun}|{envelope.subject}", sequence=envelope.sequence
        )

    @classmethod
    def timer(cls, case_id: str, moment: Moment) -> "Cause":
        """A moment that a case waits for; every replica that sees it come gives it the same id."""
        return cls(derive_id(case_id, "timer", moment.name, moment.at.isoformat()), "", now())


def _believable(happened_at: datetime | None, arrived: datetime) -> datetime | None:
    """The device's time, at most that of the arrival; None where its clock must be wrong."""
    if happened_at is None or not arrived - OFFLINE_MOST <= happened_at <= arrived + CLOCK_SKEW:
        return None
    return min(happened_at, arrived)


def keyed_id(scope: str, key: str) -> str:
    """The id that belongs to an `Idempotency-Key` within `scope` (who asks and for what)."""
    return derive_id("0" * 26, scope, key)


class Tombstone(Event):
    """A null value on a compacted topic: whatever its subject holds is erased."""

    type = "tombstone"
    family = "contacts"


@dataclass(frozen=True)
class Erase:
    """Take back the contact of `party`: a tombstone on the private topic.

    On the case itself, or on a case of its own that is kept for the party (`<case>:<party>`).
    """

    party: str


@dataclass(frozen=True)
class Step(Generic[S]):
    """What a decision yields: the new state, and what to tell whom, in order."""

    state: S
    events: Sequence[Event] = ()
    contacts: Sequence[ContactRecorded | Erase] = ()


Decide = Callable[[S | None, Cause], Step[S] | None]


@dataclass(frozen=True)
class Case(Generic[S]):
    """A stored case. `repeated`: its last cause had been seen before, so nothing changed."""

    id: str
    version: int
    state: S
    created: bool = False
    repeated: bool = False


@dataclass(frozen=True)
class Message:
    """One message of an outbox entry; `value` None is a tombstone."""

    topic: str
    key: str
    value: bytes | None


@dataclass(frozen=True)
class Entry:
    """One event waiting in its case's outbox, with its copies for each visibility."""

    id: str
    at: datetime
    headers: Sequence[tuple[str, bytes]]
    messages: Sequence[Message]
    reference: str = ""

    @property
    def correlation_id(self) -> str | None:
        """The case it all began with, as the event's readers are told."""
        return next((value.decode() for name, value in self.headers if name == "ce_correlationid"), None)


@dataclass(frozen=True)
class Stored(Generic[S]):
    """A case as the store holds it, with the kernel's own bookkeeping; `beside` says what no longer fits."""

    id: str
    version: int
    state: S | None
    seen: Sequence[str] = ()  # causes that took effect, the newest last
    sequences: Mapping[str, int] = field(default_factory=dict)  # family → last sequence published
    heard: Mapping[str, int] = field(default_factory=dict)  # origin → highest sequence heard, the last heard last
    moments: Sequence[Kept] = ()  # as they were: what a new state still waits for keeps its failures
    correlation: str = ""  # the case it all began with, as the step that created this one said
    older: Mapping[str, int] = field(default_factory=dict)  # field → how many of its items have moved beside the case
    until: Mapping[str, str] = field(default_factory=dict)  # seen, heard → the highest key among those that have moved


@dataclass(frozen=True)
class Write(Generic[S]):
    """One guarded write of one step or several in a row; it takes effect only if the stored version is `expected`."""

    case: Stored[S]  # as it will be
    state: S
    expected: int  # 0: it is new
    entries: Sequence[Entry]  # to be added to its outbox

    @property
    def id(self) -> str:
        """The case's id."""
        return self.case.id

    def then(self, later: "Write[S]") -> "Write[S]":
        """Both as one write; `later` was planned on what this one leads to."""
        return replace(later, expected=self.expected, entries=(*self.entries, *later.entries))


def for_case(cause: Cause, stored: Stored[S]) -> Cause:
    """The cause as this case sees it: late when a later event of its origin was heard before."""
    return replace(cause, late=bool(cause.origin) and cause.sequence < stored.heard.get(cause.origin, 0))


def plan(
    stored: Stored[S],
    step: Step[S],
    cause: Cause,
    *,
    source: str,
    trace: str | None,
    shown: bool = True,
    was_shown: bool = True,
) -> Write[S]:
    """Everything that one step changes, as one write.

    `shown`, `was_shown`: whether the public may hear of the case after this step, and might before it.
    """
    begun_with = stored.correlation or cause.correlation_id or stored.id.partition(":")[0]
    told = replace(cause, correlation_id=cause.correlation_id or begun_with)
    outgoing = _Outgoing(stored.id, told, source, trace, dict(stored.sequences))
    entries = [outgoing.contact(contact) for contact in step.contacts]
    entries += [outgoing.event(event, shown, was_shown) for event in step.events]
    after = replace(
        stored,
        version=stored.version + 1,
        state=step.state,
        seen=(*stored.seen, cause.id),
        sequences=outgoing.sequences,
        heard=_heard(stored.heard, cause),
        correlation=begun_with,
    )
    return Write(after, step.state, stored.version, entries)


def _heard(before: Mapping[str, int], cause: Cause) -> Mapping[str, int]:
    if not cause.origin:
        return before
    others = {origin: sequence for origin, sequence in before.items() if origin != cause.origin}
    return others | {cause.origin: max(cause.sequence, before.get(cause.origin, 0))}


@dataclass
class _Outgoing:
    """Makes the entries of one step, which share its case, its cause and its trace."""

    case_id: str
    cause: Cause
    source: str
    trace: str | None
    sequences: dict[str, int]

    def event(self, event: Event, shown: bool, was_shown: bool) -> Entry:
        envelope = self._envelope(event.type, self.case_id, event.family, event)
        messages = [Message(internal(event.family), self.case_id, encode(event.data()))]
        if event.family in PUBLIC_FAMILIES and (shown or event.always_public):
            public_data = to_public(event, was_shown=was_shown)
            messages.append(Message(public(event.family), self.case_id, encode(public_data)))
        return Entry(envelope.id, self.cause.at, to_headers(envelope), messages, getattr(event, "reference", ""))

    def contact(self, contact: ContactRecorded | Erase) -> Entry:
        key = contact_key(self.case_id.partition(":")[0], contact.party)
        envelope = self._envelope(ContactRecorded.type, key, f"{ContactRecorded.family}|{contact.party}")
        value = None if isinstance(contact, Erase) else encode(contact.data())
        return Entry(envelope.id, self.cause.at, to_headers(envelope), (Message(CONTACTS, key, value),))

    def _envelope(self, event_type: str, subject: str, family: str, event: Event | None = None) -> Envelope:
        self.sequences[family] = self.sequences.get(family, 0) + 1
        return Envelope(
            id=new_id(),
            source=self.source,
            type=event_type,
            subject=subject,
            time=self.cause.at,
            sequence=self.sequences[family],
            causation_id=self.cause.id,
            correlation_id=self.cause.correlation_id,
            traceparent=self.trace,
            team=getattr(event, "team", None),
            category=getattr(event, "category", None),
            zone=getattr(event, "zone", None),
            audience=getattr(event, "audience", None),
        )


def fingerprint(data: BaseModel) -> str:
    """A short digest of a request body: tells a repeated request from a key used twice for different things."""
    return hashlib.sha256(data.model_dump_json().encode()).hexdigest()[:32]
