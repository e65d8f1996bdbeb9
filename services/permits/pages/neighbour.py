"""The page behind the code of a letter: whoever lives next to a plot reads what is to be built there and answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits import checking
from services.permits.access import TheDesk, cause_of
from services.permits.api.views import show_to
from services.permits.codes import is_neighbour_code
from services.permits.commands import Desk
from services.permits.domain.application import Actor, Application
from services.permits.domain.neighbour import Neighbour
from services.permits.domain.neighbours import find, select_for_neighbours, waits
from services.permits.neighbour_bodies import NeighbourAnswer
from services.permits.pages.forms import read_body, text_of
from services.permits.pages.plots import show_plot
from shared.kernel import Case, Reject, now
from shared.neighbour_links import neighbour_path
from shared.references import read_code, read_reference
from shared.web import Problem, page, rate_limit, say_refusal, web_of

router = APIRouter(
    prefix="/permits/neighbour",
    include_in_schema=False,
    # A code has 55 bits: at this pace nobody finds one by trying.
    dependencies=[Depends(rate_limit("neighbours", per_minute=30, burst=20))],
)
Typed = Annotated[str, Path(max_length=40)]
Asked = tuple[Case[Application], Neighbour]


@router.get("")
async def type_code(request: Request) -> HTMLResponse:
    """For whoever has the letter and cannot scan its code."""
    return _form(request)


@router.post("")
async def open_typed(request: Request, desk: TheDesk) -> Response:
    """To the page of the letter; one answer for whatever is wrong with what was typed."""
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("reference", "code")}
    reference = read_reference(desk.town.reference_prefix, typed["reference"][:40])
    code = read_code(typed["code"][:40])
    if reference is None or code is None or await _find_question(request, desk, reference, code) is None:
        return _form(request, typed, 404)
    return RedirectResponse(neighbour_path(reference, code), 303)


@router.get("/{reference}/{word}")
async def show(request: Request, reference: Typed, word: Typed, desk: TheDesk) -> HTMLResponse:
    """What is to be built, as far as a neighbour may see it."""
    return await _page(request, await _need_question(request, desk, reference, word))


@router.post("/{reference}/{word}")
async def give(request: Request, reference: Typed, word: Typed, desk: TheDesk) -> HTMLResponse:
    """Their answer, once."""
    case, one = await _need_question(request, desk, reference, word)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("view", "text", "by")}
    body, wrong = read_body(NeighbourAnswer, {name: value for name, value in typed.items() if value}, request)
    if wrong:
        return await _page(request, (case, one), wrong, 422, typed)
    who, cause = Actor(level="neighbour"), cause_of(None, "neighbour-answer", case.id)
    try:
        case = await checking.answer_neighbour(desk, case.id, who, one.id, body.build_answer(), cause)
    except Reject as error:
        return await _page(request, (case, one), say_refusal(request, error), error.status, typed)
    return await _page(request, (case, find(case.state, one.id) or one))


async def _need_question(request: Request, desk: Desk, reference: str, word: str) -> Asked:
    read, typed = read_reference(desk.town.reference_prefix, reference), read_code(word)
    found = await _find_question(request, desk, read, typed) if read and typed else None
    if found is None:
        raise Problem(404, "http-404")
    return found


async def _find_question(request: Request, desk: Desk, reference: str, code: str) -> Asked | None:
    """The neighbour of a letter; None for any code that is not theirs, or whose time is over."""
    case, keys = await desk.store.find_by_reference(reference), web_of(request).settings.link_secrets
    if case is None or case.state.submitted_at is None:
        return None
    theirs = (one for one in case.state.neighbours if is_neighbour_code(code, keys, case.id, one.id))
    found = next((one for one in theirs if now() <= one.open_until), None)
    return (case, found) if found else None


def _form(request: Request, typed: dict[str, str] | None = None, status: int = 200) -> HTMLResponse:
    return page(request, "neighbour_code.html", status_code=status, typed=typed or {}, wrong=typed is not None)


async def _page(
    request: Request, of: Asked, problem: str = "", status: int = 200, typed: dict[str, Any] | None = None
) -> HTMLResponse:
    """Neither who applies nor how to reach them: the place, what is to be built, and their own answer. The answer alone
    when nobody waits any more."""
    (case, one), showing = of, show_to(request)
    application = case.state
    permit = (await showing.desk.rules_for(application)).permit
    shown = {field.code for field in select_for_neighbours(permit)}
    full = await showing.full(application)
    response = page(
        request,
        "neighbour.html",
        status_code=status,
        summary=await showing.summary(application),
        location=application.location,
        zone_name=showing.zone_name(application.zone),
        rows=[row for row in full["form_rows"] if row["code"] in shown],
        plot=show_plot(application, showing, one.deed_number),
        asked=one,
        view_text=showing.say_code("neighbour.view", one.view) if one.view else "",
        waits=waits(application, one),
        problem=problem,
        typed=typed or {},
    )
    response.headers.update({"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"})
    return response
