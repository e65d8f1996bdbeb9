"""What the holder of a permit tells and asks on their own page, after its decision."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.permits import permit_acts
from services.permits.access import LIMITED, OnOwnPage, TheDesk, cause_of
from services.permits.bodies import BuildingDay, Reason
from services.permits.domain.application import Actor
from services.permits.pages.forms import read_body, text_of
from services.permits.pages.own_page import answer_act, own_page

router = APIRouter(prefix="/permits/{reference}", include_in_schema=False, dependencies=[LIMITED])
_LIFE = "#life"


@router.post("/construction")
async def tell_building_step(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """The work begins on that day, or is finished since."""
    visit.need("applicant")
    async with request.form() as sent:
        typed = {"step": text_of(sent, "step"), "on": text_of(sent, "on")}
    body, wrong = read_body(BuildingDay, typed, request)
    if wrong:
        return await own_page(request, visit, wrong, 422)
    cause = cause_of(None, "construction", visit.case.id, by=visit.signed_in)
    act = permit_acts.tell_building_step(desk, visit.case, Actor(), body.step, body.on, cause)
    return await answer_act(request, visit, act, then=_LIFE)


@router.post("/extension")
async def ask_extension(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """More time."""
    visit.need("applicant")
    async with request.form() as sent:
        body, wrong = read_body(Reason, {"reason": text_of(sent, "reason")}, request)
    if wrong:
        return await own_page(request, visit, wrong, 422)
    cause = cause_of(None, "extension", visit.case.id, by=visit.signed_in)
    act = permit_acts.ask_extension(desk, visit.case, Actor(), body.reason, cause)
    return await answer_act(request, visit, act, then=_LIFE)


@router.post("/appeal")
async def make_appeal(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """Against the order that stands."""
    visit.need("applicant")
    async with request.form() as sent:
        body, wrong = read_body(Reason, {"reason": text_of(sent, "reason")}, request)
    if wrong:
        return await own_page(request, visit, wrong, 422)
    cause = cause_of(None, "appeal", visit.case.id, by=visit.signed_in)
    act = permit_acts.make_appeal(desk, visit.case.id, Actor(), body.reason, cause)
    return await answer_act(request, visit, act, then=_LIFE)
