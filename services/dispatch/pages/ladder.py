"""The boards of the levels above the crews: what has come up to each, what it was told of, and what comes up next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer, TheDesk, stream_of
from services.dispatch.commands import Desk
from services.dispatch.domain.clocks import CLOCKS, Alarm, ClockName
from services.dispatch.domain.ladder import board_of, posts_of, teams_under
from services.dispatch.domain.states import OPEN
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.by_urgency import cursor_after, place_of
from services.dispatch.pages.cards import Card, make_card
from services.dispatch.pages.show import show
from services.dispatch.queries import Filter, Urgency
from shared.events.work_orders import Level
from shared.kernel import now
from shared.web import Person

router = APIRouter(prefix="/desk/escalated", include_in_schema=False)

MOST = 50  # of each part on a page, the most urgent first; the counts say how many there are
PartName = Literal["held", "coming", "told"]
SOON = timedelta(days=1)  # ahead: what a head can still prevent today


@dataclass(frozen=True)
class Rung:
    """One work order on a board: why it is there, and who hears of it next and when."""

    card: Card
    clock: ClockName | None  # the promise that this level was told of last
    next_clock: ClockName | None
    next: Alarm | None


@dataclass(frozen=True)
class Part:
    """One list of a board."""

    name: PartName
    rows: list[Rung]
    count: int
    next: str | None = None  # where the rest of it begins


@router.get("")
async def show_board(
    request: Request,
    desk: TheDesk,
    who: Officer,
    level: Annotated[str, Query(max_length=20)] = "",
    team: Annotated[str, Query(max_length=64)] = "",
    part: PartName | None = None,
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> HTMLResponse:
    """Who holds a level sees its board for their own teams first; everybody at the desk may look at any. Further pages
    are of one `part`, and begin `after` a place in it."""
    town, stream = (
        desk.town,
        (await stream_of(request)).place,
    )  # before the lists are read: what changes then is told again
    chosen = board_of(town, level or who.level)
    if chosen is None:
        return show(request, "escalated.html", levels=(), level=None, parts=[], posts={}, team="")
    own = team or _own(who, chosen, level)
    lists = _lists(desk, chosen, own, now())
    start = place_of(after) if after and part else None
    parts = [await _part(desk, name, lists[name], chosen, start) for name in ([part] if part else lists)]
    posts = posts_of(town, chosen)
    shown = next((code for code in posts if own in teams_under(town, chosen, code)), "")
    context: dict[str, Any] = {
        "levels": town.levels,
        "level": chosen,
        "parts": parts,
        "posts": posts,
        "team": shown,
        "part": part,
    }
    return show(request, "escalated.html", stream=stream, **context)


def _own(who: Person, level: Level, asked: str) -> str:
    """Whoever holds this very level begins with the teams of their own; `asked` for, it is everybody's."""
    return who.team or "" if who.level == level and not asked else ""


def _lists(desk: Desk, level: Level, team: str, at: datetime) -> dict[PartName, Filter]:
    teams = teams_under(desk.town, level, team)
    return {
        "held": Filter(teams, OPEN, level=level),
        "coming": Filter(teams, OPEN, coming=(level, at + SOON)),
        "told": Filter(teams, OPEN, told=level),
    }


async def _part(desk: Desk, name: PartName, wanted: Filter, level: Level, start: Urgency | None = None) -> Part:
    at = now()
    found = await desk.store.list_most_urgent(wanted, MOST + 1, start)
    rows = [_build_rung(make_card(desk.town, case, at), case.state, level) for case in found[:MOST]]
    if len(found) > MOST:
        return Part(name, rows, await desk.store.count(wanted), cursor_after(found[MOST - 1]))
    return Part(name, rows, await desk.store.count(wanted) if start else len(rows))


def _build_rung(card: Card, order: WorkOrder, level: Level) -> Rung:
    told = next((one.clock for one in reversed(order.informed) if one.level == level), None)
    clocks: dict[ClockName, Any] = {name: getattr(order.clocks, name) for name in CLOCKS}
    ahead = [(clock.alarm, name) for name, clock in clocks.items() if clock and clock.alarm]
    alarm, name = min(ahead, key=lambda one: one[0].at, default=(None, None))
    return Rung(card, told, name, alarm)
