"""Documents and the decision letter over HTTP."""

from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import UploadFile

from services.permits.api.access import Applications, Key, Seen, SeenApplication, cause_of
from services.permits.api.applications import AtOffice, answer
from services.permits.domain.documents import ENDINGS
from shared.web import UPLOAD_BYTES, Problem, rate_limit

router = APIRouter(prefix="/api/v1/applications/{reference}", tags=["applications"])
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@router.put("/documents/{requirement}", max_body_size=UPLOAD_BYTES,
            dependencies=[Depends(rate_limit("documents", per_minute=120, burst=60))])  # fmt: skip
async def hand_in(
    request: Request,
    requirement: str,
    seen: SeenApplication,
    office: AtOffice,
    key: Key,
    filename: Annotated[str | None, Header(alias="X-Filename", max_length=600)] = None,
) -> dict[str, Any]:
    """The file as the body, or as the first file of a multipart form. Its type is what its bytes say."""
    seen.need("applicant")
    content, name = await _file(request, unquote(filename or ""))
    case = await office.hand_in(seen.case, requirement, content, name or requirement,
                                cause_of(key, f"document-{requirement}", seen.case.id))  # fmt: skip
    return answer(request, Seen(case, seen.viewer))


async def _file(request: Request, name: str) -> tuple[bytes, str]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body(), name
    async with request.form() as form:
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read(), value.filename or name
    raise Problem(422, "no-file", "the form holds no file")


@router.get("/documents/{requirement}")
async def document(requirement: str, seen: SeenApplication, store: Applications,
                   version: int | None = None) -> Response:  # fmt: skip
    """The file as it was handed in; `version` counts from 1, without it the newest."""
    seen.need("applicant", "staff")
    uploads = seen.application.documents.get(requirement, ())
    number = len(uploads) if version is None else version
    if not 1 <= number <= len(uploads):
        raise Problem(404, "http-404")
    upload = uploads[number - 1]
    name = f"{seen.application.reference}-{requirement}-{number}.{ENDINGS[upload.media_type]}"
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}"', "ETag": f'"{upload.sha256}"',
               "Content-Length": str(upload.size)}  # fmt: skip
    return StreamingResponse(store.read_file(upload.id), media_type=upload.media_type, headers=headers)


@router.get("/letter")
async def letter(seen: SeenApplication, store: Applications) -> Response:
    """The decision letter; 404 with `letter-not-ready` while it is being made."""
    seen.need("applicant", "staff")
    kept = await store.letter(seen.case.id)
    if kept is None:
        raise Problem(404, "letter-not-ready", headers={"Retry-After": "5"})
    name = quote(f"{seen.application.reference}.pdf")
    headers = {**_PRIVATE, "Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{kept.sha256}"'}
    return Response(kept.pdf, media_type="application/pdf", headers=headers)
