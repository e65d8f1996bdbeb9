"""What every event about an application says. Key and subject: the application's id."""

from shared.events.base import Code, Event, Internal, Public, Reference, ShortText


class PermitEvent(Event):
    """Common to all: the application's reference and the permit type of the town's profile."""

    family = "permits"
    reference: Public[Reference]
    """The reference people read over the phone; it never changes."""
    permit_type: Public[Code]
    """What is applied for, as the town's profile called it when the application was handed in."""
    zone: Public[Code | None] = None
    """The town's zone that holds the place; null outside all of them."""
    team: Public[Code | None] = None
    """The team whose examiners look at it, as the profile named it when the application was handed in."""
    actor: Internal[ShortText | None] = None
    """The officer's subject id; null: the applicant or the system."""
