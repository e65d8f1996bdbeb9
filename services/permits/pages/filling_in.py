"""Choosing what to apply for, and filling in its form, as often as it takes. Plain forms; scripts make them kinder."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits import commands
from services.permits.access import LIMITED, READ_LIMITED, OnOwnPage, TheDesk, cause_of, find_application
from services.permits.api.views import show_to
from services.permits.bodies import NewApplication
from services.permits.commands import Desk
from services.permits.domain.application import Application
from services.permits.domain.filled_in import FilledIn, form_mark
from services.permits.domain.permit_type import FormField, PermitType
from services.permits.domain.plan import tolerances_of
from services.permits.domain.rules import is_offered, rules_of
from services.permits.pages.corners import write_corners
from services.permits.pages.forms import ON_PAGE, PREFIX, Written, read_form
from services.permits.pages.own_page import open_begun, own_page
from services.permits.pages.plan_form import as_answers, read_proposal
from shared.events.ids import new_id
from shared.kernel import Reject, fingerprint
from shared.references import find_reference
from shared.web import Problem, language_of, page, person, rate_limit, say_refusal, seal_key

router = APIRouter(include_in_schema=False)
_NEW_LIMITED = Depends(rate_limit("applications", per_minute=60, burst=30))


def _need_offered(desk: Desk, code: str) -> PermitType:
    """A permit type that can be applied for today; 404 when the town has none of that name."""
    if not is_offered(desk.town, code):
        raise Problem(404, "http-404")
    return rules_of(desk.town, code).permit


@router.get("/permits")
async def permits(request: Request, desk: TheDesk, reference: str = "") -> Response:
    """What permits there are, how long they take, and where to begin; or to the application of a typed reference."""
    found = find_reference(desk.town.reference_prefix, reference)
    if found:
        return RedirectResponse(f"/permits/{found}", 303)
    return page(request, "permits.html", permits=desk.town.permits, typed=reference)


@router.get("/permits/new/{code}")
async def new(request: Request, code: str, desk: TheDesk) -> HTMLResponse:
    """The guided form, with what was tried on the public plan when it is in the address. It asks for no consent: its
    contacts serve this application alone, whose notices are owed."""
    permit, tried = _need_offered(desk, code), read_proposal(desk.town, dict(request.query_params))
    answers = as_answers(tried, {field.code for field in permit.fields})
    return _form(request, code, permit, Written({"key": new_id(), **answers}))


@router.post("/permits/new/{code}", dependencies=[_NEW_LIMITED])
async def create(request: Request, code: str, desk: TheDesk) -> Response:
    """Save as a draft and go on to the documents."""
    permit = _need_offered(desk, code)
    async with request.form() as sent:
        written = read_form(request, permit, sent)
    if written.errors or written.where is None or written.who is None:
        return _form(request, code, permit, written, 422)
    body = NewApplication.model_validate(
        {"type": code, "form": written.form, "location": written.where, "applicant": written.who}
    )
    key = seal_key(request, written.typed.get("key"))
    # Of this form as it is now: who goes back in the browser and writes something else gets a draft of that.
    key = f"{key}-{fingerprint(body)}" if key else None
    case = await commands.open_draft(desk, body, language_of(request), key, await person(request))
    return open_begun(request, case)


def _form(
    request: Request,
    code: str,
    permit: PermitType,
    written: Written,
    status: int = 200,
    application: Application | None = None,
    problem: str = "",
) -> HTMLResponse:
    labels = {PREFIX + field.code: field.label.get(language_of(request)) for field in permit.fields}
    say = show_to(request).say
    labels |= {name: say(f"form.{name}") for name in ("name", "phone", "email", "address", "post")}
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
        when_of=_when,
        tolerances=tolerances_of(show_to(request).town),
        application=application,
        problem=problem,
    )


def _when(field: FormField) -> list[dict[str, Any]]:
    """On which answers a question waits, for the script that hides it until then."""
    tests = {"one_of", "equals", "at_most", "at_least"}
    told = [one.model_dump(mode="json", include=tests, exclude_defaults=True) for one in field.when]
    return [{"field": PREFIX + (one.field or ""), **test} for one, test in zip(field.when, told, strict=True)]


@router.get("/permits/{reference}/edit", dependencies=[READ_LIMITED])
async def edit(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """The form again, as long as nobody has accepted it."""
    visit.need("applicant")
    application = visit.application
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
        "post": who.address or "",
        "form_mark": form_mark(application),
    }
    permit = (await desk.rules_for(application)).permit
    return _form(request, application.type, permit, Written(typed), application=application)


@router.post("/permits/{reference}/edit", dependencies=[LIMITED])
async def change(request: Request, visit: OnOwnPage, desk: TheDesk) -> Response:
    """Save the form anew. What a program said and no page shows stays: a LINE account, the language, a consent. Over
    what was changed elsewhere meanwhile it is saved once its writer has been told so."""
    visit.need("applicant")
    application = visit.application
    permit = (await desk.rules_for(application)).permit
    async with request.form() as posted:
        written = read_form(request, permit, posted)
    if written.errors or written.where is None or written.who is None:
        return _form(request, application.type, permit, written, 422, application)
    who = application.applicant.model_copy(update=written.who.model_dump(include=set(ON_PAGE.values())))
    cause = cause_of(None, "fill-in", visit.case.id, by=visit.signed_in)
    sent = FilledIn(written.form, written.where.location(), who, written.typed.get("form_mark"))
    try:
        await commands.fill_in_form(desk, visit.case, sent, cause)
    except Reject as error:
        said = say_refusal(request, error)
        if error.code != "form-changed":
            return await own_page(request, visit, said, error.status)
        there = await find_application(desk, application.reference)
        kept = Written({**written.typed, "form_mark": form_mark(there.state)})
        return _form(request, application.type, permit, kept, error.status, there.state, said)
    return RedirectResponse(f"/permits/{application.reference}", 303)
