"""The boards of the levels above the crews: what has come up to each, what it was told of, and what comes up next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer
from services.dispatch.api.context import TheDesk
from services.dispatch.commands import Desk
from services.dispatch.domain.clocks import CLOCKS, Alarm, ClockName
from services.dispatch.domain.ladder import board_of, posts_of, teams_under
from services.dispatch.domain.states import OPEN
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import Card, make_card
from services.dispatch.pages.show import show
from services.dispatch.queries import Filter
from shared.events.work_orders import Level
from shared.kernel import now
from shared.web import Person

router = APIRouter(prefix="/desk/escalated", include_in_schema=False)

MOST = 100  # of each part, the most urgent; the counts say how many there are
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

    name: str
    rows: list[Rung]
    count: int


@router.get("")
async def show_board(
    request: Request,
    desk: TheDesk,
    who: Officer,
    level: Annotated[str, Query(max_length=20)] = "",
    team: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Who holds a level sees its board for their own teams first; everybody at the desk may look at any."""
    town = desk.town
    chosen = board_of(town, level or who.level)
    if chosen is None:
        return show(request, "escalated.html", levels=(), level=None, parts=[], posts={}, team="")
    own = team or _own(who, chosen, level)
    parts = [await _part(desk, name, wanted, chosen) for name, wanted in _lists(desk, chosen, own, now()).items()]
    posts = posts_of(town, chosen)
    shown = next((code for code in posts if own in teams_under(town, chosen, code)), "")
    return show(request, "escalated.html", levels=town.levels, level=chosen, parts=parts, posts=posts, team=shown)


def _own(who: Person, level: Level, asked: str) -> str:
    """Whoever holds this very level begins with the teams of their own; `asked` for, it is everybody's."""
    return who.team or "" if who.level == level and not asked else ""


def _lists(desk: Desk, level: Level, team: str, at: datetime) -> dict[str, Filter]:
    teams = teams_under(desk.town, level, team)
    return {
        "held": Filter(teams, OPEN, level=level),
        "coming": Filter(teams, OPEN, coming=(level, at + SOON)),
        "told": Filter(teams, OPEN, told=level),
    }


async def _part(desk: Desk, name: str, wanted: Filter, level: Level) -> Part:
    at = now()
    found = await desk.store.list_most_urgent(wanted, MOST)
    rows = [_rung(make_card(desk.town, case, at), case.state, level) for case in found]
    return Part(name, rows, len(rows) if len(rows) < MOST else await desk.store.count(wanted))


def _rung(card: Card, order: WorkOrder, level: Level) -> Rung:
    told = next((one.clock for one in reversed(order.informed) if one.level == level), None)
    clocks: dict[ClockName, Any] = {name: getattr(order.clocks, name) for name in CLOCKS}
    ahead = [(clock.alarm, name) for name, clock in clocks.items() if clock and clock.alarm]
    alarm, name = min(ahead, key=lambda one: one[0].at, default=(None, None))
    return Rung(card, told, name, alarm)
