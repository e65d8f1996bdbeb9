"""A document on its way into an application: asked for, received, opened whole, kept, and made its newest version."""

from collections.abc import Sequence
from pathlib import Path

from services.permits import request_form
from services.permits.commands import Desk
from services.permits.domain import documents
from services.permits.domain.application import Application, need
from services.permits.domain.paper import Upload
from services.permits.domain.permit_type import Document, PermitType
from shared.files.documents import Document as SoundFile
from shared.files.documents import claim_of, judge_file, judge_pages
from shared.kernel import Case, Cause, Reject


async def need_wanted_document(desk: Desk, case: Case[Application], code: str) -> Document:
    """What is asked before a file is received: `Reject` when this application takes none of it now."""
    permit = (await desk.rules_for(case.state)).permit
    return documents.need_wanted(case.state, permit, code)


async def hand_in_document(
    desk: Desk, case: Case[Application], code: str, files: Sequence[Path], filename: str, cause: Cause
) -> Case[Application]:
    """A document, opened whole before it is kept; of several photos one PDF is made. The same once more changes
    nothing."""
    permit = (await desk.rules_for(case.state)).permit
    document, claims = documents.need_wanted(case.state, permit, code), [await claim_of(file) for file in files]
    size = sum(bytes_each for _, bytes_each in claims)
    documents.check_size(document, size)
    for kind, _ in claims:
        documents.check_kind(document, kind)  # what cannot be taken anyway is not opened
    documents.check_room(case.state, permit, code, size)  # and once more in the step: before it is stored
    if case.state.state == "draft":
        await desk.budget.need(size)
    together = len(files) > 1
    if together:
        documents.check_pages(document, [kind for kind, _ in claims])
    async with judge_pages(files, desk.scanner) if together else judge_file(files[0], desk.scanner) as sound:
        if documents.has(case.state, code, sound.sent):
            return case
        if not together and documents.is_request_form(permit, code):
            await _need_signed(desk, case, permit, sound)
        file_id = await desk.store.files.keep_file(case.id, sound.path, sound.media_type)
    upload = Upload(
        id=file_id,
        sha256=sound.sha256,
        sent_sha256=sound.sent,
        size=sound.size,
        media_type=sound.media_type,
        filename=documents.make_printable(filename) or code,
        pages=sound.pages,
        at=cause.at,
    )
    return await _keep_version(desk, case, permit, code, upload, cause)


async def _need_signed(desk: Desk, case: Case[Application], permit: PermitType, sound: SoundFile) -> None:
    """Reject the request form as it was printed."""
    if await request_form.is_unsigned(sound.path, case.state, permit, desk.town):
        raise Reject("unsigned-form", "this is the form as it was printed: sign it, then send a scan of it", status=422)


async def _keep_version(
    desk: Desk, case: Case[Application], permit: PermitType, code: str, upload: Upload, cause: Cause
) -> Case[Application]:
    """The stored file becomes the newest version; files that no version names any more go."""
    try:
        after = await desk.store.applications.step(
            case.id, lambda state, cause: documents.hand_in(need(state), cause, permit, code, upload), cause
        )
    except Reject:
        await desk.store.files.forget_file(upload.id)
        raise
    versions = after.state.documents.get(code, ())
    # A repetition: the file of the first one is kept.
    unused = [] if upload.id in {one.id for one in versions} else [upload.id]
    for dropped in [*unused, *documents.list_dropped_files(case.state, after.state, code)]:
        await desk.store.files.forget_file(dropped)
    if upload.sent_sha256 not in {one.sent_sha256 for one in versions}:
        raise Reject("idempotency-key-reused", "this key was used for another file", status=422)
    return after
