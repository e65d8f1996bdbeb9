"""One application at the desk: a page on which officers, examiner and signatory do their part."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.permits import checking, commands
from services.permits.access import (
    DESK_LIMITED,
    Asker,
    Colleague,
    Examiner,
    Member,
    Officer,
    Signatory,
    TheDesk,
    as_actor,
    cause_of,
    find_for_staff,
)
from services.permits.api.views import show_to
from services.permits.bodies import DocumentsRequest, Examination, Findings, NewMessage, NewStaffNote, Signature
from services.permits.domain.findings import list_unjudged
from services.permits.domain.offices import examine_as
from services.permits.pages.desk_case import answer_act, case_page
from services.permits.pages.forms import read_body, read_findings, split_lines, text_of
from services.permits.pages.responses import choose_response, responses_for
from shared.town.responses import Offered
from shared.web import freshly_proven, need_proof
from shared.words import LANGUAGES

router = APIRouter(prefix="/permits/desk", include_in_schema=False)


@router.get("/{reference}")
async def show(request: Request, reference: str, desk: TheDesk, who: Member, timeline: str = "") -> HTMLResponse:
    """Everything about one application, and what this officer may do with it."""
    return await case_page(request, await find_for_staff(request, desk, reference, who), who, whole=timeline == "all")


@router.post("/{reference}/accept", dependencies=[DESK_LIMITED])
async def accept(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """Complete: start the clock."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(None, "accept", case.id, who)
    async with request.form() as sent:
        read, known = text_of(sent, "read_mark") or None, "unjudged" in sent
    left = len(list_unjudged(case.state, (await desk.rules_for(case.state)).permit))
    if left and not known:
        return await case_page(request, case, who, show_to(request).say("desk.accept-needs", count=left), 422)
    accepting = commands.accept_application(desk, case, as_actor(who, "officer"), read, cause)
    return await answer_act(request, case, who, {}, accepting)


@router.post("/{reference}/request-documents", dependencies=[DESK_LIMITED])
async def request_documents(request: Request, reference: str, desk: TheDesk, who: Asker) -> Response:
    """Ask for documents."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        note = choose_response(sent, "note", responses_for(desk.town, case.state, "request", LANGUAGES[0]))
        typed = {"requirements": [str(one) for one in sent.getlist("requirement")], "note": note}
    body, wrong = read_body(DocumentsRequest, typed, request)
    if wrong or not body.requirements or not body.note:
        return await case_page(request, case, who, show_to(request).say("desk.request-needs"), 422, typed)
    officer, cause = as_actor(who, "officer"), cause_of(None, "request-documents", case.id, who)
    act = checking.request_documents(desk, case, officer, body.requirements, body.note, cause)
    return await answer_act(request, case, who, typed, act)


@router.post("/{reference}/findings", dependencies=[DESK_LIMITED])
async def note_findings(request: Request, reference: str, desk: TheDesk, who: Officer) -> Response:
    """All documents at once, as the page has them; `ask` goes on to the request for what was found wrong."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        offered = responses_for(desk.town, case.state, "finding", LANGUAGES[0])
        ready = partial(_reason_of, sent, offered)
        asks, found = "ask" in sent, read_findings(sent, ready)
    body, wrong = read_body(Findings, {"findings": found}, request)
    typed = {"findings": {one["requirement"]: one for one in found}}
    if wrong:
        return await case_page(request, case, who, wrong if found else show_to(request).say("finding.none"), 422, typed)
    officer, noted = as_actor(who, "officer"), [one.build_finding() for one in body.findings]
    act = checking.note_findings(desk, case.id, officer, noted, cause_of(None, "findings", case.id, who))
    if not asks:
        return await answer_act(request, case, who, typed, act, "#documents")

    async def note_and_ask() -> None:
        await act
        cause = cause_of(None, "request-documents", case.id, who)
        await checking.request_documents(desk, case, officer, [], "", cause)

    return await answer_act(request, case, who, typed, note_and_ask(), "#documents")


def _reason_of(sent: FormData, offered: Sequence[Offered], code: str) -> str:
    return choose_response(sent, f"reason-{code}", offered, f"response-{code}")


@router.post("/{reference}/messages", dependencies=[DESK_LIMITED])
async def write_message(request: Request, reference: str, desk: TheDesk, who: Asker) -> Response:
    """Answer the applicant, or ask them something that stops no clock."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        offered = responses_for(desk.town, case.state, "message", LANGUAGES[0])
        typed = {"message": choose_response(sent, "text", offered)}
    body, wrong = read_body(NewMessage, {"text": typed["message"]}, request)
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause = cause_of(None, "message", case.id, who)
    return await answer_act(
        request, case, who, typed, commands.write_message(desk, case.id, as_actor(who, "officer"), body.text, cause)
    )


@router.post("/{reference}/notes", dependencies=[DESK_LIMITED])
async def add_note(request: Request, reference: str, desk: TheDesk, who: Colleague) -> Response:
    """A word to the colleagues."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed = {"staff_note": text_of(sent, "text")}
    body, wrong = read_body(NewStaffNote, {"text": typed["staff_note"]}, request)
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause = cause_of(None, "note", case.id, who)
    act = commands.add_note(desk, case.id, as_actor(who, "officer"), body.text, cause)
    return await answer_act(request, case, who, typed, act, "#notes")


@router.post("/{reference}/examine", dependencies=[DESK_LIMITED])
async def examine(request: Request, reference: str, desk: TheDesk, who: Examiner) -> Response:
    """Propose."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        typed: dict[str, Any] = {name: text_of(sent, name) for name in ("proposal", "note", "legal_reason")}
        typed["conditions"] = split_lines(text_of(sent, "conditions"))
    body, wrong = read_body(Examination, typed, request)
    if wrong:
        return await case_page(request, case, who, wrong, 422, typed)
    cause = cause_of(None, "examine", case.id, who)
    examiner = examine_as(as_actor(who, "examiner"), case.state, await desk.town_now(), who.team, cause.at)
    return await answer_act(request, case, who, typed, commands.propose_decision(desk, case.id, examiner, body, cause))


@router.post("/{reference}/decide", dependencies=[DESK_LIMITED, Depends(need_proof)])
async def decide(request: Request, reference: str, desk: TheDesk, who: Signatory) -> Response:
    """Sign what was shown: when it has changed since, the signature is refused."""
    case = await find_for_staff(request, desk, reference, who)
    async with request.form() as sent:
        names = ("decision", "legal_reason", "office", "read_mark")
        typed: dict[str, Any] = {name: text_of(sent, name) for name in names}
        typed["conditions"] = split_lines(text_of(sent, "conditions"))
        typed["scanned"] = "scanned" in sent
        typed["seen"] = text_of(sent, "seen").split()
        confirmed = "confirm" in sent
    body, wrong = read_body(Signature, typed, request)
    if wrong or not confirmed:
        return await case_page(request, case, who, wrong or show_to(request).say("desk.confirm-needed"), 422, typed)
    if body.scanned:
        await freshly_proven(request)
    signatory, cause = as_actor(who, "signatory"), cause_of(None, "decide", case.id, who)
    return await answer_act(
        request, case, who, typed, commands.sign_decision(desk, case, signatory, who.signs_for, body, cause)
    )
