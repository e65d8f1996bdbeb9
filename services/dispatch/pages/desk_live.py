"""The desk while it is open: which work has changed, so that its pages follow without being asked again and again.

Only ids travel. A page draws itself anew from the server at its own pace, however fast the changes come.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.dispatch.access import Officer, TheDesk, TheStream
from services.dispatch.api.teams import LONGEST_SECONDS, RECONNECT_MS, who_listens
from services.dispatch.stream import Reset

router = APIRouter(include_in_schema=False)


@router.get("/desk/stream", response_class=EventSourceResponse)
async def follow_desk(
    request: Request,
    desk: TheDesk,
    stream: TheStream,
    who: Officer,
    place: Annotated[str | None, Query(max_length=1000)] = None,
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """`hello`; `changed` for each change, with the version and whether it waits in triage; `reset`: draw all anew."""
    began = last or place
    yield ServerSentEvent(event="hello", data={}, id=began or stream.place, retry=RECONNECT_MS)
    async for item in stream.listen(who_listens(request, who), began, LONGEST_SECONDS):
        if isinstance(item, Reset):
            yield ServerSentEvent(event="reset", data={}, id=stream.place)
        else:
            state = item.order.state
            told = {"id": item.order.id, "version": item.order.version, "triage": state.team == desk.town.triage}
            yield ServerSentEvent(event="changed", data=told, id=item.token)
