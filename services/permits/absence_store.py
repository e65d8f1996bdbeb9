"""The list of absences in MongoDB: one case for the town, read anew at each act, so that it counts in every replica."""

from services.permits.domain.absences import AbsenceBook, MarkedAbsence
from shared.events.absences import ABSENCE_LIST
from shared.kernel.service import Service


class AbsenceStore:
    """Who of the signatories is marked as away, all in one case."""

    def __init__(self, service: Service) -> None:
        self.cases = service.cases("absences", AbsenceBook)

    async def list_marked(self) -> tuple[MarkedAbsence, ...]:
        """All absences that are kept, also those that are over; the newest last."""
        book = await self.cases.get(ABSENCE_LIST)
        return tuple(book.state.marked.values()) if book else ()
