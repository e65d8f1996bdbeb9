"""Applicants' pages: choose, fill in, hand in documents, follow. Plain forms; scripts only make them kinder."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from services.permits.api.access import LIMITED, Seen, SeenApplication, cause_of, cookie_name, secret_of
from services.permits.api.applications import AtOffice, office_of
from services.permits.api.views import showing
from services.permits.domain.application import Actor, Application
from services.permits.domain.documents import missing_documents
from services.permits.domain.form import missing
from services.permits.domain.handing_in import touched
from services.permits.pages.writing import ON_PAGE, PREFIX, Written, body_text, checked, read, refusal
from services.permits.requests import NewApplication, Withdrawal
from shared.events import new_id
from shared.kernel import Cause, Reject, fingerprint
from shared.references import read_reference
from shared.town.models import PermitType
from shared.web import UPLOAD_BYTES, Problem, language_of, page, rate_limit, web_of

router = APIRouter(include_in_schema=False)
_YEAR = 365 * 24 * 3600


def permit_of(request: Request, code: str) -> PermitType:
    """The permit type of a path; 404 when the town has none of that name."""
    permit = web_of(request).town.permits.get(code)
    if permit is None:
        raise Problem(404, "http-404")
    return permit


@router.get("/permits")
async def permits(request: Request, reference: str = "") -> Response:
    """What permits there are, how long they take, and where to begin; or to the application of a typed reference."""
    town = web_of(request).town
    found = read_reference(town.reference_prefix, reference)
    if found:
        return RedirectResponse(f"/permits/{found}", 303)
    return page(request, "permits.html", permits=town.permits, typed=reference)


@router.get("/permits/new/{code}")
async def new(request: Request, code: str) -> HTMLResponse:
    """The guided form. It asks for no consent: its contacts serve this application alone, whose notices are owed."""
    return _form(request, code, permit_of(request, code), Written({"key": new_id()}))


@router.post("/permits/new/{code}", dependencies=[Depends(rate_limit("applications", per_minute=60, burst=30))])
async def create(request: Request, code: str, office: AtOffice) -> Response:
    """Save as a draft and go on to the documents."""
    permit = permit_of(request, code)
    async with request.form() as sent:
        written = read(request, permit, sent)
    if written.errors or written.where is None or written.who is None:
        return _form(request, code, permit, written, 422)
    body = NewApplication.model_validate(
        {"type": code, "form": written.form, "location": written.where, "applicant": written.who}
    )
    key = written.typed.get("key", "")[:64]
    # Of this form as it is now: who goes back in the browser and writes something else gets a draft of that.
    case = await office.open(body, language_of(request), f"{key}-{fingerprint(body)}" if key else None)
    return _opened(request, case.state.reference, case.id)


def _opened(request: Request, reference: str, case_id: str) -> Response:
    """To the clean address; the browser keeps the secret, so that it is in no history, log or shared screen."""
    response = RedirectResponse(f"/permits/{reference}", 303)
    response.set_cookie(cookie_name(reference), secret_of(request, case_id), max_age=_YEAR, httponly=True,
                        samesite="lax", secure=web_of(request).sessions.secure)  # fmt: skip
    return response


def _form(request: Request, code: str, permit: PermitType, written: Written, status: int = 200,
          case: Application | None = None) -> HTMLResponse:  # fmt: skip
    labels = {PREFIX + field.code: field.label.get(language_of(request)) for field in permit.fields}
    say = showing(request).say
    labels |= {name: say(f"form.{name}") for name in ("name", "phone", "email", "address")}
    labels |= {"latitude": say("form.place"), "longitude": say("form.place")}
    return page(request, "form.html", status_code=status, code=code, permit=permit, typed=written.typed,
                errors=written.errors, labels=labels, prefix=PREFIX, case=case)  # fmt: skip


@router.get("/permits/{reference}")
async def follow(request: Request, seen: SeenApplication) -> Response:
    """The applicant's page; by the secret link it moves to the clean address, without it shows only the state."""
    if seen.viewer == "applicant" and "secret" in request.query_params:
        return _opened(request, seen.application.reference, seen.case.id)
    return _page(request, seen)


