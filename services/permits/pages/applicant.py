"""The applicant's own page, and what they do there: hand in documents, check, hand in, correct, take back."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits import commands
from services.permits.access import LIMITED, READ_LIMITED, OnOwnPage, TheDesk, Visit, cause_of, secret_link
from services.permits.api.views import show_to
from services.permits.bodies import NewMessage, Withdrawal
from services.permits.commands import Desk
from services.permits.domain.application import Actor
from services.permits.domain.documents import MEGABYTE, PAGES_MOST
from services.permits.domain.handing_in import find_answer_time
from services.permits.domain.readiness import list_lacking
from services.permits.pages.forms import read_body, text_of
from services.permits.pages.own_page import answer_act, open_own_page, own_page
from services.permits.pages.plots import show_plot
from services.permits.uploads import hand_in_document, need_wanted_document
from shared.kernel import Reject
from shared.web import UPLOAD_BYTES, page, rate_limit, say_refusal
from shared.web.case_keys import drop_key
from shared.web.uploads import receive_files

router = APIRouter(include_in_schema=False)
_DOCUMENTS_LIMITED = Depends(rate_limit("documents", per_minute=120, burst=60))


@router.get("/permits/{reference}", dependencies=[READ_LIMITED])
async def follow(request: Request, visit: OnOwnPage, timeline: str = "") -> Response:
    """The applicant's page; by the secret link it moves to the clean address, without it shows only the state."""
    if visit.viewer == "applicant" and "secret" in request.query_params:
        return open_own_page(request, visit.case)
    return await own_page(request, visit, whole=timeline == "all")


@router.get("/permits/{reference}/version")
async def version(visit: OnOwnPage) -> dict[str, int]:
    """Whether the page is still as it was: an open page asks now and then."""
    visit.need("applicant")
    return {"version": visit.case.version}


@router.post(
    "/permits/{reference}/documents/{requirement}", max_body_size=UPLOAD_BYTES, dependencies=[_DOCUMENTS_LIMITED]
)
async def hand_in(request: Request, requirement: str, visit: OnOwnPage, desk: TheDesk) -> Response:
    """One document from its own little form."""
    visit.need("applicant")
    return await answer_act(request, visit, _receive(request, visit, desk, requirement), requirement)


async def _receive(request: Request, visit: Visit, desk: Desk, requirement: str) -> None:
    document = await need_wanted_document(desk, visit.case, requirement)
    async with receive_files(request, most=document.max_mb * MEGABYTE, count=PAGES_MOST) as files:
        if not files:
            raise Reject("empty-file", "the form holds no file", status=422)
        name = files[0].name or requirement
        cause = cause_of(None, "document", visit.case.id, by=visit.signed_in)
        await hand_in_document(desk, visit.case, requirement, [file.path for file in files], name, cause)


@router.get("/permits/{reference}/check", dependencies=[READ_LIMITED])
async def check(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """All answers once more, and the declaration; while something is missing, back to what it is."""
    visit.need("applicant")
    application, reference = visit.application, visit.application.reference
    if not application.editable:
        return RedirectResponse(f"/permits/{reference}", 303)
    if list_lacking(application, (await desk.rules_for(application)).permit):
        return RedirectResponse(f"/permits/{reference}#missing", 303)
    return await _check_page(request, visit)


async def _check_page(request: Request, visit: Visit, problem: str = "", status: int = 200) -> HTMLResponse:
    showing, application = show_to(request), visit.application
    permit = (await showing.desk.rules_for(application)).permit
    declaration = permit.declaration.get(showing.language) if permit.declaration else showing.say("check.declaration")
    return page(
        request,
        "check.html",
        status_code=status,
        application=await showing.full(application),
        sections=permit.sections,
        plot=show_plot(visit.application, showing),
        declaration=declaration,
        problem=problem,
    )


@router.post("/permits/{reference}/submit", dependencies=[LIMITED])
async def submit(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """Hand in, or answer."""
    visit.need("applicant")
    async with request.form() as sent:
        declared = bool(text_of(sent, "declared"))
    cause = cause_of(None, "submit", visit.case.id, by=visit.signed_in)
    try:
        await commands.submit_application(desk, visit.case, cause, declared=declared)
    except Reject as error:
        if error.code == "declaration":
            return await _check_page(request, visit, say_refusal(request, error), error.status)
        return await own_page(request, visit, say_refusal(request, error), error.status)
    return RedirectResponse(f"/permits/{visit.application.reference}/received", 303)


@router.get("/permits/{reference}/received", dependencies=[READ_LIMITED])
async def show_received(request: Request, visit: OnOwnPage) -> Response:
    """That it is with the office, what happens next and by when; once it has moved on, the page that says where to."""
    visit.need("applicant")
    application = visit.application
    if application.state not in ("submitted", "accepted"):
        return RedirectResponse(f"/permits/{application.reference}", 303)
    showing = show_to(request)
    shown = await showing.full(application)
    who = application.applicant
    told = [("email", who.email), ("line", who.line_id)]
    return page(
        request,
        "received.html",
        application=shown,
        answered_at=find_answer_time(application),
        told_by=[showing.say(f"channel.{name}") for name, address in told if address],
        link=secret_link(request, visit.case),
    )


@router.post("/permits/{reference}/amend", dependencies=[LIMITED])
async def amend(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """Take it back to correct it, before it is accepted."""
    visit.need("applicant")
    cause = cause_of(None, "amend", visit.case.id, by=visit.signed_in)
    return await answer_act(request, visit, commands.amend_application(desk, visit.case.id, cause))


@router.post("/permits/{reference}/renew-link", dependencies=[LIMITED])
async def renew_link(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """The page goes on with the new link, which this browser keeps in place of the old one."""
    visit.need("applicant")
    cause = cause_of(None, "renew-link", visit.case.id, by=visit.signed_in)
    return open_own_page(request, await commands.renew_link(desk, visit.case.id, cause))


@router.post("/permits/{reference}/close-here", dependencies=[LIMITED])
async def close_here(request: Request, visit: OnOwnPage) -> Response:
    """The key of this application leaves this browser; the link itself goes on working."""
    response = RedirectResponse("/permits", 303)
    drop_key(request, response, visit.application.reference)
    return response


@router.post("/permits/{reference}/messages", dependencies=[LIMITED])
async def write_message(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """A question to the office, or an answer to its own."""
    visit.need("applicant")
    async with request.form() as sent:
        body, wrong = read_body(NewMessage, {"text": text_of(sent, "text")}, request)
    if wrong:
        return await own_page(request, visit, wrong, 422)
    cause = cause_of(None, "message", visit.case.id, by=visit.signed_in)
    act = commands.write_message(desk, visit.case.id, Actor(), body.text, cause)
    return await answer_act(request, visit, act, then="#thread")


@router.post("/permits/{reference}/withdraw", dependencies=[LIMITED])
async def withdraw(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """Take it back."""
    visit.need("applicant")
    async with request.form() as sent:
        body, wrong = read_body(Withdrawal, {"reason": text_of(sent, "reason")}, request)
    if wrong:
        return await own_page(request, visit, wrong, 422)
    cause = cause_of(None, "withdraw", visit.case.id, by=visit.signed_in)
    return await answer_act(
        request, visit, commands.withdraw_application(desk, visit.case.id, Actor(), body.reason, cause)
    )
