"""The desk: what waits in triage, every work order with filters, one in full, and the routing rules tried out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BeforeValidator, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.api.context import Officer, TheStore, TheTown
from services.dispatch.api.routing import Question, facts_of_question
from services.dispatch.commands import find, reference_of
from services.dispatch.domain.routing import Tried, explain, route
from services.dispatch.domain.work_order import OPEN
from services.dispatch.pages.cards import Card, card, pressing
from services.dispatch.pages.forms import Answer, perform
from services.dispatch.pages.show import show
from services.dispatch.queries import Filter
from services.dispatch.routing_facts import facts_of_order, with_earlier
from services.dispatch.store import Order, Store
from shared.kernel import now
from shared.town import Town
from shared.web import UPLOAD_BYTES, Paging, Person, paging
from shared.web.paging import encode_cursor

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_IN_TRIAGE = 50  # the most urgent; the page says how many there are
Degrees = BeforeValidator(lambda text: text or None)  # a form sends an empty field as ""
Latitude = Annotated[Annotated[float, Field(ge=-90, le=90)] | None, Degrees]
Longitude = Annotated[Annotated[float, Field(ge=-180, le=180)] | None, Degrees]


@router.get("")
async def desk(
    request: Request,
    store: TheStore,
    town: TheTown,
    _: Officer,
    paged: Annotated[Paging, Depends(paging)],
    team: str = "",
    state: str = "open",
    category: str = "",
    reference: str = "",
    late: str = "",
) -> HTMLResponse:
    """Triage above, everything below; an empty field of the filter means all.

    Who types a reference means that case, also when its work is over: the form's first choice does not hide it.
    """
    at = now()
    about = reference_of(town, reference)
    if about and state == "open":
        state = ""
    states = OPEN if state == "open" or late else (state,) if state else ()
    wanted = Filter((team,) if team else (), states, category or None, None, at if late else None, about)
    after = str(paged.after[0]) if paged.after else None
    found = await store.page(wanted, after, paged.fetch)
    waiting = Filter(teams=(town.triage,), states=OPEN)
    triage = await store.most_urgent(waiting, MOST_IN_TRIAGE)
    return show(
        request, "desk.html", triage=pressing(card(town, case, at) for case in triage),
        triage_count=await store.count(waiting),
        rows=[card(town, case, at) for case in found[: paged.limit]], wanted=request.query_params, chosen_state=state,
        next=encode_cursor((found[paged.limit - 1].id,)) if len(found) > paged.limit else None,
        open_count=await store.count(Filter(states=OPEN)),
        late_count=await store.count(Filter(states=OPEN, late_at=at)),
    )  # fmt: skip


@router.get("/routing")
async def try_routing(request: Request, store: TheStore, town: TheTown, _: Officer, text: str = "", category: str = "",
                      latitude: Latitude = None, longitude: Longitude = None) -> HTMLResponse:  # fmt: skip
    """The dry run as a form: where would this go, and why."""
    question = Question(text=text[:4000], category=category or "other", lat=latitude, lon=longitude)
    facts = await facts_of_question(town, store, question, {})
    asked = bool(text or category)
    return show(
        request, "routing.html", question=question, asked=asked, routed=route(town, facts),
        **(_told_apart(explain(town, facts)) if asked else {}),
    )  # fmt: skip


@router.get("/{order_id}")
async def one(request: Request, order_id: str, store: TheStore, town: TheTown, who: Officer) -> HTMLResponse:
    """Everything about one work order."""
    return await _one(request, store, town, who, order_id)


@router.post("/{order_id}/{action}", max_body_size=UPLOAD_BYTES)
async def press(request: Request, order_id: str, action: str, store: TheStore, town: TheTown,
                who: Officer) -> Response:  # fmt: skip
    """A button of the desk; the form's `back=desk` returns to the queue."""
    answer = await perform(request, store, town, who, order_id, action)
    if not answer.done:
        return await _one(request, store, town, who, order_id, answer)
    back = "/desk" if answer.said.get("back") == "desk" else f"/desk/{order_id}"
    return RedirectResponse(back, 303)


async def _one(request: Request, store: Store, town: Town, who: Person, order_id: str,
               answer: Answer | None = None) -> HTMLResponse:  # fmt: skip
    case = await find(store, who, order_id)
    facts = await with_earlier(town, store, facts_of_order(town, case.state), case.state.reports[0].id)
    return show(
        request, "order.html", status_code=answer.status if answer else 200, card=card(town, case, now()),
        answer=answer, earlier=await _earlier(store, town, case), **_told_apart(explain(town, facts)),
        changed_rules=town.routing.version != case.state.rule.version,
    )  # fmt: skip


async def _earlier(store: Store, town: Town, case: Order) -> list[Card]:
    """The work before, when this was opened again, newest first: what was done then and did not last."""
    if not case.state.reopened:
        return []
    about = await store.about(case.state.reports[0].id)
    return [card(town, each, now()) for each in reversed(about) if each.state.created_at < case.state.created_at]


def _told_apart(tried: list[Tried]) -> dict[str, Any]:
    """The rules that could take this category, and those that speak of others: 40 rules at once explain nothing."""
    others = [rule for rule in tried if any(c.condition == "categories" and not c.holds for c in rule.checks)]
    return {"rules": [rule for rule in tried if rule not in others], "others": others}
