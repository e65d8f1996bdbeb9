"""Saving a filter of the desk under a name, and taking it away."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from services.dispatch.access import Officer, TheDesk
from services.dispatch.filter_store import SavedFilter
from services.dispatch.pages.chosen import Wanted
from shared.kernel import Reject
from shared.web import Problem
from shared.web.security_log import note_refusal
from shared.words.typed import clean_line

router = APIRouter(prefix="/desk/filters", include_in_schema=False)
NAME_MOST = 40  # characters: it stands on a button
Typed = Annotated[str, Form(max_length=200)]


@router.post("")
async def save(request: Request, desk: TheDesk, who: Officer, wanted: Annotated[Wanted, Form()]) -> RedirectResponse:
    """What the list shows now, under the form's `name`."""
    async with request.form(max_fields=20) as sent:
        name = clean_line(str(sent.get("name", "")))[:NAME_MOST].strip()
    if not name:
        return _back(wanted, "filter-unnamed")
    try:
        await desk.store.filters.save(who.sub, SavedFilter(name, wanted.asked))
    except Reject as refusal:
        note_refusal(request, Problem(refusal.status, refusal.code))
        return _back(wanted, "filter-full")
    return _back(wanted, "filter-saved")


@router.post("/remove")
async def remove(desk: TheDesk, who: Officer, name: Typed = "") -> RedirectResponse:
    """One of one's own; nobody else's has that name here."""
    await desk.store.filters.remove(who.sub, name)
    return _back(Wanted(), "filter-removed")


def _back(wanted: Wanted, done: str) -> RedirectResponse:
    return RedirectResponse(f"/desk?{urlencode({**wanted.asked, 'done': done})}#all", 303)
