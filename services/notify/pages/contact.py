"""Calling a reporter: first the reason, then the contact. Officers come here from the desk, crews from their board."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse

from services.notify.access import TheDesk, find_file
from services.notify.api.contacts import Caller
from services.notify.domain.file import CaseFile
from services.notify.domain.revealing import REASONS, Reachable, may_look_up
from services.notify.revealing import look_up
from shared.events.ids import new_id
from shared.kernel import Case, Reject
from shared.web import Problem, language_of, note, page, seal_key, web_of
from shared.web.own_path import own_path
from shared.web.security_log import note_refusal

router = APIRouter(prefix="/inbox/contact/{reference}", include_in_schema=False)
WORK = ("/desk", "/crew", "/track")  # where one may have come from
Back = Annotated[str, Query(max_length=300)]
Typed = Annotated[str, Form(max_length=300)]


@router.get("")
async def ask(request: Request, desk: TheDesk, who: Caller, reference: str, back: Back = "") -> HTMLResponse:
    """The reason first; whoever may not is told before they choose one."""
    case = await find_file(desk, reference)
    if not may_look_up(who, case.state, desk.town.calls):
        raise Problem(403, "not-yours-to-call", _refusal(request, "not-yours-to-call"))
    return _page(request, case, back)


@router.post("")
async def show(
    request: Request, desk: TheDesk, who: Caller, reference: str, reason: Typed = "", back: Typed = "", key: Typed = ""
) -> HTMLResponse:
    """The contact, once; a reload asks for the reason again."""
    case = await find_file(desk, reference)
    chosen = next((one for one in REASONS if one == reason), None)
    if chosen is None:
        return _page(request, case, back, wrong=_refusal(request, "wrong-reason"), status=422)
    try:
        found = await look_up(desk, who, case, chosen, seal_key(request, key or None))
    except Reject as refusal:
        note_refusal(request, Problem(refusal.status, refusal.code))
        return _page(request, case, back, refused=_refusal(request, refusal.code), status=refusal.status)
    note("contact-read", request, case_id=case.id)
    return _page(request, case, back, found=found)


def _page(
    request: Request,
    case: Case[CaseFile],
    back: str,
    *,
    found: Reachable | None = None,
    wrong: str = "",
    refused: str = "",
    status: int = 200,
) -> HTMLResponse:
    path = own_path(back)
    return page(
        request,
        "contact.html",
        status_code=status,
        reference=case.state.reference,
        back=path if path.startswith(WORK) else "",
        reasons=REASONS,
        found=found,
        wrong=wrong,
        refused=refused,
        key=new_id(),
    )


def _refusal(request: Request, code: str) -> str:
    return web_of(request).pages.words(language_of(request), f"refused.{code}")
