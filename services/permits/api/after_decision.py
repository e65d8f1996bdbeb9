"""Visits to the place and a permit's life after its decision over HTTP: by its holder, and by the office."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from services.permits import permit_acts
from services.permits.access import (
    DESK_LIMITED,
    LIMITED,
    Examiner,
    Key,
    Officer,
    Signatory,
    TheDesk,
    TheVisit,
    Visit,
    actor_of,
    as_actor,
    cause_of,
    find_for_staff,
)
from services.permits.api.views import answer
from services.permits.bodies import (
    AppealAnswer,
    BuildingDay,
    ExtensionAnswer,
    Reason,
    Transfer,
)
from services.permits.domain.inspections import Finding
from services.permits.inspection_bodies import InspectionDay, InspectionOff, InspectionReport
from shared.web import language_of, need_proof

router = APIRouter(prefix="/api/v1/applications/{reference}", tags=["permits"])
_SIGNED = [DESK_LIMITED, Depends(need_proof)]
InspectionId = Annotated[str, Path(max_length=40)]


@router.post("/construction", dependencies=[LIMITED])
async def tell_building_step(
    request: Request, body: BuildingDay, visit: TheVisit, desk: TheDesk, key: Key
) -> dict[str, Any]:
    """The work begins on that day, or is finished since: told by the holder, or by an officer for them."""
    actor, cause = actor_of(visit), cause_of(key, "construction", visit.case.id, visit.who, body, visit.signed_in)
    after = await permit_acts.tell_building_step(desk, visit.case, actor, body.step, body.on, cause)
    return await answer(request, visit, after)


@router.post("/extension", dependencies=[LIMITED])
async def ask_extension(request: Request, body: Reason, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, Any]:
    """More time, asked for before the last day: until it is answered the permit does not end."""
    actor, cause = actor_of(visit), cause_of(key, "extension", visit.case.id, visit.who, body, visit.signed_in)
    return await answer(request, visit, await permit_acts.ask_extension(desk, visit.case, actor, body.reason, cause))


@router.post("/appeal", dependencies=[LIMITED])
async def make_appeal(request: Request, body: Reason, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, Any]:
    """Against a refusal or a revocation, in its time."""
    actor, cause = actor_of(visit), cause_of(key, "appeal", visit.case.id, visit.who, body, visit.signed_in)
    return await answer(request, visit, await permit_acts.make_appeal(desk, visit.case.id, actor, body.reason, cause))


@router.post("/inspections", dependencies=[DESK_LIMITED])
async def plan_inspection(
    request: Request, reference: str, body: InspectionDay, desk: TheDesk, who: Officer, key: Key
) -> dict[str, Any]:
    """A day on which the place is looked at; the applicant is told."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "inspections", case.id, who, body)
    after = await permit_acts.plan_inspection(desk, case.id, as_actor(who, "officer"), body, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/inspections/{inspection}/move", dependencies=[DESK_LIMITED])
async def move_inspection(
    request: Request,
    reference: str,
    inspection: InspectionId,
    body: InspectionDay,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """To another time; the applicant is told."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(key, "inspection-move", case.id, who, body), as_actor(who, "officer")
    after = await permit_acts.move_inspection(desk, case.id, officer, inspection, body, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/inspections/{inspection}/cancel", dependencies=[DESK_LIMITED])
async def cancel_inspection(
    request: Request,
    reference: str,
    inspection: InspectionId,
    body: InspectionOff,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """Nobody comes; the applicant is told."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(key, "inspection-cancel", case.id, who, body), as_actor(who, "officer")
    after = await permit_acts.cancel_inspection(desk, case.id, officer, inspection, body.note, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/inspections/{inspection}", dependencies=[DESK_LIMITED])
async def report_inspection(
    request: Request,
    reference: str,
    inspection: InspectionId,
    body: InspectionReport,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """What was found; the applicant is told."""
    case = await find_for_staff(request, desk, reference, who)
    cause, found = cause_of(key, "inspection-report", case.id, who, body), Finding(body.result, body.note)
    after = await permit_acts.report_inspection(desk, case.id, as_actor(who, "officer"), inspection, found, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/construction/accept", dependencies=[DESK_LIMITED])
async def accept_building(request: Request, reference: str, desk: TheDesk, who: Examiner, key: Key) -> dict[str, Any]:
    """What was built stands as it was permitted: the permit ends with this."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "accept-construction", case.id, who)
    after = await permit_acts.accept_building(desk, case.id, as_actor(who, "examiner"), cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/extension/answer", dependencies=_SIGNED)
async def answer_extension(
    request: Request, reference: str, body: ExtensionAnswer, desk: TheDesk, who: Signatory, key: Key
) -> dict[str, Any]:
    """So many days more; without `days` refused, with the reason."""
    case = await find_for_staff(request, desk, reference, who)
    cause, signatory = cause_of(key, "answer-extension", case.id, who, body), as_actor(who, "signatory")
    after = await permit_acts.answer_extension(desk, case, signatory, who.signs_for, body.days, body.reason, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/transfer", dependencies=_SIGNED)
async def transfer_permit(
    request: Request, reference: str, body: Transfer, desk: TheDesk, who: Signatory, key: Key
) -> dict[str, Any]:
    """Another holder, whose link is a new one."""
    case = await find_for_staff(request, desk, reference, who)
    cause, to = cause_of(key, "transfer", case.id, who, body), body.holder.applicant(language_of(request))
    after = await permit_acts.transfer_permit(desk, case, as_actor(who, "signatory"), who.signs_for, to, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/revoke", dependencies=_SIGNED)
async def revoke_permit(
    request: Request, reference: str, body: Reason, desk: TheDesk, who: Signatory, key: Key
) -> dict[str, Any]:
    """It holds no more from now on: verification and the register say so at once."""
    case = await find_for_staff(request, desk, reference, who)
    cause, signatory = cause_of(key, "revoke", case.id, who, body), as_actor(who, "signatory")
    after = await permit_acts.revoke_permit(desk, case, signatory, who.signs_for, body.reason, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/appeal/answer", dependencies=_SIGNED)
async def answer_appeal(
    request: Request, reference: str, body: AppealAnswer, desk: TheDesk, who: Signatory, key: Key
) -> dict[str, Any]:
    """What the committee has decided; never by who proposed or signed the order."""
    case = await find_for_staff(request, desk, reference, who)
    cause, signatory = cause_of(key, "answer-appeal", case.id, who, body), as_actor(who, "signatory")
    after = await permit_acts.answer_appeal(desk, case, signatory, who.signs_for, body.outcome, body.reason, cause)
    return await answer(request, Visit(after, "staff", who))
