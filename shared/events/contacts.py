"""How to reach a person: on one compacted private topic, read by notify alone. A tombstone erases."""

from typing import Literal

from pydantic import Field

from shared.events.base import CaseId, Code, Event, Private


class ContactRecorded(Event):
    """A reporter, follower or applicant left a way to be told. Key and subject: `<case id>:<party>`."""

    type = "onestop.contact.recorded.v1"
    family = "contacts"
    case_id: Private[CaseId]
    party: Private[Code]
    """Reporter, applicant, follower-<n>."""
    name: Private[str | None] = Field(default=None, max_length=200)
    email: Private[str | None] = Field(default=None, max_length=320)
    phone: Private[str | None] = Field(default=None, max_length=32)
    line_id: Private[str | None] = Field(default=None, max_length=64)
    language: Private[Literal["th", "en"]] = "th"
    consent: Private[bool] = True
    """Agreed to be told. The notices of an applicant's own application are owed to them and need none."""


def contact_key(case_id: str, party: str) -> str:
    """Key and subject of a contact on `private.contacts.v1`."""
    return f"{case_id}:{party}"


CONTACT_EVENTS: tuple[type[Event], ...] = (ContactRecorded,)
