"""One message between an applicant and the office."""

from datetime import datetime
from typing import Annotated

from shared.events.permits import MessageBy
from shared.kernel import Lenient, StoredModel


class Message(StoredModel):
    """Who wrote what, and when; `name` is an officer's, for staff only."""

    by: Annotated[MessageBy, Lenient]
    name: str = ""
    text: str
    at: datetime
