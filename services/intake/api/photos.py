"""Photos come first and by themselves, so that a bad network loses one photo and not the report."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from starlette.datastructures import UploadFile as Upload

from services.intake.api.access import Reports
from services.intake.settings import Settings
from services.intake.store import Store
from shared.kernel import Reject
from shared.pictures import BYTES_MOST, Sizes, develop
from shared.web import rate_limit

router = APIRouter(prefix="/api/v1/photos", tags=["reports"])
UPLOAD_MOST = BYTES_MOST + 100_000  # one photo with its multipart envelope
LIMIT = rate_limit("photos", per_minute=60, burst=30)


@router.post("", status_code=201, dependencies=[Depends(LIMIT)], max_body_size=UPLOAD_MOST)
async def upload(request: Request, store: Reports, photo: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """One JPEG, PNG, WebP or HEIC. `location`: where it was taken, to be offered to the resident, kept nowhere."""
    return await stored(store, request.app.state.settings, photo)


async def stored(store: Store, settings: Settings, photo: Upload) -> dict[str, Any]:
    """Develop and keep one uploaded photo."""
    raw = await photo.read(BYTES_MOST + 1)
    if not raw:
        raise Reject("not-a-photo", "the file is empty", status=415)
    sizes = Sizes(settings.photo_side, settings.thumbnail_side, settings.photo_pixels_most)
    picture = await develop(raw, sizes)
    await store.save_photo(picture)
    place = {"latitude": picture.gps[0], "longitude": picture.gps[1]} if picture.gps else None
    return {"id": picture.id, "width": picture.width, "height": picture.height, "location": place}
