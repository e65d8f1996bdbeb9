"""The whole file of an application as one ZIP, for its applicant and for who works on it: to be handed over, filed, or
read where this system is not. Each sees in it what they see on their page."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from services.permits.access import LIMITED, AtDesk, View, Viewed, cause_of
from services.permits.api.bills import shows_payment
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.domain.application import Application, need
from services.permits.domain.documents import ENDINGS
from services.permits.domain.paper import Upload
from services.permits.payment_papers import make_invoice, make_receipt
from services.permits.store import StoredLetter
from services.permits.zipped import Member, at_once, zipped
from shared.kernel import Cause, Step, now
from shared.web import note, page

router = APIRouter(tags=["applications"])


@router.get("/api/v1/applications/{reference}/file.zip", dependencies=[LIMITED])
async def whole_file(request: Request, view: Viewed, desk: AtDesk) -> StreamingResponse:
    """Documents, form, history, checks, decision with its signatures, letter, invoice and receipt. Staff leave a line
    in the trail."""
    view.need("applicant", "staff")
    if view.who is not None:
        note("file-exported", request, case_id=view.case.id)
        await _leave_line(desk, view.case.id, cause_of(None, "export", view.case.id, view.who))
    members = await _members(request, desk, view)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{view.application.reference}.zip"',
    }
    return StreamingResponse(zipped(members), headers=headers, media_type="application/zip")


async def _leave_line(desk: Desk, case_id: str, cause: Cause) -> None:
    """Nothing changes, and the trail says who took it out."""
    await desk.store.cases.step(case_id, lambda state, _: Step(need(state)), cause)


async def _members(request: Request, desk: Desk, view: View) -> list[Member]:
    """Everything but the documents is small and made before the first byte is sent, so that what cannot be made is an
    error and no broken file."""
    application, zone = view.application, ZoneInfo(desk.town.timezone)
    staff = view.viewer == "staff"
    showing = show_to(request, staff=staff)
    told = await showing.full(application, await desk.store.older_timeline(view.case.id))
    letter = await desk.store.letter(view.case.id)
    files = [(_name(code, upload), upload) for code, upload in _kept(application, staff=staff)]
    at = now().astimezone(zone)
    readable = page(
        request, "whole_file.html", application=told, files=files, seal=letter.seal if letter else None, at=at
    )  # fmt: skip
    texts: Mapping[str, Any] = {
        "application.json": told,
        "timeline.json": told["timeline"],
        "checks.json": told["lane"],
        "decision.json": {"decision": told["decision"], "signature": letter.seal if letter else None},
        "documents.json": [{"file": name, **upload.model_dump(exclude={"id"})} for name, upload in files],
    }
    return [
        Member("index.html", at, at_once(bytes(readable.body)), packed=False),
        *(Member(name, at, at_once(to_json(value, indent=2)), packed=False) for name, value in texts.items()),
        *[Member(name, at, at_once(pdf)) for name, pdf in await _papers(desk, view, letter)],
        *(Member(name, upload.at.astimezone(zone), _read(desk, upload)) for name, upload in files),
    ]


async def _papers(desk: Desk, view: View, letter: StoredLetter | None) -> list[tuple[str, bytes]]:
    application = view.application
    rules, bill = await desk.rules_for(application), application.bill
    papers = [("letter.pdf", letter.pdf)] if letter else []
    paid = shows_payment(application, staff=view.viewer == "staff")
    if bill and bill.payment and bill.payment.receipt and paid:
        papers.append(("receipt.pdf", await make_receipt(application, rules, desk.town)))
    elif bill and bill.is_open:
        papers.append(("invoice.pdf", await make_invoice(application, rules, desk.town)))
    return papers


def _kept(application: Application, *, staff: bool) -> list[tuple[str, Upload]]:
    """Every version of every document whose file is still there; for its holder none that the one before handed in."""
    versions = [(code, upload) for code, uploads in application.documents.items() for upload in uploads]
    kept = [(code, upload) for code, upload in versions if not upload.removed]
    return [(code, upload) for code, upload in kept if staff or application.theirs(upload.at)]


def _name(code: str, upload: Upload) -> str:
    """Of ours alone: what a file was called by whoever sent it is no name to unpack by."""
    return f"documents/{code}-{upload.number}.{ENDINGS.get(upload.media_type, 'bin')}"


def _read(desk: Desk, upload: Upload) -> AsyncIterator[bytes]:
    return desk.store.files.read_file(upload.id, 0, upload.size)
