"""Lists of work orders, and one in full."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.dispatch.api.context import TheStore, TheTown, Worker
from services.dispatch.api.views import Detail, Summary, detail, summary
from services.dispatch.commands import find, reference_of, teams_of
from services.dispatch.domain.work_order import OPEN, State
from services.dispatch.queries import Filter
from shared.events import Level
from shared.kernel import now
from shared.web import Paging, Problem, paging

router = APIRouter(prefix="/api/v1", tags=["work orders"])


class Page(BaseModel):
    """Newest first; `next` is the cursor of the page after, None on the last."""

    items: list[Summary]
    next: str | None


@router.get("/work-orders")
async def list_work_orders(
    store: TheStore,
    town: TheTown,
    who: Worker,
    paged: Annotated[Paging, Depends(paging)],
    team: str | None = None,
    state: Annotated[list[State] | None, Query()] = None,
    category: str | None = None,
    level: Level | None = None,
    reference: str | None = None,
    late: bool = False,
) -> Page:
    """`state` may be given several times; a crew sees its own team's work only. `late`: open and past its due time."""
    at = now()
    states = tuple(state or ()) or (OPEN if late else ())
    about = reference_of(town, reference)
    wanted = Filter(teams_of(town, who, team), states, category, level, at if late else None, about)
    loaded = await store.page(wanted, _after(paged), paged.fetch)
    return Page(**paged.answer([summary(case, at) for case in loaded], lambda item: (item.id,)))


@router.get("/work-orders/{order_id}")
async def get_work_order(order_id: str, store: TheStore, who: Worker) -> Detail:
    """One work order with its history."""
    return detail(await find(store, who, order_id))


def _after(paged: Paging) -> str | None:
    if paged.after is None:
        return None
    match paged.after:
        case (str(order_id),):
            return order_id
        case _:
            raise Problem(400, "cursor")
