"""One question to a section of the town or to an agency outside it, what became of the message, and their answer."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from shared.events.permit_life import ConsulteeView
from shared.kernel import Lenient, StoredModel

# sending: the message that asks them is on its way. failed: none of the ways to them took it.
MessageState = Literal["sending", "sent", "failed"]
OPEN_FOR = timedelta(days=30)  # after its due time a late word is still worth having


class Consultation(StoredModel):
    """Who is asked what, until when, and their answer. They see the documents that the officer chose for them.

    `message`: how the newest message that asks them went, which left at `message_at`; None: none of ours reaches them,
    so whoever asked hands the link on. `link`: how many links there have been; only the newest opens.
    """

    id: str
    consultee: str  # code of the profile's teams or agencies
    outside: bool = False  # an agency, and no team of the town
    question: str
    documents: tuple[str, ...] = ()
    asked_at: datetime
    due_at: datetime
    message: Annotated[MessageState, Lenient] | None = None
    message_at: datetime | None = None
    message_why: str = ""
    link: int = 0
    remind_at: datetime | None = None  # when they are reminded; None: they were, or nobody reminds them
    reminded_at: datetime | None = None
    noted: bool = False  # its time has passed without an answer, and stands in the timeline
    view: Annotated[ConsulteeView, Lenient] | None = None
    answer: str = ""
    answered_by: str = ""  # the name that they gave
    answered_at: datetime | None = None

    @property
    def open_until(self) -> datetime:
        """Until when its link opens."""
        return self.due_at + OPEN_FOR
