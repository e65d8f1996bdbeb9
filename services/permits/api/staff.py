"""What officers, examiners and signatories do with an application, over HTTP."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from services.permits import checking, commands
from services.permits.access import (
    DESK_LIMITED,
    Asker,
    Colleague,
    Examiner,
    Key,
    Officer,
    Signatory,
    TheDesk,
    Visit,
    as_actor,
    cause_of,
    find_for_staff,
)
from services.permits.api.views import answer
from services.permits.bodies import Acceptance, DocumentsRequest, Examination, Findings, NewStaffNote, Signature
from services.permits.domain.offices import examine_as
from shared.web import freshly_proven, need_proof

router = APIRouter(prefix="/api/v1/applications/{reference}", tags=["desk"], dependencies=[DESK_LIMITED])


@router.post("/accept")
async def accept(
    request: Request, reference: str, desk: TheDesk, who: Officer, key: Key, body: Acceptance | None = None
) -> dict[str, Any]:
    """The documents are complete: the lane is fixed and the clock starts."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "accept", case.id, who)
    read = body.read_mark if body else None
    after = await commands.accept_application(desk, case, as_actor(who, "officer"), read, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/request-documents")
async def request_documents(
    request: Request, reference: str, body: DocumentsRequest, desk: TheDesk, who: Asker, key: Key
) -> dict[str, Any]:
    """Ask the applicant for documents; a clock that runs stands still until the answer."""
    case = await find_for_staff(request, desk, reference, who)
    cause, officer = cause_of(key, "request-documents", case.id, who, body), as_actor(who, "officer")
    after = await checking.request_documents(desk, case, officer, body.requirements, body.note, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/findings")
async def note_findings(
    request: Request, reference: str, body: Findings, desk: TheDesk, who: Officer, key: Key
) -> dict[str, Any]:
    """What was found about documents, each good or to be replaced: the officers' own until more is asked for."""
    case = await find_for_staff(request, desk, reference, who)
    cause, found = cause_of(key, "findings", case.id, who, body), [one.build_finding() for one in body.findings]
    after = await checking.note_findings(desk, case.id, as_actor(who, "officer"), found, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/notes")
async def add_note(
    request: Request, reference: str, body: NewStaffNote, desk: TheDesk, who: Colleague, key: Key
) -> dict[str, Any]:
    """A note among the staff: `staff_notes` of their answers alone, in no event, and nothing of the applicant's."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "note", case.id, who, body)
    after = await commands.add_note(desk, case.id, as_actor(who, "officer"), body.text, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/examine")
async def examine(
    request: Request, reference: str, body: Examination, desk: TheDesk, who: Examiner, key: Key
) -> dict[str, Any]:
    """The examiner's proposal."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "examine", case.id, who, body)
    examiner = examine_as(as_actor(who, "examiner"), case.state, await desk.town_now(), who.team, cause.at)
    after = await commands.propose_decision(desk, case.id, examiner, body, cause)
    return await answer(request, Visit(after, "staff", who))


@router.post("/decide", dependencies=[Depends(need_proof)])
async def decide(
    request: Request, reference: str, body: Signature, desk: TheDesk, who: Signatory, key: Key
) -> dict[str, Any]:
    """The signatory's decision; never by who examined. The letter follows within seconds. To place a scanned signature
    one must have proven who one is within minutes, whatever the town demands of a decision without one."""
    if body.scanned:
        await freshly_proven(request)
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "decide", case.id, who, body)
    after = await commands.sign_decision(desk, case, as_actor(who, "signatory"), who.signs_for, body, cause)
    return await answer(request, Visit(after, "staff", who))
