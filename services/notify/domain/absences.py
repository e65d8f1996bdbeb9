"""Who was marked as away at the permit desk, as notify heard it: who takes a place is told what it would be told."""

from datetime import datetime

from shared.events.absences import AbsencesChanged
from shared.kernel import StoredModel
from shared.town.absences import Absence, absence_of


class AwayOffice(StoredModel):
    """One absence; days as `2026-11-23`, both whole days of the town."""

    id: str
    office: str | None = None
    team: str | None = None
    deputy: str
    first_day: str
    last_day: str
    capacity: str = "acting"
    order: str
    level: str | None = None
    ended_at: datetime | None = None  # since when it counts no more, before its last day

    @property
    def absence(self) -> Absence:
        """As the profile would have it."""
        return absence_of(self.model_dump())


class Absences(StoredModel):
    """The town's list, as it was last heard."""

    marked: tuple[AwayOffice, ...] = ()


def heard(before: Absences | None, event: AbsencesChanged) -> Absences:
    """The list as it is now."""
    marked = tuple(AwayOffice.model_validate(one.model_dump()) for one in event.absences)
    return (before or Absences()).model_copy(update={"marked": marked})
