"""The crew's page on a phone: own work by what to do now, the most pressing first, one big button for the next step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from services.dispatch.access import TheDesk, Worker, stream_of, teams_of
from services.dispatch.commands import Desk, get_order
from services.dispatch.domain.rights import sees_all
from services.dispatch.domain.states import DONE, OPEN
from services.dispatch.pages.by_urgency import cursor_after, place_of
from services.dispatch.pages.cards import GROUPS, Card, at_hand, make_card, matches, sort_by_pressure, spot_of
from services.dispatch.pages.forms import Answer, press_button
from services.dispatch.pages.incidents import incidents_going_on
from services.dispatch.pages.listing import SEARCHED
from services.dispatch.pages.offline import keepable, person_key
from services.dispatch.pages.show import query_to_keep, show
from services.dispatch.queries import Filter, Urgency
from services.dispatch.store import Order
from shared.kernel import now
from shared.town import Town
from shared.web import UPLOAD_BYTES, Person, session_ends, wants_page

router = APIRouter(include_in_schema=False)

MOST = 200  # cards on one screen, the most urgent first; more is a storm, and further screens hold the rest


@dataclass(frozen=True)
class Screen:
    """Which screen of the team's work: at most `limit` cards, after that place in the order of urgency."""

    limit: int
    after: Urgency | None

    words: str = ""  # only work in which these are found
    category: str | None = None
    late: bool = False  # only what is past its due time

    @property
    def is_filtered(self) -> bool:
        """Whether some of the team's work is left out."""
        return bool(self.words or self.category or self.late)


@dataclass(frozen=True)
class Shown:
    """What the page says beside the cards: of which team, what was just done or why not; which card is unfolded."""

    team: str | None = None
    done: str | None = None
    answer: Answer | None = None
    unfolded: str | None = None


async def read_screen(
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=64)] = "",
    only: Literal["late", ""] = "",
) -> Screen:
    """`?limit=&after=`, as lists have them, and what is to be left out."""
    return Screen(limit, place_of(after) if after else None, q.strip(), category or None, only == "late")


TheScreen = Annotated[Screen, Depends(read_screen)]


@router.get("/crew")
async def show_crew(
    request: Request,
    desk: TheDesk,
    who: Worker,
    screen: TheScreen,
    team: str | None = None,
    done: str | None = None,
    unfolded: Annotated[str | None, Query(alias="open")] = None,
) -> HTMLResponse:
    """Without a team of their own, officers and heads choose one."""
    return await _show_crew(request, desk, who, screen, Shown(team, done, unfolded=unfolded))


@router.get("/crew/board")
async def show_board(
    request: Request, desk: TheDesk, who: Worker, screen: TheScreen, team: str | None = None
) -> HTMLResponse:
    """The cards alone, for a page that follows the stream."""
    own = team_of_board(who, desk.town, team)
    work = await _load_board(desk, own or desk.town.triage, now(), screen)
    return show(request, "_board.html", all_work=_all_work(request), **work)


@router.get("/crew/{order_id}")
async def find_card(order_id: str, desk: TheDesk, who: Worker) -> Response:
    """Where a message leads: to the card on the board of the team that has the work. It outlives the sign-in, which
    an anchor does not."""
    found = await desk.store.orders.get(order_id)
    if found is None:
        return RedirectResponse("/crew", 303)
    asked = {"open": order_id, **({"team": found.state.team} if sees_all(who) else {})}
    return RedirectResponse(f"/crew?{urlencode(asked)}#w-{order_id}", 303)


@router.get("/crew/{order_id}/comments")
async def show_comments(request: Request, order_id: str, desk: TheDesk, who: Worker) -> HTMLResponse:
    """Everything that people wrote while the work went on; a card holds the newest only."""
    found = await get_order(desk, who, order_id)
    comments = await desk.store.read_comments(found)
    card = make_card(desk.town, found, now())
    page = show(request, "comments.html", card=card, comments=comments, for_desk=sees_all(who))
    return keepable(request, who, page)


@router.post("/crew/{order_id}/{act}", max_body_size=UPLOAD_BYTES)
async def press(
    request: Request, order_id: str, act: str, desk: TheDesk, who: Worker, screen: TheScreen, team: str | None = None
) -> Response:
    """A button of a card; done: back to that card on the board, not done: the board says why. A page that sends what
    waited on the phone asks for the answer alone, as JSON."""
    answer = await press_button(request, desk, who, order_id, act)
    if not wants_page(request):
        return JSONResponse({"code": answer.code, "detail": answer.words, "version": answer.version}, answer.status)
    if not answer.done:
        return await _show_crew(request, desk, who, screen, Shown(team, answer=answer))
    return RedirectResponse(
        f"/crew?{urlencode({'done': order_id, **query_to_keep(request, desk.town)})}#w-{order_id}", 303
    )


