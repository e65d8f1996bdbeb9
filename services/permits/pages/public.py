"""For everybody: whether a letter is genuine, and what it is worth."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.access import TheDesk
from services.permits.api.letters import public_letter, public_letters
from services.permits.api.register import register_entry
from services.permits.api.views import show_to
from services.permits.commands import Desk
from services.permits.copies import Comparison, compare_copy
from services.permits.domain.application import Application
from services.permits.domain.signed_acts import DECISION, letters_of, turn_of_code, turn_of_file
from services.permits.letter_store import StoredLetter
from shared.kernel import Case, Reject
from shared.references import read_code
from shared.web import page, rate_limit
from shared.web.uploads import MEGABYTE, receive_file

router = APIRouter(include_in_schema=False)
LETTER_MOST = 10 * MEGABYTE  # letters have some hundred thousand bytes, and more with what others sign after us
NOTHING: Mapping[str, Any] = {"entry": None, "seal": None, "comparison": None, "most": 0, "missing": False}
_LIMITED = Depends(rate_limit("verify", per_minute=30, burst=10))


@router.get("/verify")
async def ask(request: Request, code: str | None = None) -> Response:
    """Type the code of a letter."""
    if code and code.strip():
        return RedirectResponse(f"/verify/{quote(read_code(code) or code.strip()[:40], safe='')}", 303)
    missing = code is not None  # the form was sent empty
    return page(request, "verify.html", status_code=422 if missing else 200, code="", **{**NOTHING, "missing": missing})


@router.get("/verify/{code}")
async def verify(request: Request, code: str, desk: TheDesk) -> HTMLResponse:
    """The register's entry of a letter."""
    return await _page(request, await _find_verified(desk, code), code)


@router.post("/verify/{code}", max_body_size=LETTER_MOST + MEGABYTE, dependencies=[_LIMITED])
async def compare(request: Request, code: str, desk: TheDesk) -> HTMLResponse:
    """Compare a copy with the letter that was issued, and check its seal; the copy is not kept, and not received
    without a letter. A copy of another letter of the same permit is said to be that."""
    case = await _find_verified(desk, code)
    turn = turn_of_code(case.state, read_code(code) or "") if case else DECISION
    letter = await desk.store.letters.get(case.id, turn) if case else None
    if case is None or letter is None:
        return await _page(request, case, code)
    try:
        async with receive_file(request, most=LETTER_MOST) as file:
            if file is None or not file.size:
                return await _page(request, case, code, Comparison(empty=True))
            found, of = await _compare_letters(desk, case, file.path, turn, letter)
    except Reject:  # no letter is so large
        return await _page(request, case, code, Comparison(too_large=True))
    return await _page(request, case, code, found, of if of != turn else None)


async def _compare_letters(
    desk: Desk, case: Case[Application], copy: Path, turn: int, letter: StoredLetter
) -> tuple[Comparison, int]:
    """What the copy is worth beside the letter that was asked about; or beside the other one that it is."""
    found = await compare_copy(copy, letter)
    other = None if found.same else turn_of_file(case.state, found.sha256)
    issued = await desk.store.letters.get(case.id, other) if other is not None else None
    if other is None or issued is None:
        return found, turn
    return await compare_copy(copy, issued), other


async def _find_verified(desk: Desk, code: str) -> Case[Application] | None:
    verify_code = read_code(code)
    return await desk.store.find_verified(verify_code) if verify_code else None


async def _page(
    request: Request,
    case: Case[Application] | None,
    code: str,
    comparison: Comparison | None = None,
    other: int | None = None,
) -> HTMLResponse:
    """`other`: which letter of the permit the copy is, if not the one of this code."""
    read = read_code(code)
    if case is None or read is None:
        return page(request, "verify.html", status_code=404, code=code[:40], **NOTHING)
    showing, letters = show_to(request), dict(letters_of(case.state))
    asked = letters.get(turn_of_code(case.state, read))
    compared_with = letters.get(other) if other is not None else asked
    return page(
        request,
        "verify.html",
        code=read,
        entry=await register_entry(case.state, showing),
        letters=public_letters(case.state, showing, read),
        other=public_letter(case.state, showing, other) if other is not None else None,
        seal=asked.seal if asked else None,
        sealed_by=compared_with.seal.by if compared_with and compared_with.seal else "",
        comparison=comparison,
        most=LETTER_MOST // MEGABYTE,
    )
