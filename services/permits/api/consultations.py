"""Asking others about an application over HTTP, and how that is shown: to those who decide, and to nobody else."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from services.permits import checking
from services.permits.access import Key, Officer, TheDesk, Visit, as_actor, cause_of, find_for_staff
from services.permits.api.views import answer
from services.permits.consult_bodies import ConsultationAnswer, NewConsultation

router = APIRouter(prefix="/api/v1/applications/{reference}/consultations", tags=["desk"])


@router.post("")
async def consult(
    request: Request, reference: str, body: NewConsultation, desk: TheDesk, who: Officer, key: Key
) -> dict[str, Any]:
    """Ask a team or an agency of the profile. Who has an address there is written to; `message` says how that went. The
    answer holds the link that the message brings, for those who have none: it opens the question, the place and the
    documents that are named, and is good for one answer."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "consult", case.id, who, body)
    after = await checking.consult(desk, case, as_actor(who, "officer"), body.build_question(), cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/{consultation}/again")
async def ask_again(
    request: Request,
    reference: str,
    consultation: Annotated[str, Path(max_length=40)],
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """Send a question again to whoever has not answered it, with a new link: the one before opens nothing more."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "consult-again", case.id, who)
    after = await checking.ask_again(desk, case.id, as_actor(who, "officer"), consultation, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/{consultation}")
async def answer_consultation(
    request: Request,
    reference: str,
    consultation: Annotated[str, Path(max_length=40)],
    body: ConsultationAnswer,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """What they wrote or said to an officer."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(key, "consultation-answer", case.id, who, body), as_actor(who, "officer")
    after = await checking.answer_consultation(desk, case.id, officer, consultation, body.build_answer(), cause)
    return await answer(request, Visit(after, "staff", who))
