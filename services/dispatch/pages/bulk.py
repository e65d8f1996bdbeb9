"""One act on several pieces of work at once: each is decided by itself, and the page says what came of each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from services.dispatch.access import Officer, TheDesk
from services.dispatch.bodies import Body
from services.dispatch.commands import DECISIONS, ActRequest, Desk, act_on_order
from services.dispatch.domain.states import ActName
from services.dispatch.pages.cards import Card, make_card
from services.dispatch.pages.forms import calls_out, foresee
from services.dispatch.pages.refusals import say_refusal, say_wrong_fields
from services.dispatch.pages.show import show
from services.dispatch.store import Order
from shared.kernel import Reject, now
from shared.web import Person, Problem, language_of, seal_key, web_of
from shared.web.security_log import note_refusal

router = APIRouter(prefix="/desk/bulk", include_in_schema=False)

ROWS_MOST = 50  # at once: as many as triage shows
FIELDS_MOST = 40
BULK_ACTS: tuple[ActName, ...] = ("assign", "prioritise", "refer", "cancel")  # whose words fit many
FIELDS: Mapping[ActName, Sequence[str]] = {
    "assign": ("team", "reason"),
    "prioritise": ("priority", "reason"),
    "refer": ("agency", "text"),
    "cancel": ("outcome", "reason"),
}


@dataclass(frozen=True)
class Chosen:
    """One row that was ticked, and the standing that the officer saw."""

    order_id: str
    standing: str | None


@dataclass(frozen=True)
class Row:
    """What came of one of them; `card` None: there is no such work."""

    card: Card | None
    order_id: str
    refused: str = ""


@dataclass(frozen=True)
class Ticked:
    """What was asked for, by the names of the form."""

    act: ActName
    chosen: Sequence[Chosen]
    said: Mapping[str, str]
    key: str


@router.post("")
async def act_on_many(request: Request, desk: TheDesk, who: Officer) -> HTMLResponse:
    """Every row has a key of its own, made of the form's: pressed twice, nothing is done twice."""
    async with request.form(max_fields=FIELDS_MOST + ROWS_MOST) as form:
        act, chosen, fields = _read(form)
    if act is None or not 0 < len(chosen) <= ROWS_MOST:
        return _answer_nothing_done(
            request, "choose-act" if act is None else "choose-rows" if not chosen else "too-many-rows"
        )
    key = str(form.get("key") or "")
    ticked = Ticked(act, chosen, {f"{act}.{name}": said for name, said in fields.items()}, key)
    try:
        body = DECISIONS[act].body.model_validate(fields)
    except ValidationError as error:
        return await _ask(request, desk, ticked, say_wrong_fields(request, error))
    if (act == "cancel" or calls_out(act, fields)) and not form.get("sure"):
        cases = [case for case in await _cases(desk, ticked) if case is not None]
        return await _ask(request, desk, ticked, foreseen=[foresee(desk, who, case, act, body) for case in cases])
    rows = await asyncio.gather(*(_act(request, desk, who, act, body, one, key) for one in chosen))
    return show(request, "bulk.html", rows=rows, act=act, wrong="")


def _read(form: FormData) -> tuple[ActName | None, list[Chosen], dict[str, Any]]:
    act = next((name for name in BULK_ACTS if name == form.get("act")), None)
    ticked = dict.fromkeys(value for value in form.getlist("order") if isinstance(value, str))
    chosen = [Chosen(order_id, standing or None) for order_id, _, standing in (one.partition(" ") for one in ticked)]
    said = {name: form.get(f"{act}.{name}") for name in FIELDS[act]} if act else {}
    fields = {name: value for name, value in said.items() if isinstance(value, str) and value.strip()}
    return act, chosen, fields


async def _cases(desk: Desk, ticked: Ticked) -> Sequence[Order | None]:
    return await asyncio.gather(*(desk.store.orders.get(one.order_id) for one in ticked.chosen))


async def _act(request: Request, desk: Desk, who: Person, act: ActName, body: Body, one: Chosen, key: str) -> Row:
    asked = ActRequest(seal_key(request, f"{key}-{one.order_id}" if key else None), one.standing)
    refused = ""
    try:
        await act_on_order(desk, who, one.order_id, act, body, asked)
    except Reject as error:
        note_refusal(request, Problem(error.status, error.code))
        refused = await say_refusal(request, desk, one.order_id, error)
    found = await desk.store.orders.get(one.order_id)
    return Row(make_card(desk.town, found, now()) if found else None, one.order_id, refused)


async def _ask(
    request: Request, desk: Desk, ticked: Ticked, wrong: str = "", foreseen: Sequence[Order] | None = None
) -> HTMLResponse:
    """Once more, with all that was ticked and written: with what was wrong, or before what many hear of, and how each
    would stand then."""
    found = foreseen if foreseen is not None else await _cases(desk, ticked)
    cards = [make_card(desk.town, case, now()) for case in found if case is not None]
    context = {"bulk_acts": BULK_ACTS, "bulk_key": ticked.key, "bulk_act": ticked.act, "bulk_said": ticked.said}
    return show(
        request,
        "bulk_ask.html",
        status_code=422 if wrong else 200,
        wrong=wrong,
        cards=cards,
        chosen=ticked.chosen,
        **context,
    )


def _answer_nothing_done(request: Request, why: str) -> HTMLResponse:
    words = web_of(request).pages.words(language_of(request), f"bulk.{why}", most=ROWS_MOST)
    return show(request, "bulk.html", status_code=422, rows=[], act=None, wrong=words)
