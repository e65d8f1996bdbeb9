"""Photos of visits over HTTP: added one by one before the report, seen by the office, and with the report by the
applicant."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Request, UploadFile
from fastapi.responses import Response, StreamingResponse

from services.permits.access import DESK_LIMITED, Key, Officer, TheDesk, TheVisit, Visit, cause_of, find_for_staff
from services.permits.api.after_decision import InspectionId
from services.permits.api.documents import PRIVATE
from services.permits.api.views import answer
from services.permits.domain.inspections import find_photo
from services.permits.file_store import PIECE
from services.permits.inspection_photos import add_photo, take_out_photo
from shared.files.pictures import BYTES_MOST, READ_MOST
from shared.kernel import Cause
from shared.web import Problem, note

router = APIRouter(prefix="/api/v1/applications/{reference}/inspections/{inspection}/photos", tags=["permits"])
PhotoNumber = Annotated[int, Path(ge=1, le=1_000_000)]
_ENVELOPE = 100_000  # bytes of the form around the photo


@router.post("", status_code=201, max_body_size=BYTES_MOST + _ENVELOPE, dependencies=[DESK_LIMITED])
async def add(
    request: Request,
    reference: str,
    inspection: InspectionId,
    photo: Annotated[UploadFile, File()],
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """One photo as multipart field `photo`, JPEG, PNG, WebP or HEIC. Where it was taken and with what is not kept."""
    case = await find_for_staff(request, desk, reference, who)
    raw = await photo.read(READ_MOST)
    scope, content = f"inspection-photo:{case.id}:{inspection}:{who.sub}", hashlib.sha256(raw).hexdigest()
    cause = Cause.request(key=key, scope=scope, content=content, by=who, act="inspection-photo")
    return await answer(request, Visit(await add_photo(desk, case, inspection, raw, cause), "staff", who))


@router.post("/{photo}/remove", dependencies=[DESK_LIMITED])
async def remove(
    request: Request,
    reference: str,
    inspection: InspectionId,
    photo: PhotoNumber,
    desk: TheDesk,
    who: Officer,
    key: Key,
) -> dict[str, Any]:
    """Take out a photo that shows the wrong thing, before the report."""
    case = await find_for_staff(request, desk, reference, who)
    cause = cause_of(key, "inspection-photo-removed", f"{case.id}:{inspection}:{photo}", who)
    return await answer(request, Visit(await take_out_photo(desk, case, inspection, photo, cause), "staff", who))


@router.get("/{photo}", response_class=Response)
async def see(
    request: Request, inspection: InspectionId, photo: PhotoNumber, visit: TheVisit, desk: TheDesk, size: str = "full"
) -> Response:
    """The photo as JPEG; `size=thumbnail` for a small one."""
    visit.need("applicant", "staff")
    found = find_photo(visit.application, inspection, photo, staff=visit.viewer == "staff")
    if found is None:
        raise Problem(404, "http-404")
    if size == "thumbnail":
        content = desk.store.files.read_file(found.thumbnail, 0, PIECE)
        return StreamingResponse(content, headers=PRIVATE, media_type="image/jpeg")
    if visit.viewer == "staff":
        note("document-read", request, case_id=visit.case.id, requirement="inspection-photo", version=photo)
    content = desk.store.files.read_file(found.id, 0, found.size)
    headers = {**PRIVATE, "Content-Length": str(found.size), "ETag": f'"{found.sha256}"'}
    return StreamingResponse(content, headers=headers, media_type="image/jpeg")
