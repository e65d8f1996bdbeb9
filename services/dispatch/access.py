"""Who may do what in dispatch: the desk sees and does everything, a crew only what its own team holds."""

from typing import Annotated

from fastapi import Depends

from services.dispatch.domain.acts import ACTS
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import Reject
from shared.town import Town
from shared.web import Person, Problem, staff, team_of

DESK = ("officer", "supervisor")
Worker = Annotated[Person, Depends(staff("crew", *DESK))]
Officer = Annotated[Person, Depends(staff(*DESK))]


def sees_all(who: Person) -> bool:
    """Not bound to one team."""
    return who.may(*DESK)


def teams_of(town: Town, who: Person, asked: str | None) -> list[str]:
    """Whose work this person may list; empty: everybody's. 403 for a crew without a team or that asks for another's."""
    if sees_all(who):
        return [asked] if asked else []
    own = team_of(who, town.teams)
    if asked not in (None, own):
        raise Problem(403, "other-team", detail_args={"team": town.teams[own].name})
    return [own]


def need_sight(who: Person, order: WorkOrder) -> None:
    """403 when the work is another team's."""
    if not sees_all(who) and who.team != order.team:
        detail = f"The work is with {order.team} now, you belong to {who.team or 'no team'}."
        raise Reject("other-team", detail, status=403)


def need_right(who: Person, act: ActName) -> None:
    """403 when only the desk decides this."""
    if ACTS[act].desk_only and not sees_all(who):
        raise Reject("desk-only", f"Only the desk may {act} work.", status=403)
