"""A team's live stream for its screens and devices: server-sent events that can be taken up where they were left."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.dispatch.api.context import TheStream, TheTown, Worker
from services.dispatch.api.views import summary
from services.dispatch.commands import teams_of
from services.dispatch.stream import Reset
from shared.kernel import Reject

router = APIRouter(prefix="/api/v1/teams", tags=["teams"])

LONGEST_SECONDS = 900.0  # then the client connects again, and who it is is checked again
RECONNECT_MS = 2000


def _open_to(team: str, town: TheTown, who: Worker) -> str:
    """Checked before the answer begins: a stream that has begun can no longer say no."""
    teams_of(who, team)
    if team not in town.teams:
        raise Reject("unknown-team", f"The town has no team {team!r}.", status=404)
    return team


@router.get("/{team}/stream", response_class=EventSourceResponse)
async def follow_team(
    team: Annotated[str, Depends(_open_to)],
    stream: TheStream,
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Load the list, then listen. `hello` first; `work-order` with the order as it is now for each change (also when it
    leaves the team: compare `team`); `reset` when the place in `Last-Event-ID` is too old: load the list anew."""
    yield ServerSentEvent(event="hello", data={"team": team}, id=last or stream.place, retry=RECONNECT_MS)
    async for item in stream.listen(last, LONGEST_SECONDS):
        if isinstance(item, Reset):
            yield ServerSentEvent(event="reset", data={"team": team}, id=stream.place)
        elif team in item.order.state.teams:
            yield ServerSentEvent(event="work-order", data=summary(item.order), id=item.token)
