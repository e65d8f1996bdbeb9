"""What routes and pages need of the app, and who may read whose notices."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.notify.commands import Desk
from services.notify.domain.file import REPORTER, CaseFile
from services.notify.domain.planning import BY_ROLE, OFFICE
from services.notify.domain.rights import Sight, sight_of
from services.notify.links import Purpose, Token
from services.notify.wording import Wording
from shared.kernel import Case, now
from shared.references import read_reference
from shared.town import Town
from shared.town.away import list_covered, with_marked
from shared.web import Person, Problem, staff
from shared.web.case_keys import CaseKey


async def desk_of(request: Request) -> Desk:
    """The desk of the app that serves this request."""
    return cast(Desk, request.app.state.desk)


async def _get_wording(request: Request) -> Wording:
    return cast(Wording, request.app.state.wording)


TheDesk = Annotated[Desk, Depends(desk_of)]
TheWording = Annotated[Wording, Depends(_get_wording)]


async def _sight(desk: TheDesk, who: Annotated[Person, Depends(staff())]) -> Sight:
    town = with_marked(desk.town, await desk.store.absences.list_marked(), now())
    return sight_of(who, desk.town.triage, list_covered(town, who.team, now()))


TheSight = Annotated[Sight, Depends(_sight)]  # any member of staff: what they may read is in it


async def find_file(desk: Desk, typed: str) -> Case[CaseFile]:
    """The file that somebody named by its reference; 404 when there is none."""
    reference = read_reference(desk.town.reference_prefix, typed)
    case = await desk.store.find_by_reference(reference) if reference else None
    if case is None:
        raise Problem(404, "unknown-case")
    return case


def whose_token(desk: Desk, purpose: Purpose, token: str) -> Token:
    """Whose link of ours for that purpose it is; 404 for any other."""
    found = desk.links.read_token(purpose, token)
    if found is None:
        raise Problem(404, "http-404")
    return found


async def party_of(desk: Desk, case: Case[CaseFile], key: CaseKey | None) -> str | None:
    """Whose key it is: the named follower's, else the case owner's; None for a wrong one."""
    if key is None:
        return None
    owner = case.state.owner or REPORTER
    whose = key.party or owner
    known = await desk.store.find_person(case.id, whose)
    if not desk.links.opens(key.secret, case.id, whose, known.link_number if known else 0):
        return None
    return whose if whose == owner or known else None


def offices_of(who: Person) -> list[str]:
    """The offices whose notices a member of staff reads; levels are found by their beginning."""
    own = [f"team:{who.team}"] if who.team else []
    own += [f"{OFFICE}:{office}" for office in sorted(who.signs_for)]
    return own + [role for role in BY_ROLE if who.may(role)]


def rungs_of(who: Person, town: Town) -> list[str]:
    """The rungs of the ladder whose letters are to them: their level's, of every team that has the same one there."""
    level = next((one for one in town.levels if one == who.level), None)
    if level is None:
        return []
    theirs = town.post(level, who.team)
    same = [team for team in (None, *town.teams) if town.post(level, team) == theirs]
    return [f"level:{level}:{team}" if team else f"level:{level}" for team in same]
