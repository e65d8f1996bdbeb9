"""The permit desk: what is due first, and one page on which officers, examiner and signatory do their part."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.api.access import DESK_LIMITED, Applications, actor, cause_of, find
from services.permits.api.applications import DESK, AtOffice
from services.permits.api.places import desk_key, desk_place
from services.permits.api.staff import AnyDesk, Examiner, Officer, Signatory, need_office
from services.permits.api.views import showing
from services.permits.domain.application import Application
from services.permits.domain.decision import offices
from services.permits.domain.documents import missing_documents
from services.permits.pages.writing import body_text, checked, lines, refusal
from services.permits.requests import DocumentsWanted, Examination, Signature
from services.permits.store import OPEN
from shared.kernel import Case, Reject
from shared.web import Paging, Person, page, paging, staff, web_of

router = APIRouter(prefix="/permits/desk", include_in_schema=False)
Anybody = Annotated[Person, Depends(staff(*DESK))]
VIEWS = {"open": OPEN, "check": ("submitted",), "running": ("accepted", "examined"), "sign": ("examined",),
         "waiting": ("documents-requested",), "done": ("decided", "withdrawn")}  # fmt: skip


@router.get("")
async def board(request: Request, store: Applications, _who: Anybody, pages: Annotated[Paging, Depends(paging)],
                view: str = "open") -> HTMLResponse:  # fmt: skip
    """What is due first stands first."""
    view = view if view in VIEWS else "open"
    found = await store.desk(states=VIEWS[view], permit_type=None, after=desk_place(pages), limit=pages.fetch)
    rows = pages.answer(found, desk_key)
    shown = showing(request, staff=True)
    zones = {zone.code: zone.name for zone in shown.town.zones}
    items = [{**shown.summary(case.state), "applicant": case.state.applicant.name,
              "zone": zones.get(case.state.zone or "")} for case in rows["items"]]  # fmt: skip
    return page(request, "desk.html", items=items, view=view, views=list(VIEWS), next=rows["next"])


@router.get("/{reference}")
async def desk_case(request: Request, reference: str, store: Applications, who: Anybody) -> HTMLResponse:
    """Everything about one application, and what this officer may do with it."""
    return _page(request, await find(request, store, reference), who)


def _page(request: Request, case: Case[Application], who: Person, told: str = "", status: int = 200,
          typed: dict[str, Any] | None = None) -> HTMLResponse:  # fmt: skip
    shown, application = showing(request, staff=True), case.state
    town = shown.town
    permit = town.permits[application.type]
    proposal = application.proposal
    return page(
        request, "desk_case.html", status_code=status, case=shown.full(application), application=application,
        permit=permit, version=case.version, told=told, typed=typed or {}, who_acts=who,
        open_documents=missing_documents(application, permit), offices=offices(town, application.type),
        same_person=proposal is not None and proposal.by.sub == who.sub, can=_can(application, who),
        land_use=town.land_use_of(application.location.latitude, application.location.longitude),
        zone=next((zone for zone in town.zones if zone.code == application.zone), None),
        letter=application.letter, web=web_of(request).settings.public_url,
    )  # fmt: skip


def _can(case: Application, who: Person) -> dict[str, bool]:
    """Which acts the state and the person's roles allow; the domain has the last word."""
    return {
        "accept": case.state == "submitted" and who.may("officer", "examiner"),
        "request": case.state in ("submitted", "accepted", "examined") and who.may("officer", "examiner", "signatory"),
        "examine": case.state in ("accepted", "examined") and "examiner" in who.roles,
        "decide": case.state == "examined" and "signatory" in who.roles,
    }


@router.post("/{reference}/accept", dependencies=[DESK_LIMITED])
async def accept(request: Request, reference: str, store: Applications, office: AtOffice, who: Officer) -> Response:
    """Complete: start the clock."""
    case = await find(request, store, reference)
    try:
        await office.accept(case.id, actor(who, "officer"), cause_of(None, "accept", case.id))
    except Reject as error:
        return _page(request, case, who, refusal(request, error), error.status)
    return _back(case)


@router.post("/{reference}/request-documents", dependencies=[DESK_LIMITED])
async def request_documents(request: Request, reference: str, store: Applications, office: AtOffice,
                            who: AnyDesk) -> Response:  # fmt: skip
    """Ask for documents."""
    case = await find(request, store, reference)
    async with request.form() as sent:
        typed = {"requirements": [str(one) for one in sent.getlist("requirement")], "note": body_text(sent, "note")}
    body, wrong = checked(DocumentsWanted, typed, request)
    if wrong:
        return _page(request, case, who, showing(request).say("desk.request-needs"), 422, typed)
    cause = cause_of(None, "request-documents", case.id)
    try:
        await office.request_documents(case.id, actor(who, "officer"), body.requirements, body.note, cause)
    except Reject as error:
        return _page(request, case, who, refusal(request, error), error.status, typed)
    return _back(case)


@router.post("/{reference}/examine", dependencies=[DESK_LIMITED])
async def examine(request: Request, reference: str, store: Applications, office: AtOffice, who: Examiner) -> Response:
    """Propose."""
    need_office(who, "examiner")
    case = await find(request, store, reference)
    async with request.form() as sent:
        typed: dict[str, Any] = {name: body_text(sent, name) for name in ("proposal", "note", "legal_reason")}
        typed["conditions"] = lines(body_text(sent, "conditions"))
    body, wrong = checked(Examination, typed, request)
    if wrong:
        return _page(request, case, who, wrong, 422, typed)
    try:
        await office.examine(case.id, actor(who, "examiner"), body, cause_of(None, "examine", case.id))
    except Reject as error:
        return _page(request, case, who, refusal(request, error), error.status, typed)
    return _back(case)


@router.post("/{reference}/decide", dependencies=[DESK_LIMITED])
async def decide(request: Request, reference: str, store: Applications, office: AtOffice, who: Signatory) -> Response:
    """Sign what was shown: another version of it is refused."""
    need_office(who, "signatory")
    case = await find(request, store, reference)
    async with request.form() as sent:
        typed: dict[str, Any] = {
            name: body_text(sent, name) for name in ("decision", "legal_reason", "office", "version")
        }
        typed["conditions"] = lines(body_text(sent, "conditions"))
        confirmed = "confirm" in sent
    body, wrong = checked(Signature, typed, request)
    if wrong or not confirmed:
        return _page(request, case, who, wrong or showing(request).say("desk.confirm-needed"), 422, typed)
    try:
        await office.decide(case, actor(who, "signatory"), body, cause_of(None, "decide", case.id))
    except Reject as error:
        return _page(request, case, who, refusal(request, error), error.status, typed)
    return _back(case)


def _back(case: Case[Application]) -> Response:
    return RedirectResponse(f"/permits/desk/{case.state.reference}", 303)