async def _show_crew(request: Request, desk: Desk, who: Person, screen: Screen, shown: Shown) -> HTMLResponse:
    town, answer = desk.town, shown.answer
    own = team_of_board(who, town, shown.team)
    status = answer.status if answer else 200
    await desk.store.crews.note(who, now())
    if own is None:
        return show(request, "crew_teams.html", status_code=status, crews=town.teams, answer=answer)
    place = (await stream_of(request)).place  # before the board is read: what changes meanwhile is told again
    at = now()
    work = await _load_board(desk, own, at, screen)
    finished = await desk.store.orders.get(shown.done) if shown.done else None
    done = make_card(town, finished, at) if finished and own == finished.state.team else None
    saved = finished is not None and own in finished.state.teams  # another team has it now: no more than that
    chosen = shown.team if shown.team and shown.team != who.team else None
    said: dict[str, Any] = {"done": done, "saved": saved, "answer": answer, "chosen": chosen, "place": place}
    said["asked"] = screen
    asked_for = (answer.order_id if answer else None) or shown.done or shown.unfolded
    said["opened"] = asked_for or at_hand(work["cards"])
    said["spots"] = [spot for card in work["cards"] if (spot := spot_of(card))]
    said |= {"person": person_key(request, who), "until": session_ends(request), "all_work": _all_work(request)}
    said["incidents"] = await incidents_going_on(desk)
    return keepable(request, who, show(request, "crew.html", status_code=status, **said, **work))


def team_of_board(who: Person, town: Town, asked: str | None) -> str | None:
    """Whose board this person looks at; None: they have to choose."""
    teams = teams_of(town, who, asked)
    own = teams[0] if teams else who.team
    return own if own in town.teams else None


async def _load_board(desk: Desk, team: str, at: datetime, screen: Screen) -> dict[str, Any]:
    """What `_board.html` shows: a screen's cards, and how much there is of everything."""
    store, town = desk.store, desk.town
    found = await _find(desk, team, at, screen)
    today = select_finished_today(town, team, at)
    cards = sort_by_pressure(make_card(town, case, at) for case in found[: screen.limit])
    return {
        "team": team,
        "cards": cards,
        "groups": GROUPS,
        "filtered": screen.is_filtered,
        "standing": await store.count_standing(team, at),
        "members": await store.crews.everybody(),
        "finished": [make_card(town, case, at) for case in await store.list_newest(today, None, MOST)],
        "finished_count": await store.count(today),
        "next": cursor_after(found[screen.limit - 1]) if len(found) > screen.limit else None,
        "begins": screen.after is None,
    }


async def find_cards(desk: Desk, team: str, at: datetime, screen: Screen) -> list[Card]:
    """A screen's cards alone, the most pressing first."""
    found = await _find(desk, team, at, screen)
    return sort_by_pressure(make_card(desk.town, case, at) for case in found[: screen.limit])


async def _find(desk: Desk, team: str, at: datetime, screen: Screen) -> list[Order]:
    """The most urgent of those that are asked for, and one more if there are more than fit."""
    late_at = at if screen.late else None
    wanted = Filter(teams=(team,), states=OPEN, category=screen.category, late_at=late_at)
    if not screen.words:
        return await desk.store.list_most_urgent(wanted, screen.limit + 1, screen.after)
    found, after = list[Order](), screen.after
    while len(found) <= screen.limit:  # all that is open, which in a storm is more than is read at a time
        read = await desk.store.list_most_urgent(wanted, SEARCHED, after)
        found += [case for case in read if matches(desk.town, case.state, screen.words)]
        if len(read) < SEARCHED:
            break
        after = place_of(cursor_after(read[-1]))
    return found[: screen.limit + 1]


def _all_work(request: Request) -> str:
    """The board with nothing left out."""
    team = request.query_params.get("team")
    return f"/crew?{urlencode({'team': team})}" if team else "/crew"


def select_finished_today(town: Town, team: str, at: datetime) -> Filter:
    """What the team has completed since midnight in the town."""
    local = at.astimezone(town.calendar.zone)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Filter(teams=(team,), states=DONE, closed_since=morning)
