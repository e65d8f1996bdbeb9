"""Somebody is on the telephone or at the counter: an officer takes their report down, in one form with what is known
already, so that the caller is told at once whether it is."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.intake.access import Officer, TheDesk, TheVisit, find_report
from services.intake.api.outages import SHOWN_MOST, outages_if_quick
from services.intake.api.reports import submission_of
from services.intake.api.views import view_for
from services.intake.bodies import ContactBody
from services.intake.commands import Desk, Visit, find_like, follow_report, submit_report
from services.intake.domain.report import Location
from services.intake.domain.states import tone_of
from services.intake.domain.submission import PHOTOS_MOST
from services.intake.domain.suggest import suggest_categories
from services.intake.domain.viewer import STAFF
from services.intake.pages.report_form import FIELDS_MOST, FILES_MOST, Read, in_order, read_form, read_refused
from services.intake.pages.words import field_problems
from shared.events.ids import new_id
from shared.events.reports import Channel
from shared.kernel import Reject
from shared.web import UPLOAD_BYTES, Problem, language_of, page, say_refusal, seal_key, web_of
from shared.web.uploads import FIELD_MOST

router = APIRouter(prefix="/report/desk", include_in_schema=False)
WAYS: tuple[Channel, ...] = ("phone", "counter")
EARLIER_MOST = 10
Degrees = Annotated[float | None, Query(allow_inf_nan=False)]
Typed = Annotated[str, Form(max_length=400)]


@router.get("")
async def form(request: Request, _: Officer) -> HTMLResponse:
    """The empty form."""
    return await _form(request, Read({"channel": "phone"}, {}))


@router.post("", max_body_size=UPLOAD_BYTES)
async def send(request: Request, desk: TheDesk, who: Officer) -> Response:
    """Taken down under the officer's name; the caller's consent is what they said to the question."""
    async with request.form(max_files=FILES_MOST, max_fields=FIELDS_MOST, max_part_size=FIELD_MOST) as sent:
        read = await read_form(request, desk, sent)
    channel = next((way for way in WAYS if way == read.values.get("channel")), None)
    if channel is None:
        words = web_of(request).pages.words(language_of(request), "takedown.no-channel")
        return await _form(request, Read(read.values, {"channel": words, **read.errors}), 422)
    if read.body is None:
        return await _form(request, read, 422)
    try:
        new = submission_of(read.body, read.values.get("language") or language_of(request), channel)
        case = await submit_report(desk, new, seal_key(request, read.values.get("key")), who)
    except Reject as error:
        return await _form(request, read_refused(request, read.values, error), error.status)
    return RedirectResponse(f"/report/desk/done/{case.state.reference}", 303)


@router.get("/done/{reference}")
async def show_done(request: Request, visit: TheVisit, _: Officer, followed: bool = False) -> HTMLResponse:
    """The reference in large type, to be read out; nothing that opens the resident's own page."""
    return page(
        request, "taken_down.html", r=view_for(request, STAFF).summary(visit.report), followed=followed, tone=tone_of
    )


@router.get("/like")
async def like(
    request: Request,
    desk: TheDesk,
    _: Officer,
    text: Annotated[str, Query(max_length=400)] = "",
    category: Annotated[str, Query(max_length=64)] = "",
    lat: Degrees = None,
    lon: Degrees = None,
) -> HTMLResponse:
    """A piece of the form: open reports like what is being typed, near the pin, also those that the public does not
    see."""
    codes = [category] if category in desk.town.categories else suggest_categories(text, desk.town.categories)
    where = Location(latitude=lat, longitude=lon) if lat is not None and lon is not None else None
    found = [case for code in codes for case in await find_like(desk, code, where)] if where else []
    rows = [view_for(request, STAFF).card(case.state) for case in found]
    return page(request, "takedown_like.html", rows=rows, tone=tone_of)


@router.get("/earlier")
async def earlier(
    request: Request, desk: TheDesk, _: Officer, reference: Annotated[list[str] | None, Query(max_length=20)] = None
) -> HTMLResponse:
    """A piece of the form: the caller's earlier reports, whose references notify has found by their number."""
    view, rows = view_for(request, STAFF), []
    for typed in (reference or [])[:EARLIER_MOST]:
        try:
            rows.append(view.card((await find_report(request, desk, typed)).state))
        except Problem:
            continue
    return page(request, "takedown_earlier.html", rows=rows, tone=tone_of)


@router.post("/follow/{reference}")
async def follow(
    request: Request,
    desk: TheDesk,
    visit: TheVisit,
    who: Officer,
    name: Typed = "",
    phone: Typed = "",
    email: Typed = "",
    consent: Typed = "",
    language: Typed = "",
) -> Response:
    """It is known already: the caller follows that report, and nothing is taken down twice."""
    typed: dict[str, Any] = {"name": name, "phone": phone, "email": email, "consent": consent == "yes"}
    try:
        contact = ContactBody.model_validate(typed).contact(language or language_of(request))
        await follow_report(desk, Visit(visit.case, visit.viewer, who), contact)
    except ValidationError as error:
        wrong = {one.field: one.message for one in field_problems(request, error)}
        return await _form(request, Read(typed, wrong), 422)
    except Reject as refusal:
        return await _form(request, Read(typed, {"phone": say_refusal(request, refusal)}), refusal.status)
    return RedirectResponse(f"/report/desk/done/{visit.report.reference}?followed=true", 303)


async def _form(request: Request, read: Read, status: int = 200) -> HTMLResponse:
    kept = [one for one in str(read.values.get("kept", "")).split(",") if one]
    key = read.values.get("key") or new_id()
    desk: Desk = request.app.state.desk
    outages = await outages_if_quick(desk.store, view_for(request, STAFF))
    return page(
        request,
        "takedown.html",
        status_code=status,
        values=read.values,
        errors=in_order(read.errors),
        kept=kept,
        key=key,
        ways=WAYS,
        most=PHOTOS_MOST,
        outages=outages[:SHOWN_MOST],
    )
