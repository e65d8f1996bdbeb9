"""The board of an agency's people who have an account: what was referred to it, and what it says of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import Outsider, TheAgency, TheDesk
from services.dispatch.agency_desk import SAID, act_as_agency, find_referral
from services.dispatch.agency_views import list_referral
from services.dispatch.api.agency import Show, after_of, filter_of, show_as_agency
from services.dispatch.bodies import Body
from services.dispatch.commands import ActRequest, Desk
from services.dispatch.domain.states import ActName
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.forms import Answer
from services.dispatch.pages.refusals import say_refusal, say_wrong_fields
from services.dispatch.pages.show import show
from services.dispatch.store import Order
from shared.kernel import Reject, now
from shared.web import Paging, Problem, language_of, read_paging, seal_key
from shared.web.paging import encode_cursor

router = APIRouter(prefix="/agency", include_in_schema=False)
MOST_FIELDS = 20


class Wanted(BaseModel):
    """The form of the filter."""

    show: Show = "open"
    reference: str = ""


@router.get("")
async def show_board(
    request: Request,
    desk: TheDesk,
    agency: TheAgency,
    paged: Annotated[Paging, Depends(read_paging)],
    wanted: Annotated[Wanted, Query()],
) -> HTMLResponse:
    """What the agency has, the newest first."""
    filtered = filter_of(desk.town, agency, wanted.show, wanted.reference)
    found = await desk.store.list_newest(filtered, after_of(paged), paged.fetch)
    rows = [list_referral(desk.town, case, language_of(request)) for case in found[: paged.limit]]
    counts = {name: await desk.store.count(filter_of(desk.town, agency, name, None)) for name in ("open", "overdue")}
    more = encode_cursor((found[paged.limit - 1].id,)) if len(found) > paged.limit else None
    return show(request, "agency.html", rows=rows, wanted=wanted, counts=counts, next=more, agency=agency)


@router.get("/{order_id}")
async def show_work(request: Request, order_id: str, desk: TheDesk, agency: TheAgency, done: str = "") -> HTMLResponse:
    """One of them, with the forms to answer."""
    case = await find_referral(desk, agency, order_id)
    return await draw_work(request, desk, case, to=f"/agency/{order_id}", done=done if done in SAID else "")


@router.post("/{order_id}/{act}")
async def press(request: Request, order_id: str, act: str, desk: TheDesk, who: Outsider, agency: TheAgency) -> Response:
    """A form of that page."""
    name = act_named(act)
    case = await find_referral(desk, agency, order_id)
    fields = await read_form(request)
    try:
        asked = ActRequest(seal_key(request, fields.get("key")))
        await act_as_agency(desk, who, agency, order_id, name, read_body(name, fields), asked)
    except (ValidationError, Reject) as error:
        answer = await not_done(request, desk, order_id, name, fields, error)
        return await draw_work(request, desk, case, to=f"/agency/{order_id}", answer=answer)
    return RedirectResponse(f"/agency/{order_id}?done={name}", 303)


async def draw_work(
    request: Request, desk: Desk, case: Order, *, to: str, answer: Answer | None = None, **more: Any
) -> HTMLResponse:
    """The page of one referral, for the board and for a link alike; `to`: where its forms go."""
    context: dict[str, Any] = {
        "work": await show_as_agency(request, desk, case),
        "card": make_card(desk.town, case, now()),
        "to": to,
        "answer": answer,
        "said_acts": tuple(SAID),
        "done": "",
        "by_link": False,
        "refusal": None,
        **more,
    }
    return show(request, "agency_work.html", status_code=answer.status if answer else 200, **context)


def act_named(act: str) -> ActName:
    """What an agency may say; 404 for anything else."""
    name = next((each for each in SAID if each == act), None)
    if name is None:
        raise Problem(404, "http-404")
    return name


async def read_form(request: Request) -> dict[str, str]:
    """The fields that hold something."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {name: value for name, value in form.items() if isinstance(value, str) and value.strip()}


def read_body(name: ActName, fields: dict[str, str]) -> Body:
    """What the form says with the act."""
    return SAID[name].model_validate({field: value for field, value in fields.items() if field != "key"})


async def not_done(
    request: Request, desk: Desk, order_id: str, name: ActName, fields: dict[str, str], error: ValidationError | Reject
) -> Answer:
    """Why it was not taken, with what was typed."""
    if isinstance(error, ValidationError):
        return Answer(order_id, name, fields, 422, say_wrong_fields(request, error))
    return Answer(order_id, name, fields, error.status, await say_refusal(request, desk, order_id, error, outside=True))
