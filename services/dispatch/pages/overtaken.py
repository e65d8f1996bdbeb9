"""A page for whoever did something that came too late: all of it, as the town keeps it."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.dispatch.access import TheDesk, Worker
from services.dispatch.commands import get_order
from services.dispatch.domain.history import Entry
from services.dispatch.domain.rights import had, sees_all
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.offline import keepable
from services.dispatch.pages.show import show
from shared.kernel import now
from shared.people import Person

router = APIRouter(include_in_schema=False)


@router.get("/crew/{order_id}/overtaken")
async def show_overtaken(request: Request, order_id: str, desk: TheDesk, who: Worker) -> HTMLResponse:
    """What came too late to this work: whoever has it by now sees all of it, whoever had it before what they did."""
    case = await desk.store.orders.get(order_id)
    if case is None or not had(who, case.state):
        case = await get_order(desk, who, order_id)  # says why not
    lines = readable(who, case.state, await desk.store.read_history(case))
    page = show(request, "overtaken.html", card=make_card(desk.town, case, now()), lines=lines, for_desk=sees_all(who))
    return keepable(request, who, page)


def readable(who: Person, order: WorkOrder, lines: Sequence[Entry]) -> list[Entry]:
    """Those of the lines that hold what came too late, and that this person may read."""
    late = [line for line in lines if line.overtaken is not None]
    if sees_all(who) or who.team == order.team:
        return late
    return [line for line in late if line.actor is not None and line.actor.sub == who.sub]
