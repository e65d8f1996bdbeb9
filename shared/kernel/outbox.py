"""What a step tells, as the entries that wait in its case's outbox until the relay has published them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.base import Event
from shared.events.catalogue import PUBLIC_FAMILIES
from shared.events.contacts import ContactRecorded, contact_key
from shared.events.envelope import Envelope, dataschema, encode_model, to_headers
from shared.events.ids import new_id
from shared.events.public import public_form
from shared.events.topics import CONTACTS, internal, public
from shared.kernel.case import Cause, Erase
from shared.kernel.clock import now

AHEAD_MOST = timedelta(minutes=1)  # clocks of processes are apart by less, or one of them is wrong


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


def has_waited(at: datetime, before: datetime) -> bool:
    """Whether an event of that time is left to no other any more: it is from before, or a clock that was far ahead has
    stamped it, whose process may be long gone."""
    return at <= before or at > now() + AHEAD_MOST


def headers_of(headers: Sequence[tuple[str, bytes]], message: Message, event_type: str) -> list[tuple[str, bytes]]:
    """The event's headers and that of this copy: its schema (an erasure has no data)."""
    if message.value is None:
        return [*headers]
    return [*headers, ("ce_dataschema", dataschema(message.topic, event_type).encode())]


@dataclass
class EntryMaker:
    """Makes the entries of one step, which share its case, its cause and its trace."""

    case_id: str
    cause: Cause
    source: str
    trace: str | None
    sequences: dict[str, int]
    floor: int = 0

    def event(self, event: Event, shown: bool, was_shown: bool) -> Entry:
        """An event, for services and, as far as the case is shown, for everybody."""
        envelope = self._build_envelope(event.type, self.case_id, event.family, event)
        messages = [Message(internal(event.family), self.case_id, encode_model(event))]
        if event.family in PUBLIC_FAMILIES and (shown or event.always_public):
            told = public_form(event, was_shown=was_shown)
            messages.append(Message(public(event.family), self.case_id, encode_model(told)))
        return Entry(envelope.id, self.cause.at, to_headers(envelope), messages, getattr(event, "reference", ""))

    def contact(self, contact: ContactRecorded | Erase) -> Entry:
        """A contact, or the tombstone that takes it back."""
        key = contact_key(self.case_id.partition(":")[0], contact.party)
        envelope = self._build_envelope(ContactRecorded.type, key, f"{ContactRecorded.family}|{contact.party}")
        value = None if isinstance(contact, Erase) else encode_model(contact)
        return Entry(envelope.id, self.cause.at, to_headers(envelope), (Message(CONTACTS, key, value),))

    def _build_envelope(self, event_type: str, subject: str, family: str, event: Event | None = None) -> Envelope:
        self.sequences[family] = max(self.sequences.get(family, 0), self.floor) + 1
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
            agency=getattr(event, "agency", None),
            audience=getattr(event, "audience", None),
        )
