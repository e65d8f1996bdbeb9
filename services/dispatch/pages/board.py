"""The crew's page on a phone: own work, the most pressing first, one big button for the next step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import Worker, teams_of
from services.dispatch.api.context import TheDesk, stream_of
from services.dispatch.commands import Desk, get_order
from services.dispatch.domain.rights import sees_all
from services.dispatch.domain.states import DONE, OPEN
from services.dispatch.pages.cards import Card, make_card, sort_by_pressure
from services.dispatch.pages.forms import Answer, press_button
from services.dispatch.pages.incidents import incidents_going_on
from services.dispatch.pages.show import query_to_keep, show
from services.dispatch.queries import Filter, Urgency
from services.dispatch.store import Order
from shared.kernel import now
from shared.town import Town
from shared.web import UPLOAD_BYTES, Person, Problem
from shared.web.paging import cursor_time, decode_cursor, encode_cursor

router = APIRouter(include_in_schema=False)

MOST = 200  # cards on one screen, the most urgent first; more is a storm, and further screens hold the rest


@dataclass(frozen=True)
class Screen:
    """Which screen of the team's work: at most `limit` cards, after that place in the order of urgency."""

    limit: int
    after: Urgency | None


@dataclass(frozen=True)
class Shown:
    """What the page says beside the cards: of which team, what was just done, or why it was not."""

    team: str | None = None
    done: str | None = None
    answer: Answer | None = None


def read_screen(
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST, after: Annotated[str | None, Query(max_length=1000)] = None
) -> Screen:
    """`?limit=&after=`, as lists have them."""
    return Screen(limit, _place(after) if after else None)


TheScreen = Annotated[Screen, Depends(read_screen)]


@router.get("/crew")
async def show_crew(
    request: Request, desk: TheDesk, who: Worker, screen: TheScreen, team: str | None = None, done: str | None = None
) -> HTMLResponse:
    """Without a team of their own, officers and heads choose one."""
    return await _show_crew(request, desk, who, screen, Shown(team, done))


@router.get("/crew/board")
async def show_board(
    request: Request, desk: TheDesk, who: Worker, screen: TheScreen, team: str | None = None
) -> HTMLResponse:
    """The cards alone, for a page that follows the stream."""
    own = _team(who, desk.town, team)
    return show(request, "_board.html", **await _load_board(desk, own or desk.town.triage, now(), screen))


@router.get("/crew/{order_id}")
async def find_card(order_id: str, desk: TheDesk, who: Worker) -> Response:
    """Where a message leads: to the card on the board of the team that has the work. It outlives the sign-in, which
    an anchor does not."""
    found = await desk.store.orders.get(order_id)
    if found is None:
        return RedirectResponse("/crew", 303)
    asked = f"?team={found.state.team}" if sees_all(who) else ""
    return RedirectResponse(f"/crew{asked}#w-{order_id}", 303)


@router.get("/crew/{order_id}/comments")
async def show_comments(request: Request, order_id: str, desk: TheDesk, who: Worker) -> HTMLResponse:
    """Everything that people wrote while the work went on; a card holds the newest only."""
    found = await get_order(desk, who, order_id)
    comments = await desk.store.read_comments(found)
    return show(request, "comments.html", card=make_card(desk.town, found, now()), comments=comments)


@router.post("/crew/{order_id}/{act}", max_body_size=UPLOAD_BYTES)
async def press(
    request: Request, order_id: str, act: str, desk: TheDesk, who: Worker, screen: TheScreen, team: str | None = None
) -> Response:
    """A button of a card; done: back to that card on the board, not done: the board says why."""
    answer = await press_button(request, desk, who, order_id, act)
    if not answer.done:
        return await _show_crew(request, desk, who, screen, Shown(team, answer=answer))
    return RedirectResponse(
        f"/crew?{urlencode({'done': order_id, **query_to_keep(request, desk.town)})}#w-{order_id}", 303
    )


async def _show_crew(request: Request, desk: Desk, who: Person, screen: Screen, shown: Shown) -> HTMLResponse:
    town, answer = desk.town, shown.answer
    own = _team(who, town, shown.team)
    status = answer.status if answer else 200
    await desk.store.crews.note(who, now())
    if own is None:
        return show(request, "crew_teams.html", status_code=status, crews=town.teams, answer=answer)
    place = stream_of(request).place  # before the board is read: what changes meanwhile is told again
    at = now()
    work = await _load_board(desk, own, at, screen)
    finished = await desk.store.orders.get(shown.done) if shown.done else None
    done = make_card(town, finished, at) if finished and own == finished.state.team else None
    saved = finished is not None and own in finished.state.teams  # another team has it now: no more than that
    chosen = shown.team if shown.team and shown.team != who.team else None
    said: dict[str, Any] = {"done": done, "saved": saved, "answer": answer, "chosen": chosen, "place": place}
    work["incidents"] = await incidents_going_on(desk)
    return show(request, "crew.html", status_code=status, **said, **work)


def _team(who: Person, town: Town, asked: str | None) -> str | None:
    teams = teams_of(town, who, asked)
    own = teams[0] if teams else who.team
    return own if own in town.teams else None


async def _load_board(desk: Desk, team: str, at: datetime, screen: Screen) -> dict[str, Any]:
    """What `_board.html` shows: a screen's cards, and how much there is of everything."""
    store, town = desk.store, desk.town
    found = await store.list_most_urgent(Filter(teams=(team,), states=OPEN), screen.limit + 1, screen.after)
    today = finished_today(town, team, at)
    cards: list[Card] = sort_by_pressure(make_card(town, case, at) for case in found[: screen.limit])
    return {
        "team": team,
        "cards": [each for each in cards if not each.traits.waiting],
        "waiting": [each for each in cards if each.traits.waiting],
        "standing": await store.count_standing(team, at),
        "members": await store.crews.everybody(),
        "finished": [make_card(town, case, at) for case in await store.list_newest(today, None, MOST)],
        "finished_count": await store.count(today),
        "next": _cursor(found[screen.limit - 1]) if len(found) > screen.limit else None,
        "begins": screen.after is None,
    }


def finished_today(town: Town, team: str, at: datetime) -> Filter:
    """What the team has completed since midnight in the town."""
    local = at.astimezone(town.calendar.zone)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Filter(teams=(team,), states=DONE, closed_since=morning)


def _cursor(last: Order) -> str:
    due = last.state.due_at
    return encode_cursor((due.isoformat() if due else None, last.id))


def _place(after: str) -> Urgency:
    match decode_cursor(after):
        case (None, str(order_id)):
            return None, order_id
        case (str(due), str(order_id)):
            return cursor_time(due), order_id
        case _:
            raise Problem(400, "cursor")
