"""For everybody: the register of permits, and whether a decision letter is genuine."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.permits.access import AtDesk
from services.permits.api.places import register_key
from services.permits.api.register import register_entry
from services.permits.api.views import show_to
from services.permits.bodies import Search
from services.permits.codes import read_code, read_search
from services.permits.commands import Desk
from services.permits.copies import Comparison, compared
from services.permits.domain.application import Application
from shared.kernel import Case, Reject
from shared.web import Paging, page, paging, rate_limit, time_place
from shared.web.uploads import MEGABYTE, received_file

router = APIRouter(include_in_schema=False)
OF_PERMITS = ("in-force", "expired", "completed", "revoked")  # what stands in the register is worth one of these
LETTER_MOST = 10 * MEGABYTE  # letters have some hundred thousand bytes, and more with what others sign after us
NOTHING: Mapping[str, Any] = {"entry": None, "letter": "", "seal": None, "comparison": None, "most": 0}
_LIMITED = Depends(rate_limit("verify", per_minute=30, burst=10))


@router.get("/register")
async def register(
    request: Request,
    desk: AtDesk,
    pages: Annotated[Paging, Depends(paging)],
    q: Search = "",
    permit_type: str = "",
    zone: str = "",
    standing: str = "",
) -> HTMLResponse:
    """A table that can be searched."""
    cases = await desk.store.list_register(
        permit_type=permit_type or None,
        zone=zone or None,
        standing=standing or None,
        sought=read_search(desk.town.reference_prefix, q or ""),
        after=time_place(pages),
        limit=pages.fetch,
    )
    rows = pages.answer(cases, register_key)
    showing = show_to(request)
    items = [await register_entry(case.state, showing) for case in rows["items"]]
    standings = [(code, showing.say(f"standing.{code}")) for code in OF_PERMITS]
    asked: dict[str, Any] = {"q": q, "permit_type": permit_type, "zone": zone, "standing": standing}
    return page(request, "register.html", items=items, **asked, standings=standings, next=rows["next"])


@router.get("/verify")
async def ask(request: Request, code: str = "") -> Response:
    """Type the code of a letter."""
    if code.strip():
        return RedirectResponse(f"/verify/{quote(read_code(code) or code.strip()[:40], safe='')}", 303)
    return page(request, "verify.html", code="", **NOTHING)


@router.get("/verify/{code}")
async def verify(request: Request, code: str, desk: AtDesk) -> HTMLResponse:
    """The register's entry of a letter."""
    return await _page(request, await _verified(desk, code), code)


@router.post("/verify/{code}", max_body_size=LETTER_MOST + MEGABYTE, dependencies=[_LIMITED])
async def compare(request: Request, code: str, desk: AtDesk) -> HTMLResponse:
    """Compare a copy with the letter that was issued, and check its seal; the copy is not kept, and not received
    without a letter."""
    case = await _verified(desk, code)
    letter = await desk.store.letter(case.id) if case else None
    if case is None or letter is None:
        return await _page(request, case, code)
    try:
        async with received_file(request, most=LETTER_MOST) as file:
            found = await compared(file.path, letter) if file and file.size else Comparison(empty=True)
    except Reject:  # no letter is so large
        found = Comparison(too_large=True)
    return await _page(request, case, code, found)


async def _verified(desk: Desk, code: str) -> Case[Application] | None:
    verify_code = read_code(code)
    return await desk.store.find_verified(verify_code) if verify_code else None


async def _page(
    request: Request, case: Case[Application] | None, code: str, comparison: Comparison | None = None
) -> HTMLResponse:
    if case is None:
        return page(request, "verify.html", status_code=404, code=code[:40], **NOTHING)
    letter = case.state.letter
    return page(
        request,
        "verify.html",
        code=read_code(code),
        entry=await register_entry(case.state, show_to(request)),
        letter=letter.sha256 if letter else "",
        seal=letter.seal if letter else None,
        comparison=comparison,
        most=LETTER_MOST // MEGABYTE,
    )
