"""Who was marked as away at the permit desk, as notify heard it: who takes a place is told what it would be told."""

from shared.events.absences import AbsencesChanged
from shared.kernel import StoredModel
from shared.town.absences import KeptAbsence


class AwayOffice(KeptAbsence, StoredModel):
    """One absence."""


class Absences(StoredModel):
    """The town's list, as it was last heard."""

    marked: tuple[AwayOffice, ...] = ()


def hear_absences(before: Absences | None, event: AbsencesChanged) -> Absences:
    """The list as it is now."""
    marked = tuple(AwayOffice.model_validate(one.model_dump()) for one in event.absences)
    return (before or Absences()).model_copy(update={"marked": marked})
