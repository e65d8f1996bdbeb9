"""The preferences of one party of one case, opened by the signed link that every mail carries."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.notify.access import TheDesk, whose_token
from services.notify.bodies import Change
from services.notify.commands import erase_contact, set_preferences
from services.notify.domain.recipient import Recipient
from shared.events.contacts import contact_key
from shared.web import Problem, page, rate_limit

router = APIRouter(include_in_schema=False)
# Generous, because the one clicks of a whole mail provider's customers come from few addresses.
Limited = Depends(rate_limit("preferences", per_minute=600, burst=200))
Done = Literal["muted", "unmuted", "language", "erased"] | None
_DONE = {"mute": "muted", "unmute": "unmuted", "language": "language", "erase": "erased"}


@router.get("/preferences/{token}", dependencies=[Limited])
async def show(request: Request, token: str, desk: TheDesk, done: Done = None) -> HTMLResponse:
    """Opening the link changes nothing: mail scanners open links too.

    Nothing here leads to the case itself: the token stands in headers that mail providers keep.
    """
    case_id, party = whose_token(desk, "preferences", token)
    file = await desk.store.files.get(case_id)
    found = await desk.store.recipients.get(contact_key(case_id, party))
    person = found.state if found else Recipient(case_id=case_id, party=party)
    reference = (file.state.reference if file else None) or ""
    return page(request, "preferences.html", token=token, person=person, reference=reference, done=done)


@router.post("/preferences/{token}", dependencies=[Limited])
async def change(token: str, desk: TheDesk, form: Annotated[Change, Form()]) -> Response:
    """A button of the page; the one click of a mail program wants no page and no redirect."""
    case_id, party = whose_token(desk, "preferences", token)
    if form.one_click == "One-Click":
        await set_preferences(desk, case_id, party, muted=True)
        return Response(status_code=200)
    match form.action:
        case "mute" | "unmute":
            await set_preferences(desk, case_id, party, muted=form.action == "mute")
        case "language":
            await set_preferences(desk, case_id, party, language=form.language)
        case "erase":
            await erase_contact(desk, case_id, party)
        case None:
            raise Problem(400, "http-400")
    return RedirectResponse(f"/preferences/{token}?done={_DONE[form.action]}", 303)
