"""What officers, examiners and signatories do with an application, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.permits.api.access import DESK_LIMITED, Applications, Key, Seen, actor, cause_of, find
from services.permits.api.applications import AtOffice, answer
from services.permits.requests import DocumentsWanted, Examination, Signature
from shared.web import Person, Problem, staff

router = APIRouter(prefix="/api/v1/applications/{reference}", tags=["desk"], dependencies=[DESK_LIMITED])
Officer = Annotated[Person, Depends(staff("officer", "examiner"))]
AnyDesk = Annotated[Person, Depends(staff("officer", "examiner", "signatory"))]
Examiner = Annotated[Person, Depends(staff("examiner"))]
Signatory = Annotated[Person, Depends(staff("signatory"))]


def need_office(who: Person, role: str) -> None:
    """An administrator may look at everything, but an act of law needs the office itself."""
    if role not in who.roles:
        raise Problem(403, "role", detail_args={"roles": role})


@router.post("/accept")
async def accept(request: Request, reference: str, store: Applications, office: AtOffice, who: Officer,
                 key: Key) -> dict[str, Any]:  # fmt: skip
    """The documents are complete: the lane is fixed and the clock starts."""
    case = await find(request, store, reference)
    after = await office.accept(case.id, actor(who, "officer"), cause_of(key, "accept", case.id, who))
    return answer(request, Seen(after, "staff", who))


@router.post("/request-documents")
async def request_documents(request: Request, reference: str, body: DocumentsWanted, store: Applications,
                            office: AtOffice, who: AnyDesk, key: Key) -> dict[str, Any]:  # fmt: skip
    """Ask the applicant for documents; a clock that runs stands still until the answer."""
    case = await find(request, store, reference)
    cause = cause_of(key, "request-documents", case.id, who, body)
    after = await office.request_documents(case.id, actor(who, "officer"), body.requirements, body.note, cause)
    return answer(request, Seen(after, "staff", who))


@router.post("/examine")
async def examine(request: Request, reference: str, body: Examination, store: Applications, office: AtOffice,
                  who: Examiner, key: Key) -> dict[str, Any]:  # fmt: skip
    """The examiner's proposal."""
    need_office(who, "examiner")
    case = await find(request, store, reference)
    after = await office.examine(case.id, actor(who, "examiner"), body, cause_of(key, "examine", case.id, who, body))
    return answer(request, Seen(after, "staff", who))


@router.post("/decide")
async def decide(request: Request, reference: str, body: Signature, store: Applications, office: AtOffice,
                 who: Signatory, key: Key) -> dict[str, Any]:  # fmt: skip
    """The signatory's decision; never by who examined. The letter follows within seconds."""
    need_office(who, "signatory")
    case = await find(request, store, reference)
    after = await office.decide(case, actor(who, "signatory"), body, cause_of(key, "decide", case.id, who, body))
    return answer(request, Seen(after, "staff", who))
