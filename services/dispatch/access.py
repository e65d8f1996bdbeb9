"""What routes need of the app and of a request, who is asking, and whose work they may list; what they may do to it is
the domain's (`domain/rights.py`)."""

from typing import Annotated, cast

from fastapi import Depends, Header, Request

from services.dispatch.commands import Desk
from services.dispatch.domain.ladder import board_of, scope_of
from services.dispatch.domain.rights import DESK, sees_all
from services.dispatch.stream import Stream
from shared.people import AGENCY
from shared.town import Town
from shared.web import Person, Problem, agency_of, idempotency_key, staff, team_of, web_of


async def desk_of(request: Request) -> Desk:
    """The desk of the app that serves this request."""
    return cast(Desk, request.app.state.desk)


async def stream_of(request: Request) -> Stream:
    """The live stream of this process, which `app.py` has put there."""
    return cast(Stream, request.app.state.stream)


async def _read_standing(given: Annotated[str | None, Header(alias="If-Match", max_length=200)] = None) -> str | None:
    return given.strip().removeprefix("W/").strip('"') if given else None


TheDesk = Annotated[Desk, Depends(desk_of)]
TheStream = Annotated[Stream, Depends(stream_of)]
# The standing of the order that an act was decided on, quoted as an entity tag is.
Standing = Annotated[str | None, Depends(_read_standing)]
Key = Annotated[str | None, Depends(idempotency_key)]
Worker = Annotated[Person, Depends(staff("crew", "lead", *DESK))]
Officer = Annotated[Person, Depends(staff(*DESK))]
Overseer = Annotated[Person, Depends(staff("lead", *DESK))]  # answers for a team's work, or for everybody's


async def _agency(request: Request, who: Annotated[Person, Depends(staff(AGENCY))]) -> str:
    return agency_of(who, web_of(request).town.agencies)


Outsider = Annotated[Person, Depends(staff(AGENCY))]
TheAgency = Annotated[str, Depends(_agency)]  # the one that the person works for; 403 without


def teams_of(town: Town, who: Person, asked: str | None) -> list[str]:
    """Whose work this person may list; empty: everybody's. 403 for a crew that has no team or asks for another's."""
    if sees_all(who):
        return [asked] if asked else []
    own = team_of(who, town.teams)
    if asked not in (None, own):
        raise Problem(403, "other-team", detail_args={"team": town.teams[own].name})
    return [own]


def scope_for(town: Town, who: Person, asked: str | None) -> str:
    """Whose figures this person is shown, as `teams_meant` reads it: those that are asked for, "" being all; where
    nobody asks, those of the teams whose post they hold. A lead's are their own team's: 403 for any others."""
    if not sees_all(who):
        return teams_of(town, who, asked or None)[0]
    if asked is not None:
        return asked
    level = board_of(town, who.level)
    return scope_of(town, level, who.team) if level and level == who.level else ""
