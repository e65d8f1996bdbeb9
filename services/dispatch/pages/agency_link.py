"""The page for one answer of an agency without an account: opened by the link of a message, for a while.

The link moves into a cookie at once, so that it stands in no address, history or log. Opening it changes nothing: mail
scanners open links too.
"""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.dispatch.access import TheDesk
from services.dispatch.agency_desk import SAID, Opened, answer_by_link, open_link
from services.dispatch.commands import Desk
from services.dispatch.pages.agency import act_named, draw_work, not_done, read_body, read_form
from services.dispatch.pages.forms import Answer
from services.dispatch.pages.show import show
from shared.agency_links import AnswerLink, read_answer_token
from shared.kernel import Reject, now
from shared.references import read_reference
from shared.web import Problem, rate_limit, web_of
from shared.web.case_keys import CaseKey, key_of, move_in

router = APIRouter(prefix="/agency/answer", include_in_schema=False)
LIMITED = [Depends(rate_limit("agency-answers", per_minute=30, burst=20))]


@router.get("", dependencies=LIMITED)
async def open_by_link(request: Request, desk: TheDesk, key: str = "") -> Response:
    """From the link to the clean address; 404 for what is no link of ours."""
    link = _read(request, key)
    opened = await open_link(desk, link, now())
    reference = opened.case.state.reference
    return move_in(request, f"/agency/answer/{reference}", _name_cookie(reference), _cookie(key))


@router.get("/{reference}", dependencies=LIMITED)
async def show_answer(request: Request, reference: str, desk: TheDesk, done: str = "") -> HTMLResponse:
    """What the work is about, what may be said of it, and that it may be said once."""
    opened = await _find_opened(request, desk, reference, now())
    if opened is None:
        return show(request, "agency_closed.html", status_code=404)
    return await _draw(request, desk, opened, done=done if done in SAID else "")


@router.post("/{reference}/{act}", dependencies=LIMITED)
async def answer(request: Request, reference: str, act: str, desk: TheDesk) -> Response:
    """The one answer. What is refused is shown with what was typed."""
    name = act_named(act)
    opened = await _find_opened(request, desk, reference, now())
    if opened is None:
        return show(request, "agency_closed.html", status_code=404)
    fields = await read_form(request)
    try:
        await answer_by_link(desk, opened.link, name, read_body(name, fields))
    except (ValidationError, Reject) as error:
        refused = await not_done(request, desk, opened.case.id, name, fields, error)
        again = await open_link(desk, opened.link, now())
        return await _draw(request, desk, again, answer=refused)
    return RedirectResponse(f"/agency/answer/{opened.case.state.reference}?done={name}", 303)


async def _draw(
    request: Request, desk: Desk, opened: Opened, *, answer: Answer | None = None, done: str = ""
) -> HTMLResponse:
    if not opened.is_shown:
        said = answer.said.get("note") or answer.said.get("reason") if answer else None
        why = opened.refusal or "link-over"
        return show(request, "agency_closed.html", status_code=answer.status if answer else 410, why=why, said=said)
    to = f"/agency/answer/{opened.case.state.reference}"
    refusal, until = opened.refusal, opened.link.until
    more = {"by_link": True, "refusal": refusal, "until": until, "done": done}
    return await draw_work(request, desk, opened.case, to=to, answer=answer, **more)


async def _find_opened(request: Request, desk: Desk, typed: str, at: datetime) -> Opened | None:
    """By the link that this browser has opened before; None: it shows none that is ours for this case."""
    reference = read_reference(desk.town.reference_prefix, typed)
    key = key_of(request, _name_cookie(reference)) if reference else None
    if key is None:
        return None
    link = _read(request, _token(key))
    opened = await open_link(desk, link, at)
    return opened if opened.case.state.reference == reference else None


def _read(request: Request, token: str) -> AnswerLink:
    link = read_answer_token(web_of(request).settings.link_secrets, token)
    if link is None:
        raise Problem(404, "http-404")
    return link


def _name_cookie(reference: str) -> str:
    """The name that the cookie has beside that of the case's own link."""
    return f"{reference}.agency"


def _cookie(token: str) -> CaseKey:
    """A cookie of a case holds a secret and whose it is, parted by a dot: the order's id, and the rest of the token."""
    order_id, _, rest = token.partition(".")
    return CaseKey(order_id, rest)


def _token(key: CaseKey) -> str:
    return f"{key.secret}.{key.party}"
