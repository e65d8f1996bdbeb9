"""The crew's work on paper: one list for the whole morning, or a page for each job with room to write."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import TheDesk, Worker
from services.dispatch.pages.board import TheScreen, find_cards, team_of_board
from services.dispatch.pages.show import show
from shared.kernel import now

router = APIRouter(include_in_schema=False)


@router.get("/crew/sheet")
async def show_sheet(
    request: Request,
    desk: TheDesk,
    who: Worker,
    screen: TheScreen,
    team: Annotated[str | None, Query(max_length=64)] = None,
    form: Literal["list", "jobs"] = "list",
) -> Response:
    """What the board shows, with the same filter; whoever has no team chooses one on the board."""
    own = team_of_board(who, desk.town, team)
    if own is None:
        return RedirectResponse("/crew", 303)
    at = now()
    cards = [card for card in await find_cards(desk, own, at, screen) if not card.traits.waiting]
    page: HTMLResponse = show(request, "sheet.html", team=own, cards=cards, form=form, at=at)
    return page
