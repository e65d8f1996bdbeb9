"""Looking for the applications of somebody, at the desk."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.permits import people
from services.permits.access import Member, TheDesk
from services.permits.api.people import LIMITED, person_row
from services.permits.api.views import show_to
from services.permits.bodies import PersonSearch
from services.permits.pages.forms import read_body, text_of
from shared.kernel import Reject
from shared.web import page, say_refusal

router = APIRouter(prefix="/permits/desk/people", include_in_schema=False)


@router.get("")
async def ask(request: Request, _: Member) -> HTMLResponse:
    """The form: what is typed there stands in no address."""
    return _page(request)


@router.post("", dependencies=[LIMITED])
async def search(request: Request, desk: TheDesk, who: Member) -> HTMLResponse:
    """What was found, which the trail keeps too."""
    async with request.form() as sent:
        typed = text_of(sent, "person")
    body, wrong = read_body(PersonSearch, {"person": typed}, request)
    if wrong:
        return _page(request, typed, problem=wrong, status=422)
    try:
        found = await people.find_by_person(desk, who, body.person)
    except Reject as error:
        return _page(request, typed, problem=say_refusal(request, error), status=error.status)
    showing = show_to(request, staff=True)
    rows = [await person_row(case.state, showing) for case in found.cases]
    return _page(request, typed, items=rows, more=found.more)


def _page(
    request: Request,
    typed: str = "",
    *,
    items: list[dict[str, Any]] | None = None,
    more: bool = False,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    told = {"typed": typed, "items": items, "more": more, "problem": problem, "most": people.FOUND_MOST}
    return page(request, "people.html", status_code=status, **told)
