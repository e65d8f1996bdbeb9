"""The desk: what waits in triage, every work order with filters, and one in full."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import Officer
from services.dispatch.api.context import TheDesk
from services.dispatch.commands import Desk, get_order, read_typed_reference
from services.dispatch.domain.routing import explain
from services.dispatch.domain.states import OPEN
from services.dispatch.pages.cards import Card, make_card, sort_by_pressure
from services.dispatch.pages.forms import Answer, press_button
from services.dispatch.pages.rules import split_rules
from services.dispatch.pages.show import show
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import add_earlier, facts_of_order
from services.dispatch.store import Order
from shared.kernel import now
from shared.web import UPLOAD_BYTES, Paging, Person, paging
from shared.web.paging import encode_cursor

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_IN_TRIAGE = 50  # the most urgent; the page says how many there are


class Wanted(BaseModel):
    """The form of the filter; an empty field means all."""

    team: str = ""
    state: str = "open"
    category: str = ""
    reference: str = ""
    late: str = ""


@router.get("")
async def show_desk(
    request: Request,
    desk: TheDesk,
    _: Officer,
    paged: Annotated[Paging, Depends(paging)],
    wanted: Annotated[Wanted, Query()],
) -> HTMLResponse:
    """Triage above, everything below.

    Who types a reference means that case, also when its work is over: the form's first choice does not hide it.
    """
    at, store, town = now(), desk.store, desk.town
    about = read_typed_reference(town, wanted.reference)
    state = "" if about and wanted.state == "open" else wanted.state
    states = OPEN if state == "open" or wanted.late else (state,) if state else ()
    teams = (wanted.team,) if wanted.team else ()
    filtered = Filter(teams, states, wanted.category or None, None, at if wanted.late else None, about)
    after = str(paged.after[0]) if paged.after else None
    found = await store.list_newest(filtered, after, paged.fetch)
    in_triage = Filter(teams=(town.triage,), states=OPEN)
    triage = await store.list_most_urgent(in_triage, MOST_IN_TRIAGE)
    context: dict[str, Any] = {
        "triage": sort_by_pressure(make_card(town, case, at) for case in triage),
        "triage_count": await store.count(in_triage),
        "rows": [make_card(town, case, at) for case in found[: paged.limit]],
        "wanted": request.query_params,
        "chosen_state": state,
        "next": encode_cursor((found[paged.limit - 1].id,)) if len(found) > paged.limit else None,
        "open_count": await store.count(Filter(states=OPEN)),
        "late_count": await store.count(Filter(states=OPEN, late_at=at)),
    }
    return show(request, "desk.html", **context)


@router.get("/{order_id}")
async def show_order(request: Request, order_id: str, desk: TheDesk, who: Officer) -> HTMLResponse:
    """Everything about one work order; of a long history the newest lines."""
    return await _show_order(request, desk, who, order_id)


@router.get("/{order_id}/history")
async def show_history(request: Request, order_id: str, desk: TheDesk, who: Officer) -> HTMLResponse:
    """Every line of its history."""
    case = await get_order(desk, who, order_id)
    lines = await desk.store.read_history(case)
    return show(request, "history.html", card=make_card(desk.town, case, now()), lines=lines)


@router.post("/{order_id}/{act}", max_body_size=UPLOAD_BYTES)
async def press(request: Request, order_id: str, act: str, desk: TheDesk, who: Officer) -> Response:
    """A button of the desk; the form's `back=desk` returns to the queue."""
    answer = await press_button(request, desk, who, order_id, act)
    if not answer.done:
        return await _show_order(request, desk, who, order_id, answer)
    back = "/desk" if answer.said.get("back") == "desk" else f"/desk/{order_id}"
    return RedirectResponse(back, 303)


async def _show_order(
    request: Request, desk: Desk, who: Person, order_id: str, answer: Answer | None = None
) -> HTMLResponse:
    case = await get_order(desk, who, order_id)
    facts = await add_earlier(desk, facts_of_order(desk.town, case.state), case.state.report.id)
    context: dict[str, Any] = {
        "card": make_card(desk.town, case, now()),
        "answer": answer,
        "earlier": await _earlier(desk, case),
        "changed_rules": desk.town.routing.version != case.state.rule.version,
        **split_rules(explain(desk.town, facts)),
    }
    return show(request, "order.html", status_code=answer.status if answer else 200, **context)


async def _earlier(desk: Desk, case: Order) -> list[Card]:
    """The work before, when this was opened again, newest first: what was done then and did not last."""
    if not case.state.reopened:
        return []
    about = await desk.store.find_about(case.state.report.id)
    before = (each for each in reversed(about) if each.state.created_at < case.state.created_at)
    return [make_card(desk.town, each, now()) for each in before]
