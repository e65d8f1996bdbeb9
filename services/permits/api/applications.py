"""Applications over HTTP, for applicants: open, fill in, look, hand in, withdraw."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.permits import commands
from services.permits.access import (
    LIMITED,
    READ_LIMITED,
    Key,
    Member,
    SignedIn,
    TheDesk,
    TheVisit,
    as_actor,
    cause_of,
    need_for_applicant,
    need_office,
    secret_link,
    secret_of,
    teams_of,
)
from services.permits.api.places import desk_key, desk_place
from services.permits.api.views import Showing, answer, show_to
from services.permits.bodies import ChangedApplication, HandingIn, NewApplication, NewMessage, Withdrawal
from services.permits.domain.application import WITH_THE_OFFICE, Actor
from services.permits.domain.filled_in import FilledIn
from services.permits.domain.form import Fault, FormFaults
from services.permits.queries import Filter
from shared.secret_links import first_secret
from shared.web import FieldProblem, Paging, Problem, language_of, rate_limit, read_paging, web_of

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])


class Opened(BaseModel):
    """A new draft. The secret is shown this once; whoever holds it is the applicant."""

    id: str
    reference: str
    secret: str
    state: str
    tracking_url: str


def faults_as_problem(faults: list[Fault], showing: Showing) -> Problem:
    """The form's faults, field by field in plain words."""
    errors = [FieldProblem(f"form.{one.field}", one.code, fault_text(one, showing)) for one in faults]
    return Problem(422, "invalid", errors=errors)


def fault_text(fault: Fault, showing: Showing) -> str:
    """What is wrong with a field, in plain words."""
    return showing.say(f"fault.{fault.code}", **{"minimum": "–", "maximum": "–", **fault.values})


@router.post("", status_code=201, dependencies=[Depends(rate_limit("applications", per_minute=60, burst=30))])
async def create(request: Request, body: NewApplication, desk: TheDesk, key: Key, who: SignedIn) -> Opened:
    """A draft; documents and `submit` follow. The same Idempotency-Key gives the same answer; its secret opens nothing
    any more once the link was renewed or the permit has another holder."""
    try:
        case = await commands.open_draft(desk, body, language_of(request), key, who)
    except FormFaults as error:
        raise faults_as_problem(error.faults, show_to(request)) from error
    secret = first_secret(web_of(request).settings.link_secret, case.id)
    return Opened(
        id=case.id,
        reference=case.state.reference,
        secret=secret,
        state="draft",  # the answer to a repeated request is the same, however far the application has come
        tracking_url=secret_link(request, case, secret),
    )


@router.get("")
async def list_for_desk(
    request: Request,
    desk: TheDesk,
    pages: Annotated[Paging, Depends(read_paging)],
    who: Member,
    state: str | None = None,
    permit_type: str | None = None,
) -> dict[str, Any]:
    """The desk's list by due time; `state` may name several, with commas. Without it: all that is not decided."""
    states = tuple(part for part in state.split(",") if part) if state else WITH_THE_OFFICE
    wanted = Filter(states, await teams_of(desk, who), permit_type)
    cases = await desk.store.list_desk(wanted, after=desk_place(pages), limit=pages.fetch)
    rows = pages.answer(cases, desk_key)
    showing = show_to(request, staff=True)
    items = [{"id": case.id, "zone": case.state.zone, **await showing.summary(case.state)} for case in rows["items"]]
    return {"items": items, "next": rows["next"]}


@router.get("/{reference}", dependencies=[READ_LIMITED])
async def show(request: Request, visit: TheVisit) -> dict[str, Any]:
    """In full with the secret or for staff; else where it stands and no more."""
    return await answer(request, visit)


@router.get("/{reference}/timeline", dependencies=[READ_LIMITED])
async def list_timeline(request: Request, visit: TheVisit, desk: TheDesk) -> dict[str, Any]:
    """Every line of the timeline, the oldest first, also those that the application itself does not answer any more."""
    visit.need("applicant", "staff")
    older = await desk.store.read_older_timeline(visit.case.id)
    full = await show_to(request, staff=visit.viewer == "staff").full(visit.application, older)
    return {"items": full["timeline"]}


@router.put("/{reference}", dependencies=[LIMITED])
async def change(
    request: Request, body: ChangedApplication, visit: TheVisit, desk: TheDesk, key: Key
) -> dict[str, Any]:
    """Fill in the form anew, before it is accepted."""
    visit.need("applicant")
    sent = FilledIn(body.form, body.location.location(), body.applicant.applicant(language_of(request)))
    cause = cause_of(key, "fill-in", visit.case.id, body=body, by=visit.signed_in)
    try:
        case = await commands.fill_in_form(desk, visit.case, sent, cause)
    except FormFaults as error:
        raise faults_as_problem(error.faults, show_to(request)) from error
    return await answer(request, visit, case)


@router.post("/{reference}/submit", dependencies=[LIMITED])
async def submit(
    request: Request, visit: TheVisit, desk: TheDesk, key: Key, body: HandingIn | None = None
) -> dict[str, Any]:
    """Hand in, or answer a request for documents; 422 names what is missing."""
    visit.need("applicant")
    cause = cause_of(key, "submit", visit.case.id, by=visit.signed_in)
    case = await commands.submit_application(desk, visit.case, cause, declared=body is not None and body.declared)
    return await answer(request, visit, case)


@router.post("/{reference}/amend", dependencies=[LIMITED])
async def amend(request: Request, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, Any]:
    """Take it back to correct it, before it is accepted; `submit` hands it in again."""
    visit.need("applicant")
    cause = cause_of(key, "amend", visit.case.id, by=visit.signed_in)
    return await answer(request, visit, await commands.amend_application(desk, visit.case.id, cause))


@router.post("/{reference}/link", dependencies=[LIMITED])
async def renew_link(request: Request, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, str]:
    """A new secret link for the applicant; the one before opens nothing any more."""
    visit.need("applicant")
    case = await commands.renew_link(
        desk, visit.case.id, cause_of(key, "renew-link", visit.case.id, by=visit.signed_in)
    )
    return {"secret": secret_of(request, case), "tracking_url": secret_link(request, case)}


@router.post("/{reference}/messages", dependencies=[LIMITED])
async def write_message(request: Request, body: NewMessage, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, Any]:
    """By the applicant to the office, or by whoever works on it to the applicant: the other side is told."""
    visit.need("applicant", "staff")
    need_office(visit.who)
    actor = as_actor(visit.who, "officer") if visit.who else Actor()
    cause = cause_of(key, "message", visit.case.id, visit.who, body, visit.signed_in)
    return await answer(request, visit, await commands.write_message(desk, visit.case.id, actor, body.text, cause))


@router.post("/{reference}/withdraw", dependencies=[LIMITED])
async def withdraw(request: Request, body: Withdrawal, visit: TheVisit, desk: TheDesk, key: Key) -> dict[str, Any]:
    """By the applicant, or by an officer for them, with a reason."""
    visit.need("applicant", "staff")
    need_for_applicant(visit.who)
    actor = as_actor(visit.who, "officer") if visit.who else Actor()
    cause = cause_of(key, "withdraw", visit.case.id, visit.who, body, visit.signed_in)
    return await answer(
        request, visit, await commands.withdraw_application(desk, visit.case.id, actor, body.reason, cause)
    )
