"""Who is away on a day of the town, and whose place a team takes."""

from collections.abc import Iterable
from datetime import datetime

from shared.town.absences import Absence, KeptAbsence
from shared.town.base import Code
from shared.town.models import Town


def with_marked(town: Town, marked: Iterable[KeptAbsence], at: datetime) -> Town:
    """The town with whoever was marked as away, beside those of its profile, and not ended by then. What names an
    office or a team that the profile no longer has is left out."""
    counting = [one.absence for one in marked if one.ended_at is None or at < one.ended_at]
    known = [one for one in counting if {one.who, one.deputy} <= codes_of(town, one)]
    return town.model_copy(update={"absences": (*town.absences, *known)}) if known else town


def codes_of(town: Town, absence: Absence) -> set[Code]:
    """The offices, or the teams, that there are."""
    return {one.code for one in town.signatories} if absence.office else set(town.teams)


def away(town: Town, at: datetime) -> tuple[Absence, ...]:
    """Who is away on the day that it is in town then."""
    day = at.astimezone(town.calendar.zone).date()
    return tuple(one for one in town.absences if one.holds_on(day))


def list_covered(town: Town, team: str | None, at: datetime) -> tuple[Code, ...]:
    """The teams whose examiners are away then, and whose place that team's take."""
    return tuple(one.team for one in away(town, at) if one.team and team == one.deputy)
