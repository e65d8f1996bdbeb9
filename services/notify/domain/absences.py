"""Who was marked as away at the permit desk, as notify heard it: who takes a place is told what it would be told."""

from shared.events.absences import AbsencesChanged
from shared.kernel import StoredModel
from shared.town.absences import KeptAbsence


class AwayOffice(KeptAbsence, StoredModel):
    """One office whose holder is away, and who acts for them meanwhile."""


class Absences(StoredModel):
    """The town's list, as it was last heard."""

    marked: tuple[AwayOffice, ...] = ()


def hear_absences(before: Absences | None, event: AbsencesChanged) -> Absences:
    """The offices that are away from now on: the event holds the whole list, so it replaces what was known."""
    marked = tuple(AwayOffice.model_validate(one.model_dump()) for one in event.absences)
    return (before or Absences()).model_copy(update={"marked": marked})
