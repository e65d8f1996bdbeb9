"""Who is asking, and whose work they may list; what they may do to it is the domain's (`domain/rights.py`)."""

from typing import Annotated

from fastapi import Depends

from services.dispatch.domain.rights import DESK, sees_all
from shared.town import Town
from shared.web import Person, Problem, staff, team_of

Worker = Annotated[Person, Depends(staff("crew", *DESK))]
Officer = Annotated[Person, Depends(staff(*DESK))]


def teams_of(town: Town, who: Person, asked: str | None) -> list[str]:
    """Whose work this person may list; empty: everybody's. 403 for a crew that has no team or asks for another's."""
    if sees_all(who):
        return [asked] if asked else []
    own = team_of(who, town.teams)
    if asked not in (None, own):
        raise Problem(403, "other-team", detail_args={"team": town.teams[own].name})
    return [own]
