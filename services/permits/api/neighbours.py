"""Asking neighbours about an application over HTTP, and how that is shown: to those who decide, and to nobody else."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from services.permits import checking
from services.permits.access import DESK_LIMITED, Key, Officer, TheDesk, Visit, as_actor, cause_of, find_for_staff
from services.permits.api.documents import PRIVATE
from services.permits.api.views import answer
from services.permits.domain.neighbours import find
from services.permits.neighbour_bodies import NeighbourAnswer, NewNeighbour
from services.permits.neighbour_letter import make
from shared.neighbour_links import neighbour_code
from shared.web import Problem, note

router = APIRouter(prefix="/api/v1/applications/{reference}/neighbours", tags=["desk"])
NeighbourId = Annotated[str, Path(max_length=40)]


@router.post("")
async def ask(
    request: Request, reference: str, body: NewNeighbour, desk: TheDesk, who: Officer, key: Key
) -> dict[str, Any]:
    """Ask whoever owns or lives in a house next to the plot. `…/{neighbour}/letter.pdf` is the letter to print, with
    the code by which they read what is to be built and answer once."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "ask-neighbour", case.id, who, body)
    after = await checking.ask_neighbour(desk, case.id, as_actor(who, "officer"), body.build_question(), cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/{neighbour}")
async def write_down(
    request: Request,
    reference: str,
    neighbour: NeighbourId,
    body: NeighbourAnswer,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """What they wrote on the letter's slip, or said to an officer."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(key, "neighbour-answer", case.id, who, body), as_actor(who, "officer")
    after = await checking.answer_neighbour(desk, case.id, officer, neighbour, body.build_answer(), cause)
    return await answer(request, Visit(after, "staff", who))


@router.get("/{neighbour}/letter.pdf", dependencies=[DESK_LIMITED])
async def letter(request: Request, reference: str, neighbour: NeighbourId, desk: TheDesk, who: Officer) -> Response:
    """The letter, to be printed; the same whenever it is asked for."""
    case = await find_for_staff(request, desk, reference, who)
    one = find(case.state, neighbour)
    if one is None or not one.place:  # of a neighbour who is forgotten nobody knows where the letter went
        raise Problem(404, "http-404")
    permit, settings = (await desk.rules_for(case.state)).permit, desk.settings
    code = neighbour_code(settings.link_secret, case.id, one.id)
    pdf = await make(case.state, permit, desk.town, one, code, settings.public_url)
    note("document-read", request, case_id=case.id, requirement="neighbour-letter")
    name = f"{case.state.reference}-neighbour.pdf"
    headers = {**PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
