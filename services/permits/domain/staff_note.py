"""One note among the staff about an application."""

from datetime import datetime

from shared.kernel import StoredModel


class StaffNote(StoredModel):
    """Who of the staff wrote what, and when: never for the applicant, on no page, in no message and no event."""

    name: str
    text: str
    at: datetime
