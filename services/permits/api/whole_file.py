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
from services.permits.domain.letters import Seal
from services.permits.domain.paper import Upload
from services.permits.domain.signed_acts import DECISION, is_for_holder
from services.permits.letter_store import StoredLetter
from services.permits.payment_papers import make_invoice, make_receipt
from services.permits.zipped import Member, at_once, zipped
from shared.kernel import Cause, Step, now
from shared.web import note, page

router = APIRouter(tags=["applications"])


@router.get("/api/v1/applications/{reference}/file.zip", dependencies=[LIMITED])
async def whole_file(request: Request, view: Viewed, desk: AtDesk) -> StreamingResponse:
    """Documents, form, history, checks, decision and what was signed after it with their letters and signatures,
    invoice and receipt. Staff leave a line in the trail."""
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
    letters = await _letters(desk, view)
    letter = letters.get(DECISION)
    files = [(_name(code, upload), upload) for code, upload in _kept(application, staff=staff)]
    at = now().astimezone(zone)
    readable = page(
        request, "whole_file.html", application=told, files=files, seal=letter.seal if letter else None, at=at,
        letters={turn: letter_name(turn) for turn in letters},
    )  # fmt: skip
    texts: Mapping[str, Any] = {
        "application.json": told,
        "timeline.json": told["timeline"],
        "checks.json": told["lane"],
        "decision.json": {"decision": told["decision"], "signature": letter.seal if letter else None},
        "signed.json": [one | {"signature": _seal_of(letters, one["turn"])} for one in told["signed"]],
        "documents.json": [{"file": name, **upload.model_dump(exclude={"id"})} for name, upload in files],
    }
    return [
        Member("index.html", at, at_once(bytes(readable.body)), packed=False),
        *(Member(name, at, at_once(to_json(value, indent=2)), packed=False) for name, value in texts.items()),
        *[Member(name, at, at_once(pdf)) for name, pdf in await _papers(desk, view, letters)],
        *(Member(name, upload.at.astimezone(zone), _read(desk, upload)) for name, upload in files),
    ]


def letter_name(turn: int) -> str:
    """Of the letter of that turn in the archive: the decision's, or one after it."""
    return f"letter-{turn}.pdf" if turn else "letter.pdf"


async def _letters(desk: Desk, view: View) -> dict[int, StoredLetter]:
    """Those that are made and that this reader may have, by their turn."""
    application, staff = view.application, view.viewer == "staff"
    acts = [one.turn for one in application.signed if staff or is_for_holder(application, one)]
    found = {turn: await desk.store.letters.get(view.case.id, turn) for turn in (DECISION, *acts)}
    return {turn: letter for turn, letter in found.items() if letter}


def _seal_of(letters: Mapping[int, StoredLetter], turn: int) -> Seal | None:
    return letters[turn].seal if turn in letters else None


async def _papers(desk: Desk, view: View, letters: Mapping[int, StoredLetter]) -> list[tuple[str, bytes]]:
    application = view.application
    rules, bill = await desk.rules_for(application), application.bill
    papers = [(letter_name(turn), letter.pdf) for turn, letter in letters.items()]
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
