"""The crew's page on a phone: own work in the order in which it presses, one big button for the next step."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.api.context import TheStore, TheTown, Worker
from services.dispatch.commands import sees_all, teams_of
from services.dispatch.domain.work_order import OPEN
from services.dispatch.pages.cards import Card, card, pressing
from services.dispatch.pages.forms import Answer, perform
from services.dispatch.pages.show import show
from services.dispatch.store import Filter, Store
from shared.kernel import now
from shared.town import Town
from shared.web import UPLOAD_BYTES, Person

router = APIRouter(include_in_schema=False)

MOST = 200  # open work of one team on one screen; more is a storm, and the desk's page shows it all


@router.get("/crew")
async def crew(request: Request, store: TheStore, town: TheTown, who: Worker, team: str | None = None,
               done: str | None = None) -> HTMLResponse:  # fmt: skip
    """Without a team of their own, officers and heads choose one."""
    return await _board(request, store, town, who, team, done)


@router.get("/crew/board")
async def board(request: Request, store: TheStore, town: TheTown, who: Worker, team: str | None = None) -> HTMLResponse:
    """The cards alone, for a page that follows the stream."""
    mine = _team(who, town, team)
    return show(request, "_board.html", **await _work(store, town, mine or town.triage, now()))


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
                team: str | None = None) -> Response:  # fmt: skip
    """A button of a card; done: back to that card on the board, not done: the board says why."""
    answer = await perform(request, store, town, who, order_id, action)
    if not answer.done:
        return await _board(request, store, town, who, team, None, answer)
    asked = f"&team={team}" if team in town.teams else ""
    return RedirectResponse(f"/crew?done={order_id}{asked}#w-{order_id}", 303)


async def _board(request: Request, store: Store, town: Town, who: Person, team: str | None, done: str | None,
                 answer: Answer | None = None) -> HTMLResponse:  # fmt: skip
    mine = _team(who, town, team)
    status = answer.status if answer else 200
    if mine is None:
        return show(request, "crew_teams.html", status_code=status, crews=town.teams, answer=answer)
    at = now()
    work = await _work(store, town, mine, at)
    finished = await store.orders.get(done) if done else None
    seen = card(town, finished, at) if finished and mine in finished.state.teams else None
    chosen = team if team and team != who.team else None
    return show(request, "crew.html", status_code=status, done=seen, answer=answer, chosen=chosen, **work)


def _team(who: Person, town: Town, asked: str | None) -> str | None:
    teams = teams_of(who, asked)
    mine = teams[0] if teams else who.team
    return mine if mine in town.teams else None


async def _work(store: Store, town: Town, team: str, at: datetime) -> dict[str, Any]:
    found = await store.most_urgent(Filter(teams=(team,), states=OPEN), MOST)
    closed = await store.page(Filter(teams=(team,), states=("completed",), closed_since=_morning(town, at)), None, MOST)
    cards: list[Card] = pressing(card(town, case, at) for case in found)
    return {
        "team": team,
        "cards": [each for each in cards if each.order.state not in ("paused", "referred")],
        "waiting": [each for each in cards if each.order.state in ("paused", "referred")],
        "finished": [card(town, case, at) for case in closed],
        "late": sum(each.late or each.unseen_late for each in cards),
    }


def _morning(town: Town, at: datetime) -> datetime:
    """Midnight in the town."""
    local = at.astimezone(town.calendar.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
