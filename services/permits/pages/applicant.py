"""Applicants' pages: choose, fill in, hand in documents, follow. Plain forms; scripts only make them kinder."""

from collections.abc import Awaitable
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits import commands
from services.permits.access import LIMITED, AtDesk, OnOwnPage, View, cause_of, secret_link, secret_of
from services.permits.api.views import show_to
from services.permits.bodies import NewApplication, Withdrawal
from services.permits.commands import Desk
from services.permits.domain.application import Actor, Application
from services.permits.domain.documents import MEGABYTE, missing_documents
from services.permits.domain.form import missing
from services.permits.domain.handing_in import can_go_on, draft_expiry
from services.permits.domain.permit_type import PermitType
from services.permits.domain.rules import is_offered, rules_of
from services.permits.pages.corners import write_corners
from services.permits.pages.forms import ON_PAGE, PREFIX, Written, read_body, read_form, text_of
from services.permits.pages.refusals import say_refusal
from services.permits.uploads import hand_in_document, wanted_document
from shared.events.ids import new_id
from shared.kernel import Case, Reject, fingerprint
from shared.references import read_reference
from shared.web import UPLOAD_BYTES, Problem, language_of, page, person, rate_limit, sealed_key
from shared.web.case_keys import CaseKey, drop_key, move_in
from shared.web.uploads import received_file

router = APIRouter(include_in_schema=False)
_NEW_LIMITED = Depends(rate_limit("applications", per_minute=60, burst=30))
_DOCUMENTS_LIMITED = Depends(rate_limit("documents", per_minute=120, burst=60))


def _offered(desk: Desk, code: str) -> PermitType:
    """A permit type that can be applied for today; 404 when the town has none of that name."""
    if not is_offered(desk.town, code):
        raise Problem(404, "http-404")
    return rules_of(desk.town, code).permit


@router.get("/permits")
async def permits(request: Request, desk: AtDesk, reference: str = "") -> Response:
    """What permits there are, how long they take, and where to begin; or to the application of a typed reference."""
    found = read_reference(desk.town.reference_prefix, reference)
    if found:
        return RedirectResponse(f"/permits/{found}", 303)
    return page(request, "permits.html", permits=desk.town.permits, typed=reference)


@router.get("/permits/new/{code}")
async def new(request: Request, code: str, desk: AtDesk) -> HTMLResponse:
    """The guided form. It asks for no consent: its contacts serve this application alone, whose notices are owed."""
    return _form(request, code, _offered(desk, code), Written({"key": new_id()}))


@router.post("/permits/new/{code}", dependencies=[_NEW_LIMITED])
async def create(request: Request, code: str, desk: AtDesk) -> Response:
    """Save as a draft and go on to the documents."""
    permit = _offered(desk, code)
    async with request.form() as sent:
        written = read_form(request, permit, sent)
    if written.errors or written.where is None or written.who is None:
        return _form(request, code, permit, written, 422)
    body = NewApplication.model_validate(
        {"type": code, "form": written.form, "location": written.where, "applicant": written.who}
    )
    key = sealed_key(request, written.typed.get("key"))
    # Of this form as it is now: who goes back in the browser and writes something else gets a draft of that.
    key = f"{key}-{fingerprint(body)}" if key else None
    case = await commands.open_draft(desk, body, language_of(request), key, await person(request))
    return _opened(request, case)


def _opened(request: Request, case: Case[Application]) -> Response:
    """To the clean address; the browser keeps the secret, so that it is in no history, log or shared screen."""
    reference = case.state.reference
    return move_in(request, f"/permits/{reference}", reference, CaseKey(secret_of(request, case)))


def _form(
    request: Request,
    code: str,
    permit: PermitType,
    written: Written,
    status: int = 200,
    application: Application | None = None,
) -> HTMLResponse:
    labels = {PREFIX + field.code: field.label.get(language_of(request)) for field in permit.fields}
    say = show_to(request).say
    labels |= {name: say(f"form.{name}") for name in ("name", "phone", "email", "address")}
    labels |= {"latitude": say("form.place"), "longitude": say("form.place"), "footprint": say("form.footprint")}
    return page(
        request,
        "form.html",
        status_code=status,
        code=code,
        permit=permit,
        typed=written.typed,
        errors=written.errors,
        labels=labels,
        prefix=PREFIX,
        application=application,
    )


@router.get("/permits/{reference}")
async def follow(request: Request, view: OnOwnPage, timeline: str = "") -> Response:
    """The applicant's page; by the secret link it moves to the clean address, without it shows only the state."""
    if view.viewer == "applicant" and "secret" in request.query_params:
        return _opened(request, view.case)
    return await _page(request, view, whole=timeline == "all")


async def _page(
    request: Request, view: View, problem: str = "", status: int = 200, about: str = "", *, whole: bool = False
) -> HTMLResponse:
    """`problem`: what went wrong, with the document that it is `about`. `whole`: with all of the timeline."""
    showing, application = show_to(request), view.application
    if view.viewer != "applicant":
        summary = await showing.summary(application)
        return page(request, "applicant_limited.html", application=summary, staff=view.viewer == "staff")
    going_on = can_go_on(showing.town, application) or application.state == "withdrawn"
    permit = (await showing.desk.rules_for(application)).permit
    labels = {field.code: field.label for field in permit.fields}
    older = await showing.desk.store.older_timeline(view.case.id) if whole else ()
    return page(
        request,
        "applicant.html",
        status_code=status,
        application=await showing.full(application, older),
        open_for_documents=going_on and application.open_for_documents,
        editable=going_on and application.editable,
        has_clock=application.clock is not None,
        problem=problem or ("" if going_on else showing.say("refused.type-gone")),
        about=about,
        kept_until=_kept_until(showing.desk, application),
        open_fields=[labels[code] for code in missing(permit, application.form)],
        open_documents=missing_documents(application, permit),
        link=secret_link(request, view.case),
    )


