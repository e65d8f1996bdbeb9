"""The whole file of an application as one ZIP, for its applicant and for who works on it: to be handed over, filed, or
read where this system is not. Each sees in it what they see on their page."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from itertools import islice
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from services.permits.access import LIMITED, TheDesk, TheVisit, Visit, cause_of
from services.permits.api.bills import list_receipts
from services.permits.api.file_contents import (
    as_filed,
    documents_in,
    list_marked,
    name_marked_page,
    photos_in,
    texts_of,
)
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.domain.application import need
from services.permits.domain.bill import FIRST, Bill
from services.permits.domain.invoices import bills_of, is_owed
from services.permits.domain.paper import Upload
from services.permits.domain.permit_life import Photo
from services.permits.domain.signed_acts import DECISION, is_for_holder
from services.permits.letter_store import StoredLetter
from services.permits.paper_pictures import pictures_of
from services.permits.payment_papers import make_invoice, make_receipt
from services.permits.zipped import Member, at_once, zip_members
from shared.kernel import Cause, Step, Transient, now
from shared.web import note, page

router = APIRouter(tags=["applications"])
_PICTURES_MOST = 20  # of marked pages: each takes some tenths of a second, and the words tell of every mark


@router.get("/api/v1/applications/{reference}/file.zip", dependencies=[LIMITED])
async def whole_file(request: Request, visit: TheVisit, desk: TheDesk) -> StreamingResponse:
    """Documents, what was found about them and where, form, history, checks, visits with their photos, decision and
    what was signed after it with their letters and signatures, invoice and receipt; for staff, who leave a line in the
    trail, also what others were asked."""
    visit.need("applicant", "staff")
    if visit.who is not None:
        note("file-exported", request, case_id=visit.case.id)
        await _leave_line(desk, visit.case.id, cause_of(None, "export", visit.case.id, visit.who))
    members = await _members(request, desk, visit)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{visit.application.reference}.zip"',
    }
    return StreamingResponse(zip_members(members), headers=headers, media_type="application/zip")


async def _leave_line(desk: Desk, case_id: str, cause: Cause) -> None:
    """Nothing changes, and the trail says who took it out."""
    await desk.store.applications.step(case_id, lambda state, _: Step(need(state)), cause)


async def _members(request: Request, desk: Desk, visit: Visit) -> list[Member]:
    """Everything but documents and photos is small and made before the first byte is sent, so that what cannot be made
    is an error and no broken file."""
    application, zone = visit.application, ZoneInfo(desk.town.timezone)
    staff = visit.viewer == "staff"
    showing = show_to(request, staff=staff)
    filed = as_filed(await showing.full(application, await desk.store.read_older_timeline(visit.case.id)))
    letters = await _letters(desk, visit)
    seals = {turn: letter.seal for turn, letter in letters.items()}
    documents, photos = documents_in(application, staff=staff), photos_in(application, staff=staff)
    files: list[tuple[str, Upload | Photo]] = [*documents, *photos]
    texts = texts_of(filed, seals, documents, staff=staff)
    papers = [*await _papers(desk, visit, letters), *await _draw_marked_pages(desk, visit)]
    at, names = now().astimezone(zone), [*(name for name, _ in papers), *texts]
    readable = page(
        request,
        "whole_file.html",
        application=filed,
        files=documents,
        names=names,
        seal=seals.get(DECISION),
        at=at,
        letters={turn: letter_name(turn) for turn in letters},
        staff=staff,
    )
    return [
        Member("index.html", at, at_once(bytes(readable.body)), packed=False),
        *(Member(name, at, at_once(to_json(value, indent=2)), packed=False) for name, value in texts.items()),
        *[Member(name, at, at_once(pdf)) for name, pdf in papers],
        *(Member(name, one.at.astimezone(zone), _read(desk, one)) for name, one in files),
    ]


def letter_name(turn: int) -> str:
    """Of the letter of that turn in the archive: the decision's, or one after it."""
    return f"letter-{turn}.pdf" if turn else "letter.pdf"


async def _letters(desk: Desk, visit: Visit) -> dict[int, StoredLetter]:
    """Those that are made and that this reader may have, by their turn."""
    application, staff = visit.application, visit.viewer == "staff"
    acts = [one.turn for one in application.signed if staff or is_for_holder(application, one)]
    found = {turn: await desk.store.letters.get(visit.case.id, turn) for turn in (DECISION, *acts)}
    return {turn: letter for turn, letter in found.items() if letter}


async def _papers(desk: Desk, visit: Visit, letters: Mapping[int, StoredLetter]) -> list[tuple[str, bytes]]:
    application = visit.application
    rules, bills = await desk.rules_for(application), bills_of(application)
    papers = [(letter_name(turn), letter.pdf) for turn, letter in letters.items()]
    stand = {bill.payment.receipt: _name_paper("receipt", bill) for bill in bills if bill.payment}
    for number in list_receipts(application, staff=visit.viewer == "staff"):
        name = stand.get(number, f"void-{number.replace('/', '-')}.pdf")
        papers.append((name, await make_receipt(application, rules, desk.town, number)))
    owed = [bill for bill in bills if is_owed(application, bill)]
    return papers + [
        (_name_paper("invoice", bill), await make_invoice(application, bill, rules, desk.town)) for bill in owed
    ]


def _name_paper(paper: str, bill: Bill) -> str:
    """`receipt.pdf` of the application's own invoice, `receipt-2.pdf` of the second."""
    return f"{paper}.pdf" if bill.number == FIRST else f"{paper}-{bill.number}.pdf"


async def _draw_marked_pages(desk: Desk, visit: Visit) -> list[tuple[str, bytes]]:
    """What was marked, as it is seen on the page; without those that cannot be drawn now, for its words are there."""
    made: list[tuple[str, bytes]] = []
    for code, upload, pages in list_marked(visit.application, staff=visit.viewer == "staff"):
        wanted = dict(islice(pages.items(), _PICTURES_MOST - len(made)))
        with suppress(Transient):
            pictures = await pictures_of(desk.store.files, upload, wanted)
            made += [(name_marked_page(code, upload.number, page), picture) for page, picture in pictures.items()]
    return made


def _read(desk: Desk, kept: Upload | Photo) -> AsyncIterator[bytes]:
    return desk.store.files.read_file(kept.id, 0, kept.size)
