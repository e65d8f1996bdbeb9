"""What every event about a report says. Key and subject: the report's id."""

from shared.events.base import Code, Event, Internal, Public, Reference, ShortText


class ReportEvent(Event):
    """Common to all: the reference people read over the phone, and the category as it is now."""

    family = "reports"
    reference: Public[Reference]
    """The reference people read over the phone; it never changes."""
    category: Public[Code]
    """The town's category as it is after this event."""
    sensitive: Public[bool] = False
    """The category hides the exact place and all words from the public."""
    shown: Internal[bool] = True
    """The public may hear of the report; false: its category is kept from the public."""


class ByStaff(ReportEvent):
    """What a member of staff may have done, and whoever else too."""

    actor: Internal[ShortText | None] = None
    """The member of staff who did it, by the subject of the sign-in; null for anybody else."""
    actor_name: Internal[ShortText | None] = None
    """Their name as it was shown then; null also where only the subject was told."""
