"""Photos of the work: sent before it is completed, seen by whoever was given the path."""

from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile

from services.dispatch.access import TheDesk, Worker
from services.dispatch.commands import add_photo
from shared.files.pictures import BYTES_MOST, READ_MOST
from shared.web import Problem
from shared.web.headers import SANDBOXED

router = APIRouter(prefix="/api/v1/work-orders/{order_id}/photos", tags=["work orders"])


@router.post("", status_code=201, max_body_size=BYTES_MOST + 100_000)
async def send_photo(order_id: str, photo: Annotated[UploadFile, File()], desk: TheDesk, who: Worker) -> dict[str, str]:
    """One photo as multipart field `photo`; the same photo again is the same path."""
    return {"path": await add_photo(desk, who, order_id, await photo.read(READ_MOST))}


@router.get("/{name}", response_class=Response)
async def see_photo(order_id: str, name: str, desk: TheDesk) -> Response:
    """No sign-in: the path cannot be guessed, and residents see it on their report's page."""
    found = await desk.store.photos.find(order_id, name)
    if found is None:
        raise Problem(404, "http-404")
    forever = {"Cache-Control": "private, max-age=31536000, immutable", **SANDBOXED}
    return Response(found.content, media_type=found.kind, headers=forever)
