"""What the office does at the desk with a permit after its decision."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.permits import permit_acts
from services.permits.access import (
    DESK_LIMITED,
    Examiner,
    Officer,
    Signatory,
    TheDesk,
    as_actor,
    cause_of,
    find_for_staff,
)
from services.permits.api.views import show_to
from services.permits.bodies import (
    AppealAnswer,
    BuildingDay,
    ExtensionAnswer,
    Reason,
    Transfer,
)
from services.permits.pages.desk_case import answer_act, case_page
from services.permits.pages.forms import ON_PAGE, read_body, text_of
from shared.web import language_of, need_proof

router = APIRouter(prefix="/permits/desk/{reference}", include_in_schema=False, dependencies=[DESK_LIMITED])
_LIFE = "#life"


async def _read_sent(request: Request, model: type[BaseModel], *names: str) -> tuple[Any, str, dict[str, str]]:
    """The form as a body, or what to say about it; and what was typed."""
    async with request.form() as sent:
        typed = {name: text_of(sent, name) for name in names}
    body, wrong = read_body(model, {name: value or None for name, value in typed.items() if value}, request)
    return body, wrong, typed


@router.post("/construction")
async def tell_building_step(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """For a holder who came to the counter or called."""
    case = await find_for_staff(request, desk, reference, who)
    body, wrong, typed = await _read_sent(request, BuildingDay, "step", "on")
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause, officer = cause_of(None, "construction", case.id, who), as_actor(who, "officer")
    act = permit_acts.tell_building_step(desk, case, officer, body.step, body.on, cause)
    return await answer_act(request, case, who, typed, act, _LIFE)


@router.post("/construction/accept")
async def accept_building(request: Request, reference: str, desk: TheDesk, who: Examiner) -> Response:
    """What was built stands as it was permitted."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(None, "accept-construction", case.id, who)
    act = permit_acts.accept_building(desk, case.id, as_actor(who, "examiner"), cause)
    return await answer_act(request, case, who, {}, act, _LIFE)


@router.post("/extension/answer", dependencies=[Depends(need_proof)])
async def answer_extension(request: Request, reference: str, desk: TheDesk, who: Signatory) -> Response:
    """So many days more; without a number refused."""
    case = await find_for_staff(request, desk, reference, who)
    body, wrong, typed = await _read_sent(request, ExtensionAnswer, "days", "reason")
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause, signatory = cause_of(None, "answer-extension", case.id, who), as_actor(who, "signatory")
    act = permit_acts.answer_extension(desk, case, signatory, who.signs_for, body.days, body.reason, cause)
    return await answer_act(request, case, who, typed, act, _LIFE)


@router.post("/transfer", dependencies=[Depends(need_proof)])
async def transfer_permit(request: Request, reference: str, desk: TheDesk, who: Signatory) -> Response:
    """Another holder."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed, confirmed = {name: text_of(sent, name) for name in ON_PAGE}, "checked" in sent
    holder = {field: typed[name] or None for name, field in ON_PAGE.items()}
    body, wrong = read_body(Transfer, {"holder": holder}, request)
    if wrong or not confirmed:
        problem = wrong or show_to(request).say("transfer.confirm-needed")
        return await case_page(request, case, who, problem, 422, {"holder": typed})
    cause, to = cause_of(None, "transfer", case.id, who), body.holder.applicant(language_of(request))
    act = permit_acts.transfer_permit(desk, case, as_actor(who, "signatory"), who.signs_for, to, cause)
    return await answer_act(request, case, who, {"holder": typed}, act, _LIFE)


@router.post("/revoke", dependencies=[Depends(need_proof)])
async def revoke_permit(request: Request, reference: str, desk: TheDesk, who: Signatory) -> Response:
    """It holds no more from now on."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        reason, confirmed = text_of(sent, "reason"), "confirm" in sent
    body, wrong = read_body(Reason, {"reason": reason}, request)
    if wrong or not confirmed:
        problem = wrong or show_to(request).say("revoke.confirm-needed")
        return await case_page(request, case, who, problem, 422, {"revoke": reason})
    cause, signatory = cause_of(None, "revoke", case.id, who), as_actor(who, "signatory")
    act = permit_acts.revoke_permit(desk, case, signatory, who.signs_for, body.reason, cause)
    return await answer_act(request, case, who, {"revoke": reason}, act, _LIFE)


@router.post("/appeal/answer", dependencies=[Depends(need_proof)])
async def answer_appeal(request: Request, reference: str, desk: TheDesk, who: Signatory) -> Response:
    """What the committee has decided."""
    case = await find_for_staff(request, desk, reference, who)
    body, wrong, typed = await _read_sent(request, AppealAnswer, "outcome", "reason")
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause, signatory = cause_of(None, "answer-appeal", case.id, who), as_actor(who, "signatory")
    act = permit_acts.answer_appeal(desk, case, signatory, who.signs_for, body.outcome, body.reason, cause)
    return await answer_act(request, case, who, typed, act, _LIFE)
