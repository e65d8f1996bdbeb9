"""Photos come first and by themselves, so that a bad network loses one photo and not the report."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, UploadFile

from services.intake.access import TheDesk
from services.intake.commands import add_photo
from shared.files.pictures import BYTES_MOST, READ_MOST
from shared.web import rate_limit

router = APIRouter(prefix="/api/v1/photos", tags=["reports"])
UPLOAD_MOST = BYTES_MOST + 100_000  # one photo with its multipart envelope
LIMIT = rate_limit("photos", per_minute=60, burst=30)


@router.post("", status_code=201, dependencies=[Depends(LIMIT)], max_body_size=UPLOAD_MOST)
async def upload(desk: TheDesk, photo: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """One JPEG, PNG, WebP or HEIC. `location`: where it was taken, to be offered to the resident, kept nowhere."""
    picture = await add_photo(desk, await photo.read(READ_MOST))
    place = {"latitude": picture.gps[0], "longitude": picture.gps[1]} if picture.gps else None
    return {"id": picture.id, "width": picture.width, "height": picture.height, "location": place}
