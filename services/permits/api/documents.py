"""Documents, the decision letter and the letters of what was signed after it, over HTTP."""

from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response, StreamingResponse

from services.permits.access import Key, TheDesk, TheVisit, Visit, cause_of
from services.permits.api.views import answer
from services.permits.commands import Desk
from services.permits.domain.documents import ENDINGS, MEGABYTE, PAGES_MOST, find_version
from services.permits.domain.signed_acts import DECISION, act_of, is_for_holder
from services.permits.request_form import make as make_request_form
from services.permits.uploads import hand_in_document, need_wanted_document
from shared.kernel import now
from shared.web import UPLOAD_BYTES, Problem, note, rate_limit
from shared.web.headers import SANDBOXED
from shared.web.ranges import read_wanted_part
from shared.web.uploads import receive_files

router = APIRouter(prefix="/api/v1/applications/{reference}", tags=["applications"])
PRIVATE = {"Cache-Control": "private, no-store", **SANDBOXED}
_LIMITED = Depends(rate_limit("documents", per_minute=120, burst=60))


@router.put("/documents/{requirement}", max_body_size=UPLOAD_BYTES, dependencies=[_LIMITED])
async def receive(
    request: Request,
    requirement: str,
    visit: TheVisit,
    desk: TheDesk,
    key: Key,
    filename: Annotated[str | None, Header(alias="X-Filename", max_length=600)] = None,
) -> dict[str, Any]:
    """The file as the body, or the files of a multipart form: several pictures become the pages of one PDF. Types are
    what the bytes say."""
    visit.need("applicant")
    document = await need_wanted_document(desk, visit.case, requirement)
    async with receive_files(request, most=document.max_mb * MEGABYTE, count=PAGES_MOST) as files:
        if not files:
            raise Problem(422, "no-file", "the form holds no file")
        name = files[0].name or unquote(filename or "") or requirement
        cause = cause_of(key, "document", f"{visit.case.id}:{requirement}", by=visit.signed_in)
        case = await hand_in_document(desk, visit.case, requirement, [file.path for file in files], name, cause)
    return await answer(request, visit, case)


@router.get("/documents/{requirement}")
async def document(
    request: Request, requirement: str, visit: TheVisit, desk: TheDesk, version: int | None = None
) -> Response:
    """The file as it is kept, or the part that `Range` asks for; `version` is its number, without it the newest."""
    visit.need("applicant", "staff")
    upload = find_version(visit.application, requirement, version)
    if upload is None or upload.removed or not (visit.viewer == "staff" or visit.application.theirs(upload.at)):
        raise Problem(404, "http-404")
    note_read(request, visit, requirement=requirement, version=upload.number)
    ending = ENDINGS.get(upload.media_type, "bin")
    name = f"{visit.application.reference}-{requirement}-{upload.number}.{ending}"
    etag = f'"{upload.sha256}"'
    part = read_wanted_part(request, upload.size, etag)
    content = desk.store.files.read_file(upload.id, part.start, part.length)
    headers = {**PRIVATE, **part.headers, "Content-Disposition": f'inline; filename="{name}"', "ETag": etag}
    return StreamingResponse(content, part.status, headers, media_type=upload.media_type)


@router.get("/letter")
async def letter(request: Request, visit: TheVisit, desk: TheDesk) -> Response:
    """The decision letter; 404 with `letter-not-ready` while it is being made."""
    visit.need("applicant", "staff")
    return await _letter(request, visit, desk, DECISION)


@router.get("/letters/{turn}")
async def act_letter(
    request: Request, turn: Annotated[int, Path(ge=1, le=9999)], visit: TheVisit, desk: TheDesk
) -> Response:
    """The letter of what was signed after the decision, by its turn: more time or none, another holder, a revocation,
    the end of an appeal. 404 with `letter-not-ready` while it is being made."""
    visit.need("applicant", "staff")
    act = act_of(visit.application, turn)
    if act is None or not (visit.viewer == "staff" or is_for_holder(visit.application, act)):
        raise Problem(404, "http-404")
    return await _letter(request, visit, desk, turn)


async def _letter(request: Request, visit: Visit, desk: Desk, turn: int) -> Response:
    issued = await desk.store.letters.get(visit.case.id, turn)
    if issued is None:
        raise Problem(404, "letter-not-ready", headers={"Retry-After": "5"})
    note_read(request, visit, requirement="letter", turn=turn)
    name = visit.application.reference + (f"-{turn}" if turn else "")
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}.pdf"', "ETag": f'"{issued.sha256}"'}
    return Response(issued.pdf, media_type="application/pdf", headers=headers)


@router.get("/request-form", dependencies=[_LIMITED])
async def request_form(visit: TheVisit, desk: TheDesk) -> Response:
    """The law's request form with what was written in it so far, as PDF to be signed by hand."""
    visit.need("applicant", "staff")
    permit = (await desk.rules_for(visit.application)).permit
    pdf = await make_request_form(visit.application, permit, desk.town, now())
    name = f"{visit.application.reference}-request-form.pdf"
    headers = {**PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def note_read(request: Request, visit: Visit, **which: str | int) -> None:
    """The security log tells of what the staff have read; of what is their own, applicants need no line."""
    if visit.viewer == "staff":
        note("document-read", request, case_id=visit.case.id, **which)
