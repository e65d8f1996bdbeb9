"""Asking neighbours from the desk, and writing down what they said."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from services.permits import checking
from services.permits.access import DESK_LIMITED, Officer, TheDesk, as_actor, cause_of, find_for_staff
from services.permits.neighbour_bodies import NeighbourAnswer, NewNeighbour
from services.permits.pages.desk_case import answer_act, case_page
from services.permits.pages.forms import read_body, text_of

router = APIRouter(prefix="/permits/desk/{reference}/neighbours", include_in_schema=False, dependencies=[DESK_LIMITED])


@router.post("")
async def ask(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """Ask; the page then has the letter to print."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed: dict[str, Any] = {
            name: text_of(sent, name) for name in ("place", "name", "days", "email", "deed_number", "beyond_due")
        }
    body, wrong = read_body(NewNeighbour, {name: value for name, value in typed.items() if value}, request)
    kept = {"neighbour": {"id": "", **typed}}
    if wrong:
        return await case_page(request, case, who, wrong, 422, kept)
    cause, officer = cause_of(None, "ask-neighbour", case.id, who), as_actor(who, "officer")
    act = checking.ask_neighbour(desk, case.id, officer, body.build_question(), cause)
    return await answer_act(request, case, who, kept, act, "#neighbours")


@router.post("/{neighbour}")
async def write_down(
    request: Request, reference: str, neighbour: Annotated[str, Path(max_length=40)], desk: TheDesk, who: Officer
) -> Response:
    """What they wrote on the letter's slip, or said."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("view", "text", "by")}
    body, wrong = read_body(NeighbourAnswer, {name: value for name, value in typed.items() if value}, request)
    kept = {"neighbour": {"id": neighbour, **typed}}
    if wrong:
        return await case_page(request, case, who, wrong, 422, kept)
    cause, officer = cause_of(None, "neighbour-answer", case.id, who), as_actor(who, "officer")
    act = checking.answer_neighbour(desk, case.id, officer, neighbour, body.build_answer(), cause)
    return await answer_act(request, case, who, kept, act, "#neighbours")
