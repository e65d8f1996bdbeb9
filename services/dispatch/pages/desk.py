"""The desk: one work order in full, and what an officer does to it."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import Officer, TheDesk, stream_of
from services.dispatch.commands import DECISIONS, Desk, get_order
from services.dispatch.domain.acts import list_offered
from services.dispatch.domain.rerouting import rules_say
from services.dispatch.domain.routing import explain, measure_metres
from services.dispatch.domain.states import OPEN
from services.dispatch.incident_store import People
from services.dispatch.pages.cards import Card, make_card
from services.dispatch.pages.forms import Answer, foresee, press_button
from services.dispatch.pages.rules import split_rules
from services.dispatch.pages.show import show
from services.dispatch.pages.triage import say_done
from services.dispatch.queries import Around
from services.dispatch.routing_facts import add_earlier, facts_of_order
from services.dispatch.store import Order
from shared.events.ids import new_id
from shared.kernel import now
from shared.web import UPLOAD_BYTES, Person

router = APIRouter(prefix="/desk", include_in_schema=False)

SAID = ("assign", "complete", "refer", "cancel", "prioritise")  # acts whose doing is said in words of its own


@router.get("/{order_id}")
async def show_order(
    request: Request, order_id: str, desk: TheDesk, who: Officer, done: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Everything about one work order; of a long history the newest lines. `done`: what was just done to it."""
    return await _show_order(request, desk, who, order_id, done=done)


@router.get("/{order_id}/history")
async def show_history(request: Request, order_id: str, desk: TheDesk, who: Officer) -> HTMLResponse:
    """Every line of its history."""
    case = await get_order(desk, who, order_id)
    lines = await desk.store.read_history(case)
    return show(request, "history.html", card=make_card(desk.town, case, now()), lines=lines, for_desk=True)


@router.post("/{order_id}/{act}", max_body_size=UPLOAD_BYTES)
async def press(request: Request, order_id: str, act: str, desk: TheDesk, who: Officer) -> Response:
    """A button of the desk; the form's `back=desk` returns to the queue. Either page says what was done."""
    answer = await press_button(request, desk, who, order_id, act)
    if not answer.done:
        return await _show_order(request, desk, who, order_id, answer)
    done = act if act in SAID else "saved"
    back = (
        f"/desk?done={done}&about={order_id}" if answer.said.get("back") == "desk" else f"/desk/{order_id}?done={done}"
    )
    return RedirectResponse(back, 303)


async def _show_order(
    request: Request, desk: Desk, who: Person, order_id: str, answer: Answer | None = None, *, done: str = ""
) -> HTMLResponse:
    place = (await stream_of(request)).place  # before the case is read: what changes meanwhile is told again
    said = await say_done(request, desk, done)
    case = await get_order(desk, who, order_id)
    facts = await add_earlier(desk, facts_of_order(desk.town, case.state), case.state.report.id)
    context: dict[str, Any] = {
        "card": make_card(desk.town, case, now()),
        "foreseen": _foreseen(desk, who, case, answer) if answer and answer.asks else None,
        "alike": await _count_alike(desk, case),
        "answer": answer,
        "said": said,
        "place": place,
        "reply_key": new_id(),
        "told": await _count_listeners(desk, case),
        "earlier": await _earlier(desk, case),
        "shares": await _shares(desk, order_id, case),
        "members": await desk.store.crews.everybody(),
        "elsewhere": rules_say(desk.town, case.state, facts),
        "changed_rules": desk.town.routing.version != case.state.rule.version,
        **split_rules(explain(desk.town, facts)),
    }
    return show(request, "order.html", status_code=answer.status if answer else 200, **context)


def _foreseen(desk: Desk, who: Person, case: Order, answer: Answer) -> Card:
    """As it would stand by what is asked about."""
    body = DECISIONS[answer.act].body.model_validate({"priority": answer.said.get("priority")})
    return make_card(desk.town, foresee(desk, who, case, answer.act, body), now())


async def _count_alike(desk: Desk, case: Order) -> int:
    """How many other reports of its kind are open so near, by the profile's radius and age for duplicates."""
    order, category = case.state, desk.town.categories.get(case.state.category)
    if category is None or order.place is None or not order.is_open:
        return 0
    place, alike = order.place, category.duplicates
    since = order.created_at - timedelta(days=alike.age_days)
    around = Around(order.category, place.latitude, place.longitude, alike.radius_m, since=since)
    found = await desk.store.find_sightings(around, order.report.id, OPEN)
    here = (place.latitude, place.longitude)
    return sum(measure_metres(*here, one.latitude, one.longitude) <= alike.radius_m for one in found)


async def _count_listeners(desk: Desk, case: Order) -> People | None:
    """Who hears that an incident goes on after all when this is sent back, which does its work."""
    order = case.state
    sends = order.incident is not None and "send_back" in list_offered(order)
    return await desk.store.count_people(order.incident) if order.incident and sends else None


async def _earlier(desk: Desk, case: Order) -> list[Card]:
    """The work before, when this was opened again, newest first: what was done then and did not last."""
    if not case.state.reopened:
        return []
    about = await desk.store.find_about(case.state.report.id)
    whole = (each for each in reversed(about) if each.state.parent is None)
    before = (each for each in whole if each.state.created_at < case.state.created_at)
    return [make_card(desk.town, each, now()) for each in before]


async def _shares(desk: Desk, order_id: str, case: Order) -> list[Card]:
    """What the teams between which it was split do, as it is now."""
    if not case.state.children:
        return []
    return [make_card(desk.town, each, now()) for each in await desk.store.find_children(order_id)]
