"""Photos of a visit on their way into its report: written anew, kept, and named by the visit; or taken out again."""

import hashlib
from datetime import datetime

from services.permits.commands import Desk
from services.permits.domain import inspections
from services.permits.domain.application import Application, need
from services.permits.domain.forgetting import files_of
from services.permits.domain.permit_life import Photo
from shared.files import apart
from shared.files.pictures import Picture, Sizes, develop
from shared.kernel import Case, Cause, Reject, Step

_JPEG = "image/jpeg"
_SIZES = Sizes()


async def add_photo(
    desk: Desk, case: Case[Application], inspection: str, raw: bytes, cause: Cause
) -> Case[Application]:
    """One photo, made small and free of what the camera wrote into it. The same once more changes nothing."""
    visit = inspections.need_unreported(case.state, cause.at, desk.town, inspection)  # else it is not even opened
    async with apart.TURNS:  # its memory is that of a document which is judged
        picture = await develop(raw, _SIZES)
    sha256 = hashlib.sha256(picture.jpeg).hexdigest()
    if inspections.has_photo(visit, sha256):
        return case
    inspections.need_room(visit)  # and once more in the step: before it is stored
    photo = await _keep(desk, case.id, picture, sha256, cause.at)

    def add(state: Application | None, cause: Cause) -> Step[Application] | None:
        return inspections.add_photo(need(state), cause, desk.town, inspection, photo)

    try:
        after = await desk.store.applications.step(case.id, add, cause)
    except Reject:
        await _forget(desk, photo.id, photo.thumbnail)
        raise
    if photo.id not in files_of(after.state):  # a repetition: the files of the first one are kept
        await _forget(desk, photo.id, photo.thumbnail)
    return after


async def take_out_photo(
    desk: Desk, case: Case[Application], inspection: str, number: int, cause: Cause
) -> Case[Application]:
    """Take a photo out of the visit's report, then remove its files; a stop in between leaves files that a sweep
    finds."""

    def take_out(state: Application | None, cause: Cause) -> Step[Application] | None:
        return inspections.take_out_photo(need(state), cause, desk.town, inspection, number)

    after = await desk.store.applications.step(case.id, take_out, cause)
    left = files_of(after.state)
    await _forget(desk, *(file_id for file_id in files_of(case.state) if file_id not in left))
    return after


async def _keep(desk: Desk, case_id: str, picture: Picture, sha256: str, at: datetime) -> Photo:
    files = desk.store.files
    kept = await files.keep(case_id, picture.jpeg, _JPEG)
    thumbnail = await files.keep(case_id, picture.thumbnail, _JPEG)
    return Photo(id=kept, thumbnail=thumbnail, sha256=sha256, size=len(picture.jpeg), at=at)


async def _forget(desk: Desk, *files: str) -> None:
    for file_id in files:
        await desk.store.files.forget_file(file_id)
