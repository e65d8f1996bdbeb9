"""Who is away, at the desk: marked by themselves or a supervisor, and ended when they are back."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from services.permits import absences
from services.permits.absence_bodies import NewAbsence
from services.permits.access import DESK_LIMITED, Colleague, Member, TheDesk
from services.permits.api.absences import AbsenceId
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.domain.absences import MarkedAbsence, may_mark
from services.permits.pages.absences import choices_of, show_absence
from services.permits.pages.forms import read_body, text_of
from shared.kernel import Cause, Reject, now
from shared.web import Person, Problem, page, say_refusal
from shared.web.security_log import note_refusal

PATH = "/permits/desk/absences"
router = APIRouter(prefix="/permits/desk/absences", include_in_schema=False)
FIELDS = ("office", "team", "deputy", "first_day", "last_day", "capacity", "order", "level")


@router.get("")
async def show(request: Request, desk: TheDesk, who: Member) -> HTMLResponse:
    """Who is away now and later, and what this person may add to it."""
    return await _page(request, desk, who)


@router.post("", dependencies=[DESK_LIMITED])
async def mark(request: Request, desk: TheDesk, who: Colleague) -> Response:
    """Somebody takes their place."""
    async with request.form() as sent:
        typed = _read_typed(sent)
    body, wrong = read_body(NewAbsence, {name: value for name, value in typed.items() if value}, request)
    if wrong:
        return await _page(request, desk, who, wrong, 422, typed)
    try:
        cause = Cause.request(by=who, act="absence-marked")
        await absences.mark_absence(desk, who, body.build_absence(), cause)
    except Reject as error:
        return await _answer_refusal(request, desk, who, error, typed)
    return RedirectResponse(f"{PATH}#away", 303)


@router.post("/{absence}/end", dependencies=[DESK_LIMITED])
async def end(request: Request, absence: AbsenceId, desk: TheDesk, who: Colleague) -> Response:
    """They are back, or do not go."""
    try:
        await absences.end_absence(desk, who, absence, Cause.request(by=who, act="absence-ended"))
    except Reject as error:
        return await _answer_refusal(request, desk, who, error, {})
    return RedirectResponse(f"{PATH}#away", 303)


def _read_typed(sent: FormData) -> dict[str, str]:
    return {name: text_of(sent, name) for name in FIELDS}


async def _answer_refusal(
    request: Request, desk: Desk, who: Person, error: Reject, typed: dict[str, str]
) -> HTMLResponse:
    note_refusal(request, Problem(error.status, error.code))  # the page says it, so nobody else writes it down
    return await _page(request, desk, who, say_refusal(request, error), error.status, typed)


async def _page(
    request: Request, desk: Desk, who: Person, problem: str = "", status: int = 200, typed: dict[str, Any] | None = None
) -> HTMLResponse:
    showing, at = show_to(request, staff=True), now()
    marked = await desk.store.absences.list_marked()

    def row(one: MarkedAbsence) -> dict[str, Any]:
        told = show_absence(showing, one.absence)
        return {**told, "id": one.id, "by": one.by.name, "ended_at": one.ended_at}

    return page(
        request,
        "absences.html",
        status_code=status,
        problem=problem,
        typed=typed or {},
        choices=choices_of(showing, who),
        today=at.astimezone(desk.town.calendar.zone).date().isoformat(),
        profile=[
            {**show_absence(showing, one), "by": "", "ended_at": None, "may_end": False} for one in desk.town.absences
        ],
        current=[
            row(one) | {"may_end": may_mark(who, one.office, one.team)} for one in marked if not one.over(at, desk.town)
        ],
        past=[row(one) for one in reversed(marked) if one.over(at, desk.town)],
    )
