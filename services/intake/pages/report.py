"""The form to report something, as a plain HTML form; `report.mjs` makes it kinder and lets it wait for a network."""

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from services.intake.access import TheDesk, TheVisit, link_of, secret_of
from services.intake.api.outages import SHOWN_MOST, outages_if_quick
from services.intake.api.photos import LIMIT as PHOTO_LIMIT
from services.intake.api.reports import submission_of
from services.intake.api.views import view_for
from services.intake.commands import Desk, submit_report
from services.intake.domain.report import Report
from services.intake.domain.submission import PHOTOS_MOST
from services.intake.domain.suggest import list_numbers_to_call
from services.intake.pages.report_form import FIELDS_MOST, FILES_MOST, REFUSALS, Read, in_order, read_form, read_refused
from shared.events.ids import new_id
from shared.files.pictures import BYTES_MOST
from shared.kernel import Case, Reject
from shared.town.places import ROUGH_METRES
from shared.web import UPLOAD_BYTES, language_of, page, person, rate_limit, seal_key, web_of
from shared.web.case_keys import CaseKey, keep_key
from shared.web.people import find_signed_in
from shared.web.uploads import FIELD_MOST

router = APIRouter(include_in_schema=False)


@router.get("/report")
async def form(request: Request) -> HTMLResponse:
    """The empty form, or one with a category, a place and a known incident from the address."""
    asked = request.query_params
    known = ("category", "latitude", "longitude", "incident")
    values = {name: asked[name][:64] for name in known if name in asked}
    response = await _form(request, Read(values, {}))
    if find_signed_in(request) is None:
        # Nobody's yet. A browser without scripts shows this very page when one goes back to it, and with it the key:
        # what is sent twice is the same report.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@router.post(
    "/report",
    max_body_size=UPLOAD_BYTES,
    dependencies=[Depends(rate_limit("reports", per_minute=120, burst=60)), Depends(PHOTO_LIMIT)],
)
async def send(request: Request, desk: TheDesk) -> Response:
    """Take it in, or show the form again with what to correct."""
    async with request.form(max_files=FILES_MOST, max_fields=FIELDS_MOST, max_part_size=FIELD_MOST) as sent:
        read = await read_form(request, desk, sent)
        if read.body is None:
            return await _form(request, read, 422)
        try:
            new = submission_of(read.body, language_of(request), "web")
            case = await submit_report(desk, new, seal_key(request, read.values.get("key")), await person(request))
        except Reject as error:
            return await _form(request, read_refused(request, read.values, error), error.status)
    return RedirectResponse(_address_taken_in(request, case), 303)


def _address_taken_in(request: Request, case: Case[Report]) -> str:
    """Where to, when the form is sent again too. A link that was replaced meanwhile is for whoever was given it: this
    browser may be one of those."""
    reference = case.state.reference
    if case.state.link_number:
        return f"/track/{reference}"
    return f"/report/done/{reference}?secret={secret_of(request, case)}"


@router.get("/report/done/{reference}")
async def show_done(request: Request, visit: TheVisit) -> HTMLResponse:
    """The reference in large type, and the secret link. A browser that keeps cookies has it from now on; one that does
    not must see it here, for it sees it nowhere else."""
    visit.viewer.must_be("reporter")
    key = CaseKey(secret_of(request, visit.case))
    link = link_of(request, visit.report.reference, key)
    summary = view_for(request, visit.viewer).summary(visit.report)
    call = list_numbers_to_call(web_of(request).town, visit.report.text, (visit.report.category,))
    response = page(request, "done.html", report=visit.report, summary=summary, link=link, secret=key.secret, call=call)
    keep_key(request, response, visit.report.reference, key)
    return response


async def _form(request: Request, read: Read, status: int = 200) -> HTMLResponse:
    values = read.values
    kept = [one for one in values.get("kept", "").split(",") if one]
    key = values.get("key") or new_id()
    desk: Desk = request.app.state.desk
    outages = await outages_if_quick(desk.store, view_for(request))
    return page(
        request,
        "report.html",
        status_code=status,
        values=values,
        errors=in_order(read.errors),
        kept=kept,
        key=key,
        most=PHOTOS_MOST,
        photo_bytes=BYTES_MOST,
        rough_metres=ROUGH_METRES,
        refusals=REFUSALS,
        outages=outages[:SHOWN_MOST],
    )
