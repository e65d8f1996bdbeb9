"""Applications over HTTP, for applicants: open, fill in, look, hand in, withdraw."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.permits.api.access import (
    LIMITED,
    Applications,
    Key,
    Seen,
    SeenApplication,
    actor,
    cause_of,
    secret_link,
    secret_of,
)
from services.permits.api.places import desk_key, desk_place
from services.permits.api.views import Showing, showing
from services.permits.domain.application import Actor
from services.permits.domain.form import Fault
from services.permits.office import FormFaults, Office
from services.permits.requests import ChangedApplication, NewApplication, Withdrawal
from services.permits.store import OPEN
from shared.web import FieldProblem, Paging, Person, Problem, language_of, paging, rate_limit, staff

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])
FOR_APPLICANTS = frozenset({"officer", "examiner"})  # who may act in an applicant's name
DESK = ("officer", "examiner", "signatory", "supervisor")


class Opened(BaseModel):
    """A new draft. The secret is shown this once; whoever holds it is the applicant."""

    id: str
    reference: str
    secret: str
    state: str
    tracking_url: str


def office_of(request: Request) -> Office:
    """The office of the app that serves this request."""
    return cast(Office, request.app.state.office)


AtOffice = Annotated[Office, Depends(office_of)]


def faults_as_problem(faults: list[Fault], showing: Showing) -> Problem:
    """The form's faults, field by field in plain words."""
    errors = [FieldProblem(f"form.{one.field}", one.code, fault_text(one, showing)) for one in faults]
    return Problem(422, "invalid", errors=errors)


def fault_text(fault: Fault, showing: Showing) -> str:
    """What is wrong with a field, in plain words."""
    return showing.say(f"fault.{fault.code}", **{"minimum": "–", "maximum": "–", **fault.values})


def answer(request: Request, seen: Seen) -> dict[str, Any]:
    """The application as this viewer may see it."""
    shown = showing(request, staff=seen.viewer == "staff")
    if not seen.sees_all:
        return shown.summary(seen.application)
    return {"id": seen.case.id, "version": seen.case.version, **shown.full(seen.application)}


@router.post("", status_code=201, dependencies=[Depends(rate_limit("applications", per_minute=60, burst=30))])
async def create(request: Request, body: NewApplication, office: AtOffice, key: Key) -> Opened:
    """A draft; documents and `submit` follow. The same Idempotency-Key gives the same answer."""
    try:
        case = await office.open(body, language_of(request), key)
    except FormFaults as error:
        raise faults_as_problem(error.faults, showing(request)) from error
    reference = case.state.reference
    return Opened(id=case.id, reference=reference, secret=secret_of(request, case.id), state=case.state.state,
                  tracking_url=secret_link(request, reference, case.id))  # fmt: skip


@router.get("")
async def listed(
    request: Request,
    store: Applications,
    pages: Annotated[Paging, Depends(paging)],
    _who: Annotated[Person, Depends(staff(*DESK))],
    state: str | None = None,
    permit_type: str | None = None,
) -> dict[str, Any]:
    """The desk's list by due time; `state` may name several, with commas. Without it: all that is not decided."""
    states = tuple(part for part in state.split(",") if part) if state else OPEN
    found = await store.desk(states=states, permit_type=permit_type, after=desk_place(pages), limit=pages.fetch)
    rows = pages.answer(found, desk_key)
    shown = showing(request, staff=True)
    return {"items": [{"id": case.id, "zone": case.state.zone, **shown.summary(case.state)} for case in rows["items"]],
            "next": rows["next"]}  # fmt: skip


@router.get("/{reference}")
async def shown(request: Request, seen: SeenApplication) -> dict[str, Any]:
    """In full with the secret or for staff; else where it stands and no more."""
    return answer(request, seen)


@router.put("/{reference}", dependencies=[LIMITED])
async def change(request: Request, body: ChangedApplication, seen: SeenApplication, office: AtOffice,
                 key: Key) -> dict[str, Any]:  # fmt: skip
    """Fill in the form anew, before it is accepted."""
    seen.need("applicant")
    try:
        case = await office.fill_in(
            seen.case.id, seen.application.type, body.form, body.location.location(),
            body.applicant.applicant(language_of(request)), cause_of(key, "fill-in", seen.case.id, body=body),
        )  # fmt: skip
    except FormFaults as error:
        raise faults_as_problem(error.faults, showing(request)) from error
    return answer(request, Seen(case, seen.viewer))


@router.post("/{reference}/submit", dependencies=[LIMITED])
async def submit(request: Request, seen: SeenApplication, office: AtOffice, key: Key) -> dict[str, Any]:
    """Hand in, or answer a request for documents; 422 names what is missing."""
    seen.need("applicant")
    case = await office.submit(seen.case.id, cause_of(key, "submit", seen.case.id))
    return answer(request, Seen(case, seen.viewer))


@router.post("/{reference}/withdraw", dependencies=[LIMITED])
async def withdraw(request: Request, body: Withdrawal, seen: SeenApplication, office: AtOffice,
                   key: Key) -> dict[str, Any]:  # fmt: skip
    """By the applicant, or by an officer for them, with a reason."""
    seen.need("applicant", "staff")
    if seen.who and not seen.who.roles & FOR_APPLICANTS:
        raise Problem(403, "role", detail_args={"roles": ", ".join(sorted(FOR_APPLICANTS))})
    by = actor(seen.who, "officer") if seen.who else Actor()
    cause = cause_of(key, "withdraw", seen.case.id, seen.who, body)
    case = await office.withdraw(seen.case.id, by, body.reason, cause)
    return answer(request, Seen(case, seen.viewer, seen.who))
