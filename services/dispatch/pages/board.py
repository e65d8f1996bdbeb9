"""The crew's page on a phone: own work in the order in which it presses, one big button for the next step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.api.context import TheStore, TheTown, Worker
from services.dispatch.commands import sees_all, teams_of
from services.dispatch.domain.work_order import OPEN, WAITING
from services.dispatch.pages.cards import Card, card, pressing
from services.dispatch.pages.forms import Answer, perform
from services.dispatch.pages.show import kept, show
from services.dispatch.queries import Filter, Urgency
from services.dispatch.store import Order, Store
from shared.kernel import now
from shared.town import Town
from shared.web import UPLOAD_BYTES, Person, Problem
from shared.web.paging import decode_cursor, encode_cursor

router = APIRouter(include_in_schema=False)

MOST = 200  # cards on one screen, the most urgent first; more is a storm, and further screens hold the rest


@dataclass(frozen=True)
class Part:
    """Which screen of the team's work: at most `limit` cards, after that place in the order of urgency."""

    limit: int
    after: Urgency | None


def part(limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
         after: Annotated[str | None, Query(max_length=1000)] = None) -> Part:  # fmt: skip
    """`?limit=&after=`, as lists have them."""
    return Part(limit, _place(after) if after else None)


ThePart = Annotated[Part, Depends(part)]


@router.get("/crew")
async def crew(request: Request, store: TheStore, town: TheTown, who: Worker, part: ThePart, team: str | None = None,
               done: str | None = None) -> HTMLResponse:  # fmt: skip
    """Without a team of their own, officers and heads choose one."""
    return await _board(request, store, town, who, part, team, done)


@router.get("/crew/board")
async def board(request: Request, store: TheStore, town: TheTown, who: Worker, part: ThePart,
                team: str | None = None) -> HTMLResponse:  # fmt: skip
    """The cards alone, for a page that follows the stream."""
    mine = _team(who, town, team)
    return show(request, "_board.html", **await _work(store, town, mine or town.triage, now(), part))


@router.get("/crew/{order_id}")
async def one(order_id: str, store: TheStore, who: Worker) -> Response:
    """Where a message leads: to the card on the board of the team that has the work. It outlives the sign-in, which
    an anchor does not."""
    found = await store.orders.get(order_id)
    if found is None:
        return RedirectResponse("/crew", 303)
    asked = f"?team={found.state.team}" if sees_all(who) else ""
    return RedirectResponse(f"/crew{asked}#w-{order_id}", 303)


@router.post("/crew/{order_id}/{action}", max_body_size=UPLOAD_BYTES)
async def press(request: Request, order_id: str, action: str, store: TheStore, town: TheTown, who: Worker,
                part: ThePart, team: str | None = None) -> Response:  # fmt: skip
    """A button of a card; done: back to that card on the board, not done: the board says why."""
    answer = await perform(request, store, town, who, order_id, action)
    if not answer.done:
        return await _board(request, store, town, who, part, team, None, answer)
    return RedirectResponse(f"/crew?{urlencode({'done': order_id, **kept(request, town)})}#w-{order_id}", 303)


async def _board(request: Request, store: Store, town: Town, who: Person, part: Part, team: str | None,
                 done: str | None, answer: Answer | None = None) -> HTMLResponse:  # fmt: skip
    mine = _team(who, town, team)
    status = answer.status if answer else 200
    if mine is None:
        return show(request, "crew_teams.html", status_code=status, crews=town.teams, answer=answer)
    at = now()
    work = await _work(store, town, mine, at, part)
    finished = await store.orders.get(done) if done else None
    seen = card(town, finished, at) if finished and mine in finished.state.teams else None
    chosen = team if team and team != who.team else None
    return show(request, "crew.html", status_code=status, done=seen, answer=answer, chosen=chosen, **work)


def _team(who: Person, town: Town, asked: str | None) -> str | None:
    teams = teams_of(town, who, asked)
    mine = teams[0] if teams else who.team
    return mine if mine in town.teams else None


async def _work(store: Store, town: Town, team: str, at: datetime, part: Part) -> dict[str, Any]:
    """What `_board.html` shows: a screen's cards, and how much there is of everything."""
    found = await store.most_urgent(Filter(teams=(team,), states=OPEN), part.limit + 1, part.after)
    today = Filter(teams=(team,), states=("completed",), closed_since=_morning(town, at))
    cards: list[Card] = pressing(card(town, case, at) for case in found[: part.limit])
    return {
        "team": team,
        "cards": [each for each in cards if each.order.state not in WAITING],
        "waiting": [each for each in cards if each.order.state in WAITING],
        "standing": await store.standing(team, at),
        "finished": [card(town, case, at) for case in await store.page(today, None, MOST)],
        "finished_count": await store.count(today),
        "next": _cursor(found[part.limit - 1]) if len(found) > part.limit else None,
        "begins": part.after is None,
    }


def _cursor(last: Order) -> str:
    due = last.state.due_at
    return encode_cursor((due.isoformat() if due else None, last.id))


def _place(after: str) -> Urgency:
    match decode_cursor(after):
        case (None, str(order_id)):
            return None, order_id
        case (str(due), str(order_id)):
            try:
                return datetime.fromisoformat(due), order_id
            except ValueError as error:
                raise Problem(400, "cursor") from error
        case _:
            raise Problem(400, "cursor")


def _morning(town: Town, at: datetime) -> datetime:
    """Midnight in the town."""
    local = at.astimezone(town.calendar.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
