"""What programs and pages may send about asking neighbours: shapes and sizes."""

from typing import Annotated

from pydantic import Field

from services.permits.bodies import Body, Email, Note
from services.permits.consult_bodies import BeyondDue
from services.permits.domain.due_time import DAYS_MOST
from services.permits.domain.neighbours import Asked, Word
from shared.events.neighbours import NeighbourView
from shared.words import CleanLine

PlaceOf = Annotated[CleanLine, Field(min_length=1, max_length=200)]
DeedOf = Annotated[CleanLine, Field(max_length=40)]
NameOf = Annotated[CleanLine, Field(max_length=200)]


class NewNeighbour(Body):
    """`POST …/neighbours`: `place` is the house or plot as the letter is addressed, `days` are working days. With an
    `email` that the applicant or they themselves gave they are asked by mail as well."""

    place: PlaceOf
    name: NameOf = ""
    days: Annotated[int, Field(ge=1, le=DAYS_MOST)] = 15
    beyond_due: BeyondDue = False
    email: Email = None
    deed_number: Annotated[DeedOf, Field(description="Of their plot, as the plan has it.")] = ""

    def build_question(self) -> Asked:
        """As the domain knows it."""
        return Asked(self.place, self.name, self.days, self.email, self.deed_number, self.beyond_due)


class NeighbourAnswer(Body):
    """`POST …/neighbours/{neighbour}`, and what the page behind the letter's code sends."""

    view: NeighbourView
    text: Note = ""
    by: Annotated[NameOf, Field(min_length=1)]

    def build_answer(self) -> Word:
        """As the domain knows it."""
        return Word(self.view, self.text, self.by)
