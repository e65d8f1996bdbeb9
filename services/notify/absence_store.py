"""Who was marked as away at the permit desk, in MongoDB: one case, the town's list as it was last heard."""

from collections.abc import Sequence

from services.notify.domain.absences import Absences, AwayOffice
from shared.events.absences import ABSENCE_LIST
from shared.kernel.service import Service


class AbsenceStore:
    """Read where somebody else's place can be meant."""

    def __init__(self, service: Service) -> None:
        self.cases = service.cases("absences", Absences)

    async def list_marked(self) -> Sequence[AwayOffice]:
        """All of the list, also what is to come and what is over."""
        found = await self.cases.get(ABSENCE_LIST)
        return found.state.marked if found else ()
