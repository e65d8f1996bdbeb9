"""What a case, its cause and one step of it are: values only, no I/O."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from shared.events.base import Event
from shared.events.contacts import ContactRecorded
from shared.events.envelope import Envelope
from shared.events.ids import derive_id, new_id
from shared.kernel.clock import now
from shared.kernel.moments import Moment
from shared.people import Person

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
    asked: str = ""  # digest of what a request with a key asked for: the same key is not taken for something else
    by: Person | None = None  # who acts by name, of the staff or an agency: the step leaves a line in the trail
    act: str = ""  # what they do, in one word

    @property
    def happened(self) -> datetime:
        """The time to show: when it happened on the device, else when it arrived."""
        return self.happened_at or self.at

    @classmethod
    def request(
        cls,
        *,
        key: str | None = None,
        scope: str = "",
        content: str = "",
        at: datetime | None = None,
        happened_at: datetime | None = None,
        by: Person | None = None,
        act: str = "",
    ) -> "Cause":
        """An HTTP request; with an `Idempotency-Key` the same key in the same scope is the same cause.

        `content`: the `fingerprint` of what is asked; the same key with another one is refused by the case.
        `happened_at` is what the device says; a device whose clock cannot be right is not believed.
        `by`: whoever is signed in; one who holds no role of ours acts as anybody does.
        """
        arrived = at or now()
        cause_id = derive_keyed_id(scope, key) if key else new_id()
        asked = _hash_asked(scope, key, content) if key else ""
        staff = by if by is not None and by.acts_by_name else None
        happened = _limit_time(happened_at, arrived)
        return cls(cause_id, "", arrived, happened_at=happened, asked=asked, by=staff, act=act)

    @classmethod
    def of(cls, envelope: Envelope) -> "Cause":
        """The cause that a consumed event is: its id, so that the same event again changes nothing, and where it
        stands in order."""
        noun = envelope.type.split(".")[1]
        return cls(
            envelope.id, envelope.correlation_id, now(), origin=f"{noun}|{envelope.subject}", sequence=envelope.sequence
        )

    @classmethod
    def timer(cls, case_id: str, moment: Moment) -> "Cause":
        """A moment that a case waits for; every replica that sees it come gives it the same id."""
        return cls(derive_id(case_id, "timer", moment.name, moment.at.isoformat()), "", now())


def _limit_time(happened_at: datetime | None, arrived: datetime) -> datetime | None:
    """The device's time, at most that of the arrival; None where its clock must be wrong."""
    if happened_at is None or not arrived - OFFLINE_MOST <= happened_at <= arrived + CLOCK_SKEW:
        return None
    return min(happened_at, arrived)


def derive_keyed_id(scope: str, key: str) -> str:
    """The id that belongs to an `Idempotency-Key` within `scope` (who asks and for what)."""
    return derive_id("0" * 26, scope, key)


def _hash_asked(scope: str, key: str, content: str) -> str:
    """Of the key too, which is kept nowhere: nobody finds out a name or a number by comparing guesses with it."""
    return hashlib.sha256("\x1f".join((scope, key, content)).encode()).hexdigest()[:16]


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


def fingerprint(*said: object) -> str:
    """A short digest of a request's body: tells a repeated request from a key used twice for different things."""
    return hashlib.sha256(b"\x1f".join(map(to_json, said))).hexdigest()[:32]
