"""Who is away on a day of the town, and whose place a team takes."""

from datetime import datetime

from shared.town.absences import Absence
from shared.town.base import Code
from shared.town.models import Town


def away(town: Town, at: datetime) -> tuple[Absence, ...]:
    """Who is away on the day that it is in town then."""
    day = at.astimezone(town.calendar.zone).date()
    return tuple(one for one in town.absences if one.holds_on(day))


def covered_by(town: Town, team: str | None, at: datetime) -> tuple[Code, ...]:
    """The teams whose examiners are away then, and whose place that team's take."""
    return tuple(one.team for one in away(town, at) if one.team and team == one.deputy)
