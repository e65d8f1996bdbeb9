"""The preferences of one party of one case, opened by the signed link that every mail carries."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from services.notify.access import TheDesk, whose_token
from services.notify.bodies import Change
from services.notify.commands import Desk, ask_for_mail, set_preferences
from services.notify.domain.recipient import Recipient
from services.notify.erasing import erase_contact
from services.notify.links import Token
from shared.web import Problem, page, rate_limit

router = APIRouter(include_in_schema=False)
# Generous, because the one clicks of a whole mail provider's customers come from few addresses.
Limited = Depends(rate_limit("preferences", per_minute=600, burst=200))
Done = Literal["muted", "unmuted", "language", "erased"] | None
LINKS_AGAIN = "/inbox/links"  # whoever reads the mail there is sent the newest link
_DONE = {"mute": "muted", "unmute": "unmuted", "language": "language", "erase": "erased"}


@router.get("/preferences/{token}", dependencies=[Limited])
async def show(request: Request, token: str, desk: TheDesk, done: Done = None) -> Response:
    """Opening the link changes nothing: mail scanners open links too.

    Nothing here leads to the case itself: the token stands in headers that mail providers keep.
    """
    said = whose_token(desk, "preferences", token)
    person = await _whose(desk, said)
    if person.outdates(said.number):
        return RedirectResponse(LINKS_AGAIN, 303)
    file = await desk.store.files.get(said.case_id)
    reference = (file.state.reference if file else None) or ""
    return page(request, "preferences.html", token=token, person=person, reference=reference, done=done)


@router.post("/preferences/{token}", dependencies=[Limited])
async def change(token: str, desk: TheDesk, form: Annotated[Change, Form()]) -> Response:
    """A button of the page; the one click of a mail program wants no page and no redirect.

    A link older than the one that replaced it, as mails go on carrying it, only mutes; and one of whoever held the case
    before not even that, for they are told nothing more.
    """
    said = whose_token(desk, "preferences", token)
    case_id, party, number = said
    if form.one_click == "One-Click":
        await set_preferences(desk, case_id, party, number, muted=True)
        return Response(status_code=200)
    if (await _whose(desk, said)).outdates(number):
        if form.action == "mute":
            await set_preferences(desk, case_id, party, number, muted=True)
        return RedirectResponse(LINKS_AGAIN, 303)
    match form.action:
        case "mute":
            await set_preferences(desk, case_id, party, number, muted=True)
        case "unmute":
            await ask_for_mail(desk, case_id, party, number)
        case "language":
            await set_preferences(desk, case_id, party, number, language=form.language)
        case "erase":
            await erase_contact(desk.store, case_id, party)
        case None:
            raise Problem(400, "http-400")
    return RedirectResponse(f"/preferences/{token}?done={_DONE[form.action]}", 303)


async def _whose(desk: Desk, token: Token) -> Recipient:
    """As they are known; there may be preferences before any contact was heard."""
    known = await desk.store.find_person(token.case_id, token.party)
    return known or Recipient(case_id=token.case_id, party=token.party)
