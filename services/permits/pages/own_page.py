"""How an application is shown to its applicant: the page, and the way back to it after each act."""

from collections.abc import Awaitable, Iterator
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.access import Visit, secret_link, secret_of
from services.permits.api.views import Showing, show_to
from services.permits.commands import Desk
from services.permits.domain.application import Application
from services.permits.domain.documents import list_missing_documents
from services.permits.domain.handing_in import can_go_on, find_draft_expiry
from services.permits.domain.permit_type import PermitType
from services.permits.domain.readiness import ADDRESS, CONTACT, open_answers
from services.permits.pages.forms import PREFIX
from services.permits.pages.plots import show_plot
from shared.kernel import Case, Reject
from shared.web import page, say_refusal
from shared.web.case_keys import CaseKey, move_in

_PLACES = {CONTACT: ("phone", "form.contact"), ADDRESS: ("address", "form.address")}  # where the form asks for it


def open_own_page(request: Request, case: Case[Application]) -> Response:
    """To the clean address; the browser keeps the secret, so that it is in no history, log or shared screen."""
    reference = case.state.reference
    return move_in(request, f"/permits/{reference}", reference, CaseKey(secret_of(request, case)))


def open_begun(request: Request, case: Case[Application]) -> Response:
    """The same for a form that opens an application, when it is sent again too. A link that was replaced meanwhile is
    for whoever was given it: this browser may be one of those."""
    if case.state.link_number:
        return RedirectResponse(f"/permits/{case.state.reference}", 303)
    return open_own_page(request, case)


async def own_page(
    request: Request, visit: Visit, problem: str = "", status: int = 200, about: str = "", *, whole: bool = False
) -> HTMLResponse:
    """`problem`: what went wrong, with the document that it is `about`. `whole`: with all of the timeline."""
    showing, application = show_to(request), visit.application
    if visit.viewer != "applicant":
        summary = await showing.summary(application)
        return page(request, "applicant_limited.html", application=summary, staff=visit.viewer == "staff")
    going_on = can_go_on(showing.town, application) or application.state == "withdrawn"
    older = await showing.desk.store.read_older_timeline(visit.case.id) if whole else ()
    return page(
        request,
        "applicant.html",
        status_code=status,
        application=await showing.full(application, older),
        version=visit.case.version,
        open_for_documents=going_on and application.open_for_documents,
        editable=going_on and application.editable,
        amending=application.amending,
        has_clock=application.clock is not None,
        problem=problem or ("" if going_on else showing.say("refused.type-gone")),
        about=about,
        kept_until=_find_draft_expiry(showing.desk, application),
        link=secret_link(request, visit.case),
        plot=show_plot(application, showing),
        **await _open_ends(showing, application),
    )


async def _open_ends(showing: Showing, application: Application) -> dict[str, Any]:
    permit = (await showing.desk.rules_for(application)).permit
    return {
        "open_fields": list(_open_fields(showing, application, permit)),
        "open_documents": list_missing_documents(application, permit),
        "building_work": permit.building_work,
    }


def _open_fields(showing: Showing, application: Application, permit: PermitType) -> Iterator[tuple[str, str]]:
    """Where in the form something is missing, and what it is called there."""
    labels = {field.code: field.label.get(showing.language) for field in permit.fields}
    for code in open_answers(application, permit):
        place, key = _PLACES.get(code, (PREFIX + code, ""))
        yield place, showing.say(key) if key else labels[code]


def _find_draft_expiry(desk: Desk, application: Application) -> datetime | None:
    """When a draft that nobody touches again is forgotten."""
    return find_draft_expiry(application, desk.periods.of_draft(application)) if application.state == "draft" else None


async def answer_act(
    request: Request, visit: Visit, act: Awaitable[object], about: str = "", then: str = ""
) -> Response:
    """Back to the application, at the document that the act was `about`, or to the page `then`; or the application's
    page with the reason why not."""
    try:
        await act
    except Reject as error:
        return await own_page(request, visit, say_refusal(request, error), error.status, about)
    anchor = f"#document-{about}" if about else ""
    return RedirectResponse(f"/permits/{visit.application.reference}{then}{anchor}", 303)
