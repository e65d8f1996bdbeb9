"""All work of a team, also what is over, for its crew and its lead: the list to which their figures lead."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import TheDesk, Worker
from services.dispatch.commands import get_order
from services.dispatch.domain.rights import sees_all
from services.dispatch.pages.board import team_of_board
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.chosen import Wanted
from services.dispatch.pages.listing import list_rows
from services.dispatch.pages.show import show
from shared.kernel import now
from shared.web import Paging, read_paging

router = APIRouter(prefix="/crew", include_in_schema=False)


@router.get("/work")
async def show_work(
    request: Request,
    desk: TheDesk,
    who: Worker,
    paged: Annotated[Paging, Depends(read_paging)],
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """With the same filter as the desk's list; whoever has no team chooses one on the board."""
    own = team_of_board(who, desk.town, wanted.team or None)
    if own is None:
        return RedirectResponse("/crew", 303)
    at, wanted = now(), wanted.model_copy(update={"team": own})
    rows, after = await list_rows(desk, wanted, at, paged)
    context: dict[str, Any] = {
        "team": own,
        "chosen": f"?team={own}" if own != who.team else "",
        "rows": rows,
        "wanted": wanted,
        "chosen_state": wanted.state_for(desk.town),
        "next": after,
    }
    return show(request, "team_work.html", **context)


@router.get("/{order_id}/history")
async def show_history(request: Request, order_id: str, desk: TheDesk, who: Worker) -> HTMLResponse:
    """What was done, and every line of its history; of another team's work 403."""
    case = await get_order(desk, who, order_id)
    lines = await desk.store.read_history(case)
    card = make_card(desk.town, case, now())
    return show(request, "history.html", card=card, lines=lines, for_desk=sees_all(who))
