"""One question to a section of the town or to an agency outside it, and what they answered."""

from datetime import datetime
from typing import Annotated

from shared.events.permit_life import ConsulteeView
from shared.kernel import Lenient, StoredModel


class Consultation(StoredModel):
    """Who is asked what, until when, and their answer. They see the documents that the officer chose for them."""

    id: str
    consultee: str  # code of the profile's teams or agencies
    question: str
    documents: tuple[str, ...] = ()
    asked_at: datetime
    due_at: datetime
    noted: bool = False  # its time has passed without an answer, and stands in the timeline
    view: Annotated[ConsulteeView, Lenient] | None = None
    answer: str = ""
    answered_by: str = ""  # the name that they gave
    answered_at: datetime | None = None
