"""Lists of work orders, and one in full."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.dispatch.access import TheDesk, Worker, teams_of
from services.dispatch.api.views import Detail, Summary, describe, summarise
from services.dispatch.commands import get_order, read_typed_reference
from services.dispatch.domain.history import Entry
from services.dispatch.domain.states import OPEN, State
from services.dispatch.queries import Filter
from shared.events.work_orders import Level
from shared.kernel import now
from shared.web import Paging, Problem, read_paging

router = APIRouter(prefix="/api/v1", tags=["work orders"])


class Page(BaseModel):
    """Newest first; `next` is the cursor of the page after, None on the last."""

    items: list[Summary]
    next: str | None


class Wanted(BaseModel):
    """`state` may be given several times. `late`: open and past its due time, or taken by nobody in time."""

    team: str | None = None
    state: list[State] = []
    category: str | None = None
    level: Level | None = None
    reference: str | None = None
    late: bool = False


@router.get("/work-orders")
async def list_work_orders(
    desk: TheDesk, who: Worker, paged: Annotated[Paging, Depends(read_paging)], wanted: Annotated[Wanted, Query()]
) -> Page:
    """Newest first; a crew sees its own team's work only."""
    at = now()
    states = tuple(wanted.state) or (OPEN if wanted.late else ())
    filtered = Filter(
        teams_of(desk.town, who, wanted.team),
        states,
        wanted.category,
        wanted.level,
        at if wanted.late else None,
        read_typed_reference(desk.town, wanted.reference),
    )
    loaded = await desk.store.list_newest(filtered, _after(paged), paged.fetch)
    return Page(**paged.answer([summarise(case, at) for case in loaded], lambda item: (item.id,)))


@router.get("/work-orders/{order_id}")
async def get_work_order(order_id: str, desk: TheDesk, who: Worker) -> Detail:
    """One work order with its history."""
    return describe(await get_order(desk, who, order_id))


@router.get("/work-orders/{order_id}/history")
async def get_history(order_id: str, desk: TheDesk, who: Worker) -> list[Entry]:
    """All that happened to it, the oldest first; the order itself holds the newest lines."""
    return await desk.store.read_history(await get_order(desk, who, order_id))


def _after(paged: Paging) -> str | None:
    if paged.after is None:
        return None
    match paged.after:
        case (str(order_id),):
            return order_id
        case _:
            raise Problem(400, "cursor")
