"""For everybody: the register of permits, and whether a decision letter is genuine."""

import hashlib
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from services.permits.api.access import Applications
from services.permits.api.places import register_key, register_place
from services.permits.api.register import entry
from services.permits.codes import read_code
from services.permits.requests import Search
from shared.web import UPLOAD_BYTES, Paging, language_of, page, paging, rate_limit, web_of

router = APIRouter(include_in_schema=False)


@router.get("/register")
async def register(
    request: Request,
    store: Applications,
    pages: Annotated[Paging, Depends(paging)],
    q: Search = "",
    permit_type: str = "",
    zone: str = "",
) -> HTMLResponse:
    """A table that can be searched."""
    town, language = web_of(request).town, language_of(request)
    found = await store.register(permit_type=permit_type or None, zone=zone or None, text=q or None,
                                 after=register_place(pages), limit=pages.fetch)  # fmt: skip
    rows = pages.answer(found, register_key)
    items = [entry(case.state, town, language) for case in rows["items"]]
    return page(request, "register.html", items=items, q=q, permit_type=permit_type, zone=zone, next=rows["next"])


@router.get("/verify")
async def ask(request: Request, code: str = "") -> Response:
    """Type the code of a letter."""
    if code.strip():
        return RedirectResponse(f"/verify/{quote(read_code(code) or code.strip()[:40], safe='')}", 303)
    return page(request, "verify.html", code="", found=None, letter="", checked=None)


@router.get("/verify/{code}")
async def verify(request: Request, code: str, store: Applications) -> HTMLResponse:
    """The register's entry of a letter."""
    return await _verified(request, code, store, None)


@router.post("/verify/{code}", max_body_size=UPLOAD_BYTES,
             dependencies=[Depends(rate_limit("verify", per_minute=30, burst=10))])  # fmt: skip
async def compare(request: Request, code: str, store: Applications) -> HTMLResponse:
    """Compare a copy with the letter that was issued; the copy is not kept."""
    async with request.form() as sent:
        file = sent.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    return await _verified(request, code, store, content)


async def _verified(request: Request, code: str, store: Applications, copy: bytes | None) -> HTMLResponse:
    read = read_code(code)
    case = await store.find_verified(read) if read else None
    if case is None:
        return page(request, "verify.html", status_code=404, code=code[:40], found=None, letter="", checked=None)
    letter = case.state.letter.sha256 if case.state.letter else ""
    checked: dict[str, Any] | None = None
    if copy is not None and letter:
        digest = hashlib.sha256(copy).hexdigest()
        checked = {"same": digest == letter, "sha256": digest, "empty": not copy}
    found = entry(case.state, web_of(request).town, language_of(request))
    return page(request, "verify.html", code=read, found=found, letter=letter, checked=checked)
