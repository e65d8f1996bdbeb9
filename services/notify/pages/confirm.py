"""Whether the owner of an address wants to be told: the page that the first mail leads to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.notify.access import TheDesk, whose_token
from services.notify.bodies import Answer
from services.notify.commands import Desk, confirm_address
from services.notify.domain.recipient import Recipient
from services.notify.erasing import erase_contact
from services.notify.links import Token
from shared.web import Problem, page, rate_limit
from shared.web.case_keys import CaseKey, move_in

router = APIRouter(prefix="/inbox/confirm/{question}", include_in_schema=False)
Limited = Depends(rate_limit("preferences", per_minute=600, burst=200))


@router.get("", dependencies=[Limited])
async def ask(request: Request, question: str, desk: TheDesk) -> Response:
    """Opening the link confirms nothing: mail scanners open links too. Once confirmed it leads to the case."""
    token = whose_token(desk, "confirm", question)
    person, reference = await _need_asked(desk, token)
    if person.confirmed:
        return _to_the_case(request, desk, reference, person, token)
    return _page(request, question, reference, erased=person.erased)


@router.post("", dependencies=[Limited])
async def answer(request: Request, question: str, desk: TheDesk, form: Annotated[Answer, Form()]) -> Response:
    """Yes, or that it was somebody else who gave the address.

    The mail that asked may be older than the link that the reporter has by now: whoever reads the address may still say
    either, but a question that was answered with yes erases nothing any more.
    """
    token = whose_token(desk, "confirm", question)
    person, reference = await _need_asked(desk, token)
    if form.answer == "not-me":
        if person.confirmed and person.outdates(token.number):
            return _to_the_case(request, desk, reference, person, token)
        await erase_contact(desk.store, token.case_id, token.party)
        return _page(request, question, reference, erased=True)
    if person.erased:
        return _page(request, question, reference, erased=True)
    await confirm_address(desk, token.case_id, token.party)
    return _to_the_case(request, desk, reference, person, token, done="?done=confirmed")


async def _need_asked(desk: Desk, token: Token) -> tuple[Recipient, str]:
    """Who was asked, and about which case; 404 before anything is known of it."""
    known = await desk.store.find_person(token.case_id, token.party)
    file = await desk.store.files.get(token.case_id)
    if known is None or file is None or file.state.reference is None:
        raise Problem(404, "http-404")
    return known, file.state.reference


def _to_the_case(
    request: Request, desk: Desk, reference: str, person: Recipient, token: Token, done: str = ""
) -> Response:
    """With their key; without it by a question that is older than the link which replaced theirs."""
    if person.outdates(token.number):
        return RedirectResponse(f"/track/{reference}{done}", 303)
    secret = desk.links.key(person.case_id, person.party, person.link_number)
    return move_in(request, f"/track/{reference}{done}", reference, CaseKey(*secret))


def _page(request: Request, question: str, reference: str, *, erased: bool) -> HTMLResponse:
    return page(request, "confirm.html", token=question, reference=reference, erased=erased)
