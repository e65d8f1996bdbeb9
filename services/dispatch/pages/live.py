"""A crew's board while it is open: each change of a work order of the team comes as its one card, drawn anew.

A card is drawn once for all screens that show it alike, and what a team has in all is counted once for each change:
neither the database nor the drawing is asked more often because more phones look on.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from datetime import datetime
from time import monotonic
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.dispatch.access import TheDesk, TheStream, Worker
from services.dispatch.api.teams import LONGEST_SECONDS, RECONNECT_MS, team_to_follow, who_listens
from services.dispatch.commands import Desk
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.rights import has_it, leads
from services.dispatch.domain.states import DONE
from services.dispatch.pages.board import select_finished_today
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.show import draw, query_to_keep
from services.dispatch.store import Change
from services.dispatch.stream import Reset
from shared.kernel import now
from shared.web import language_of

router = APIRouter(include_in_schema=False)

MEMBERS_KNOWN = 60.0  # s
MEMORY = 500  # drawn cards, some 5 MB: screens of one team ask for the same card within a second


class Once:
    """Remembers the newest answers, so that what many ask for at once is worked out once."""

    def __init__(self, most: int = MEMORY) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()

    async def __call__(self, key: Hashable, work_out: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """What is known under the key, or is being worked out; a failure is not remembered."""
        task = self._known.get(key)
        if task is None:
            task = self._known[key] = asyncio.create_task(work_out())
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        try:
            return await asyncio.shield(task)  # a screen that leaves must not take it from the others
        except Exception:
            self._known.pop(key, None)
            raise


_once = Once()


@router.get("/crew/stream/{team}", response_class=EventSourceResponse)
async def follow_board(
    request: Request,
    team: Annotated[str, Depends(team_to_follow)],
    desk: TheDesk,
    stream: TheStream,
    who: Worker,
    place: Annotated[str | None, Query(max_length=1000)] = None,
    last: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """`hello`; `card` for each change: the card and where it belongs; `reset`: load the board anew.

    `place`: where the stream was when the page was drawn, so that nothing is missed until it listens.
    """
    began = last or place
    alike = urlencode(query_to_keep(request, desk.town))
    yield ServerSentEvent(event="hello", data={"team": team}, id=began or stream.place, retry=RECONNECT_MS)
    async for item in stream.listen(who_listens(request, who), began, LONGEST_SECONDS):
        if isinstance(item, Reset):
            yield ServerSentEvent(event="reset", data={"team": team}, id=stream.place)
        elif team in item.order.state.teams:
            key = (item.token, team, language_of(request), alike, leads(who), has_it(who, item.order.state))
            drawn = await _once(key, lambda change=item: draw_change(request, desk, team, change))  # type: ignore[misc]
            yield ServerSentEvent(event="card", data=drawn, id=item.token)


async def draw_change(request: Request, desk: Desk, team: str, change: Change) -> dict[str, Any]:
    """What a board needs to follow: nothing of the others' cards."""
    at = now()
    seen = make_card(desk.town, change.order, at)
    order = change.order.state
    counts = await _once((change.token, team), lambda: desk.store.count_standing(team, at))
    drawn: dict[str, Any] = {"id": change.order.id, "version": change.order.version, "place": "gone"}
    drawn["counts"] = draw(request, "_counts.html", standing=counts)
    if order.team != team or not (order.is_open or order.state in DONE):
        return drawn
    if order.is_open:
        return {
            **drawn,
            "place": seen.group,
            "urgent": seen.is_urgent,
            "html": draw(request, "_card_alone.html", card=seen, members=await _members(desk)),
        }
    count = await _once((change.token, team, "finished"), lambda: _count_finished(desk, team, at))
    words = draw(request, "_finished_count.html", finished_count=count)
    return {**drawn, "place": "finished", "html": draw(request, "_finished_line.html", card=seen), "finished": words}


async def _members(desk: Desk) -> Sequence[Member]:
    """Asked again after some changes: who has signed in first a minute ago need not be on every card."""
    found: Sequence[Member] = await _once(("members", int(monotonic() / MEMBERS_KNOWN)), desk.store.crews.everybody)
    return found


async def _count_finished(desk: Desk, team: str, at: datetime) -> int:
    return await desk.store.count(select_finished_today(desk.town, team, at))
