"""A team's live stream for its screens and devices: server-sent events that can be resumed where they were left."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from services.dispatch.access import TheDesk, TheStream, Worker, teams_of
from services.dispatch.api.views import Summary, summarise
from services.dispatch.domain.rights import sees_all
from services.dispatch.store import Order
from services.dispatch.stream import Listener, Reset
from shared.kernel import Reject
from shared.web import Person, still_signed_in

router = APIRouter(prefix="/api/v1/teams", tags=["teams"])

LONGEST_SECONDS = 900.0  # then the client connects again, and is checked again
RECONNECT_MS = 2000


class Left(BaseModel):
    """All that a team is told about work that it held and that another has now: take it off the screen."""

    id: str
    team: str


async def team_to_follow(team: str, desk: TheDesk, who: Worker) -> str:
    """Checked before the answer begins: a stream that has begun can no longer say no."""
    teams_of(desk.town, who, team)
    if team not in desk.town.teams:
        raise Reject("unknown-team", f"The town has no team {team!r}.", status=404)
    return team


def who_listens(request: Request, who: Person) -> Listener:
    """This person, for as long as they are signed in."""
    return Listener(who.sub, partial(still_signed_in, request))


@router.get("/{team}/stream", response_class=EventSourceResponse)
async def follow_team(
    request: Request,
    team: Annotated[str, Depends(team_to_follow)],
    stream: TheStream,
    who: Worker,
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Load the list, then listen. `hello` first; `work-order` for each change with the order as it is now, with only
    `id` and `team` when another team has it (officers see all of it); `reset` when the place in `Last-Event-ID` is too
    old: load the list anew."""
    yield ServerSentEvent(event="hello", data={"team": team}, id=last or stream.place, retry=RECONNECT_MS)
    async for item in stream.listen(who_listens(request, who), last, LONGEST_SECONDS):
        if isinstance(item, Reset):
            yield ServerSentEvent(event="reset", data={"team": team}, id=stream.place)
        elif team in item.order.state.teams:
            yield ServerSentEvent(event="work-order", data=_show_to_listener(item.order, team, who), id=item.token)


def _show_to_listener(order: Order, team: str, who: Person) -> Summary | Left:
    """What this listener may read of it; `need_sight` refuses the rest to them as well."""
    if order.state.team == team or sees_all(who):
        return summarise(order)
    return Left(id=order.id, team=order.state.team)
