"""Marking who is away, and ending it: who may, load, decide, save as one step."""

from services.permits.commands import Desk
from services.permits.domain import absences
from services.permits.domain.absences import AbsenceBook
from shared.events.absences import ABSENCE_LIST
from shared.kernel import Case, Cause, Step
from shared.people import Person
from shared.town.absences import Absence


async def mark_absence(desk: Desk, who: Person, asked: Absence, cause: Cause) -> Case[AbsenceBook]:
    """Somebody takes their place from the first day to the last."""

    def mark(book: AbsenceBook | None, cause: Cause) -> Step[AbsenceBook]:
        return absences.mark(book, cause, desk.town, who, asked)

    return await desk.store.absences.cases.step(ABSENCE_LIST, mark, cause)


async def end_absence(desk: Desk, who: Person, absence: str, cause: Cause) -> Case[AbsenceBook]:
    """They are back, or do not go after all; from now on nobody signs for them."""

    def end(book: AbsenceBook | None, cause: Cause) -> Step[AbsenceBook]:
        return absences.end(book, cause, desk.town, who, absence)

    return await desk.store.absences.cases.step(ABSENCE_LIST, end, cause)
