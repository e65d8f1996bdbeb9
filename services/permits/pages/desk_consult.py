"""Asking others from the desk, and writing down what they said."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from services.permits import checking
from services.permits.access import DESK_LIMITED, Officer, TheDesk, as_actor, cause_of, find_for_staff
from services.permits.consult_bodies import ConsultationAnswer, NewConsultation
from services.permits.pages.desk_case import answer_act, case_page
from services.permits.pages.forms import read_body, text_of

router = APIRouter(
    prefix="/permits/desk/{reference}/consultations", include_in_schema=False, dependencies=[DESK_LIMITED]
)


@router.post("")
async def consult(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """Ask; the page then shows the link for them."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed: dict[str, Any] = {name: text_of(sent, name) for name in ("consultee", "question", "days", "beyond_due")}
        typed["documents"] = [str(one) for one in sent.getlist("document")]
    body, wrong = read_body(NewConsultation, {name: value for name, value in typed.items() if value}, request)
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause, officer = cause_of(None, "consult", case.id, who), as_actor(who, "officer")
    return await answer_act(
        request, case, who, typed, checking.consult(desk, case, officer, body.build_question(), cause), "#consultations"
    )


@router.post("/{consultation}/again")
async def ask_again(
    request: Request, reference: str, consultation: Annotated[str, Path(max_length=40)], desk: TheDesk, who: Officer
) -> Response:
    """Send it again, with a new link."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(None, "consult-again", case.id, who), as_actor(who, "officer")
    act = checking.ask_again(desk, case.id, officer, consultation, cause)
    return await answer_act(request, case, who, {}, act, "#consultations")


@router.post("/{consultation}")
async def answer_consultation(
    request: Request, reference: str, consultation: Annotated[str, Path(max_length=40)], desk: TheDesk, who: Officer
) -> Response:
    """What they wrote or said."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in ("view", "text", "by")}
    body, wrong = read_body(ConsultationAnswer, {name: value for name, value in typed.items() if value}, request)
    kept = {"consultation": consultation, **typed}
    if wrong:
        return await case_page(request, case, who, wrong, 422, kept)
    cause, officer = cause_of(None, "consultation-answer", case.id, who), as_actor(who, "officer")
    act = checking.answer_consultation(desk, case.id, officer, consultation, body.build_answer(), cause)
    return await answer_act(request, case, who, kept, act, "#consultations")
