"""What programs and pages may send about asking others: shapes and sizes."""

from typing import Annotated

from pydantic import Field

from services.permits.bodies import Body, Note
from services.permits.domain.consulting import Answer, Question
from services.permits.domain.due_time import DAYS_MOST
from shared.events.permit_life import ConsulteeView
from shared.words import CleanLine

BeyondDue = Annotated[bool, Field(description="Whoever asks knows that it ends after the decision is due.")]


class NewConsultation(Body):
    """`POST …/consultations`: `days` are working days."""

    consultee: Annotated[str, Field(min_length=1, max_length=64)]
    question: Annotated[Note, Field(min_length=1)]
    documents: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=DAYS_MOST)] = 7
    beyond_due: BeyondDue = False

    def build_question(self) -> Question:
        """The question as the domain takes it, each document once."""
        return Question(self.consultee, self.question, tuple(dict.fromkeys(self.documents)), self.days, self.beyond_due)


class ConsultationAnswer(Body):
    """`POST …/consultations/{consultation}`, and what the page behind the link sends."""

    view: ConsulteeView
    text: Note = ""
    by: Annotated[CleanLine, Field(min_length=1, max_length=200)]

    def build_answer(self) -> Answer:
        """As the domain knows it."""
        return Answer(self.view, self.text, self.by)