def _kept_until(desk: Desk, application: Application) -> datetime | None:
    """When a draft that nobody touches again is forgotten."""
    return draft_expiry(application, desk.periods.of_draft(application)) if application.state == "draft" else None


@router.get("/permits/{reference}/edit")
async def edit(request: Request, view: OnOwnPage, desk: AtDesk) -> Response:
    """The form again, as long as nobody has accepted it."""
    view.need("applicant")
    application = view.application
    if not application.editable:
        return RedirectResponse(f"/permits/{application.reference}", 303)
    where, who = application.location, application.applicant
    typed = {PREFIX + code: value for code, value in application.form.items()} | {
        "latitude": str(where.latitude),
        "longitude": str(where.longitude),
        "address": where.address or "",
        "accuracy_m": "" if where.accuracy_m is None else str(where.accuracy_m),
        "footprint": write_corners(where.footprint),
        "name": who.name,
        "phone": who.phone or "",
        "email": who.email or "",
    }
    permit = (await desk.rules_for(application)).permit
    return _form(request, application.type, permit, Written(typed), application=application)


@router.post("/permits/{reference}/edit", dependencies=[LIMITED])
async def change(request: Request, view: OnOwnPage, desk: AtDesk) -> Response:
    """Save the form anew. What a program said and no page shows stays: a LINE account, the language, a consent."""
    view.need("applicant")
    application = view.application
    permit = (await desk.rules_for(application)).permit
    async with request.form() as sent:
        written = read_form(request, permit, sent)
    if written.errors or written.where is None or written.who is None:
        return _form(request, application.type, permit, written, 422, application)
    who = application.applicant.model_copy(update=written.who.model_dump(include={*ON_PAGE}))
    cause = cause_of(None, "fill-in", view.case.id, by=view.signed_in)
    act = commands.fill_in_form(desk, view.case, written.form, written.where.location(), who, cause)
    return await _done(request, view, act)


@router.post(
    "/permits/{reference}/documents/{requirement}", max_body_size=UPLOAD_BYTES, dependencies=[_DOCUMENTS_LIMITED]
)
async def hand_in(request: Request, requirement: str, view: OnOwnPage, desk: AtDesk) -> Response:
    """One document from its own little form."""
    view.need("applicant")
    return await _done(request, view, _receive(request, view, desk, requirement), requirement)


async def _receive(request: Request, view: View, desk: Desk, requirement: str) -> None:
    document = await wanted_document(desk, view.case, requirement)
    async with received_file(request, most=document.max_mb * MEGABYTE) as file:
        if file is None:
            raise Reject("empty-file", "the form holds no file", status=422)
        name = file.name or requirement
        cause = cause_of(None, "document", view.case.id, by=view.signed_in)
        await hand_in_document(desk, view.case, requirement, file.path, name, cause)


@router.post("/permits/{reference}/submit", dependencies=[LIMITED])
async def submit(request: Request, view: OnOwnPage, desk: AtDesk) -> Response:
    """Hand in, or answer."""
    view.need("applicant")
    cause = cause_of(None, "submit", view.case.id, by=view.signed_in)
    return await _done(request, view, commands.submit_application(desk, view.case, cause))


@router.post("/permits/{reference}/renew-link", dependencies=[LIMITED])
async def renew_link(request: Request, view: OnOwnPage, desk: AtDesk) -> Response:
    """The page goes on with the new link, which this browser keeps in place of the old one."""
    view.need("applicant")
    cause = cause_of(None, "renew-link", view.case.id, by=view.signed_in)
    return _opened(request, await commands.renew_link(desk, view.case.id, cause))


@router.post("/permits/{reference}/close-here", dependencies=[LIMITED])
async def close_here(request: Request, view: OnOwnPage) -> Response:
    """The key of this application leaves this browser; the link itself goes on working."""
    response = RedirectResponse("/permits", 303)
    drop_key(request, response, view.application.reference)
    return response


@router.post("/permits/{reference}/withdraw", dependencies=[LIMITED])
async def withdraw(request: Request, view: OnOwnPage, desk: AtDesk) -> Response:
    """Take it back."""
    view.need("applicant")
    async with request.form() as sent:
        body, wrong = read_body(Withdrawal, {"reason": text_of(sent, "reason")}, request)
    if wrong:
        return await _page(request, view, wrong, 422)
    cause = cause_of(None, "withdraw", view.case.id, by=view.signed_in)
    return await _done(request, view, commands.withdraw_application(desk, view.case.id, Actor(), body.reason, cause))


async def _done(request: Request, view: View, act: Awaitable[object], about: str = "") -> Response:
    """Back to the application, at the document that the act was `about`; or its page with the reason."""
    try:
        await act
    except Reject as error:
        return await _page(request, view, say_refusal(request, error), error.status, about)
    anchor = f"#document-{about}" if about else ""
    return RedirectResponse(f"/permits/{view.application.reference}{anchor}", 303)