def _page(request: Request, seen: Seen, told: str = "", status: int = 200, about: str = "") -> HTMLResponse:
    """`told`: what went wrong, with the document that it is `about`."""
    shown = showing(request, staff=False)
    case = seen.application
    if seen.viewer != "applicant":
        return page(request, "applicant_limited.html", case=shown.summary(case), staff=seen.viewer == "staff")
    permit = shown.town.permits[case.type]
    labels = {field.code: field.label for field in permit.fields}
    public_url = web_of(request).settings.public_url.rstrip("/")
    return page(
        request, "applicant.html", status_code=status, case=shown.full(case), application=case, permit=permit,
        told=told, about=about, kept_until=_kept_until(request, case),
        open_fields=[labels[code] for code in missing(permit, case.form)],
        open_documents=missing_documents(case, permit),
        link=f"{public_url}/permits/{case.reference}?secret={secret_of(request, seen.case.id)}",
    )  # fmt: skip


def _kept_until(request: Request, case: Application) -> datetime | None:
    """When a draft that nobody touches again is forgotten."""
    days = office_of(request).settings.draft_days
    return touched(case) + timedelta(days=days) if case.state == "draft" else None


@router.get("/permits/{reference}/edit")
async def edit(request: Request, seen: SeenApplication) -> Response:
    """The form again, as long as nobody has accepted it."""
    seen.need("applicant")
    case = seen.application
    if not case.editable:
        return RedirectResponse(f"/permits/{case.reference}", 303)
    typed = {PREFIX + code: value for code, value in case.form.items()}
    where, who = case.location, case.applicant
    typed |= {"latitude": str(where.latitude), "longitude": str(where.longitude), "address": where.address or "",
              "accuracy_m": "" if where.accuracy_m is None else str(where.accuracy_m),
              "name": who.name, "phone": who.phone or "", "email": who.email or ""}  # fmt: skip
    return _form(request, case.type, permit_of(request, case.type), Written(typed), case=case)


@router.post("/permits/{reference}/edit", dependencies=[LIMITED])
async def change(request: Request, seen: SeenApplication, office: AtOffice) -> Response:
    """Save the form anew. What a program said and no page shows stays: a LINE account, the language, a consent."""
    seen.need("applicant")
    permit = permit_of(request, seen.application.type)
    async with request.form() as sent:
        written = read(request, permit, sent)
    if written.errors or written.where is None or written.who is None:
        return _form(request, seen.application.type, permit, written, 422, seen.application)
    who = seen.application.applicant.model_copy(update=written.who.model_dump(include={*ON_PAGE}))
    cause = cause_of(None, "fill-in", seen.case.id)
    try:
        await office.fill_in(seen.case.id, seen.application.type, written.form, written.where.location(), who, cause)
    except Reject as error:
        return _page(request, seen, refusal(request, error), error.status)
    return RedirectResponse(f"/permits/{seen.application.reference}", 303)


@router.post("/permits/{reference}/documents/{requirement}", max_body_size=UPLOAD_BYTES,
             dependencies=[Depends(rate_limit("documents", per_minute=120, burst=60))])  # fmt: skip
async def hand_in(request: Request, requirement: str, seen: SeenApplication, office: AtOffice) -> Response:
    """One document from its own little form."""
    seen.need("applicant")
    async with request.form() as sent:
        file = sent.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        name = (file.filename or requirement) if isinstance(file, UploadFile) else requirement
    try:
        await office.hand_in(seen.case, requirement, content, name, cause_of(None, "document", seen.case.id))
    except Reject as error:
        return _page(request, seen, refusal(request, error), error.status, requirement)
    return RedirectResponse(f"/permits/{seen.application.reference}#document-{requirement}", 303)


@router.post("/permits/{reference}/submit", dependencies=[LIMITED])
async def submit(request: Request, seen: SeenApplication, office: AtOffice) -> Response:
    """Hand in, or answer."""
    seen.need("applicant")
    return await _act(request, seen, office, "submit")


@router.post("/permits/{reference}/withdraw", dependencies=[LIMITED])
async def withdraw(request: Request, seen: SeenApplication, office: AtOffice) -> Response:
    """Take it back."""
    seen.need("applicant")
    async with request.form() as sent:
        body, wrong = checked(Withdrawal, {"reason": body_text(sent, "reason")}, request)
    if wrong:
        return _page(request, seen, wrong, 422)
    return await _act(request, seen, office, "withdraw", body.reason)


async def _act(request: Request, seen: Seen, office: AtOffice, act: str, reason: str = "") -> Response:
    cause: Cause = cause_of(None, act, seen.case.id)
    try:
        if act == "submit":
            await office.submit(seen.case.id, cause)
        else:
            await office.withdraw(seen.case.id, Actor(), reason, cause)
    except Reject as error:
        return _page(request, seen, refusal(request, error), error.status)
    return RedirectResponse(f"/permits/{seen.application.reference}", 303)
