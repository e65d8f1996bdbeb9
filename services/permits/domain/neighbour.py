"""One neighbour of a plot who is asked for their word, by a letter with a code, and what they answered."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from shared.events.neighbours import NeighbourView
from shared.kernel import Lenient, StoredModel

OPEN_FOR = timedelta(days=30)  # after its due time a late word is still worth having
MailProgress = Literal["", "sending", "sent", "failed"]


class Neighbour(StoredModel):
    """Which house or plot is asked, until when, and the answer. Who they are is the office's alone to know."""

    id: str
    place: str  # the house or plot, as the letter is addressed
    deed_number: str = ""  # of their plot, where the plan has it; empty: nobody said
    name: str = ""  # whom the letter greets; empty: whoever owns or lives there
    asked_at: datetime
    due_at: datetime
    view: Annotated[NeighbourView, Lenient] | None = None
    answer: str = ""
    answered_by: str = ""  # the name that they gave
    answered_at: datetime | None = None
    email: str | None = None  # where they are asked by mail too, as somebody gave it; None: on paper alone
    mail: Annotated[MailProgress, Lenient] = ""  # how far that mail is
    remind_at: datetime | None = None  # when they are reminded by mail; None: never, or they were

    @property
    def open_until(self) -> datetime:
        """Until when the code of the letter opens."""
        return self.due_at + OPEN_FOR
