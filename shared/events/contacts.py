"""How to reach a person: on one compacted private topic, read by notify alone. A tombstone erases."""

from typing import Literal

from pydantic import Field

from shared.events.base import CaseId, Code, Event, Instant, Private

Language = Literal["th", "en"]


class ContactRecorded(Event):
    """A reporter, follower or applicant left a way to be told. Key and subject: `<case id>:<party>`."""

    type = "onestop.contact.recorded.v1"
    revision = 2
    family = "contacts"
    case_id: Private[CaseId]
    """The report or application they are concerned with."""
    party: Private[Code]
    """Reporter, applicant, follower-<n>, neighbour-<id>."""
    name: Private[str | None] = Field(default=None, max_length=200)
    """How they are addressed."""
    email: Private[str | None] = Field(default=None, max_length=320)
    """Where mail reaches them; null: not given."""
    phone: Private[str | None] = Field(default=None, max_length=32)
    """Where a call or an SMS reaches them; null: not given."""
    line_id: Private[str | None] = Field(default=None, max_length=64)
    """Their user id at LINE; null: not given."""
    language: Private[Language] = "th"
    """The language they are told in."""
    confirmed: Private[bool] = False
    """The town knows that the address is theirs; any other is asked by its first mail whether it wants more."""
    took_over_at: Private[Instant | None] = None
    """Since when the case is theirs, if it was somebody else's before: what happened earlier is not told to them."""
    consent: Private[bool] = True
    """Agreed to be told. The notices of an applicant's own application are owed to them and need none."""


def contact_key(case_id: str, party: str) -> str:
    """Key and subject of a contact on `private.contacts.v1`."""
    return f"{case_id}:{party}"


CONTACT_EVENTS: tuple[type[Event], ...] = (ContactRecorded,)
