"""Whose notices a member of staff may read: that there is a case at all is told to nobody who does not work on it."""

from collections.abc import Collection
from dataclasses import dataclass

from services.notify.domain.notice import Notice
from shared.people import PermitTeams, Person, permit_teams

PERMITS = "onestop.permit."  # how the types of their events begin


@dataclass(frozen=True)
class Sight:
    """Notices of reports and of permits by the team that they were told for; None: of every team, and of none."""

    reports: Collection[str] | None = None
    permits: PermitTeams = None

    def reads(self, notice: Notice) -> bool:
        """Whether the person may read this notice: it is about work of a team that they see."""
        teams = self.permits if notice.about.startswith(PERMITS) else self.reports
        return teams is None or notice.team in teams


def sight_of(who: Person, centre: str, covered: Collection[str] = ()) -> Sight:
    """Officers read all that was told of reports, a crew what concerns its own team, and each who works on permits
    what was told of those; `centre` is the one-stop centre's team, `covered` those whose place theirs takes."""
    own = (who.team,) if who.team and who.may("crew") else ()
    return Sight(None if who.may("officer", "supervisor") else own, permit_teams(who, centre, covered))
