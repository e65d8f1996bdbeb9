"""Documents: which files a requirement takes, and the history of what was handed in."""

from collections.abc import Sequence
from typing import Literal

from services.permits.domain.application import Actor, Application, State, need_state, with_entry, with_values
from services.permits.domain.paper import Upload
from services.permits.domain.permit_type import Document, PermitType
from services.permits.domain.signed_request import mark_of
from shared.kernel import Cause, Reject, Step
from shared.words.fold import with_fewer_marks

MEGABYTE = 1024 * 1024
PAGES_MOST = 20  # photos of one document
_STILL_WRITTEN: Sequence[State] = ("draft", "submitted", "documents-requested")
VERSIONS_MOST = 10  # of one document for one request: enough for every slip
VERSIONS_KEPT = 30  # of one document in all: by then an officer has asked for it again and again; older ones go
DocumentState = Literal["missing", "outdated", "optional", "received", "requested", "accepted"]

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def need_document(permit: PermitType, code: str) -> Document:
    """The document of that code; Reject when this permit type has none."""
    document = next((one for one in permit.documents if one.code == code), None)
    if document is None:
        raise Reject("unknown-requirement", f"this permit type has no document {code!r}", status=404)
    return document


def make_printable(filename: str) -> str:
    """A name that can stand on a page and in a list: one line, nothing unseen, nothing drawn over the lines around."""
    return with_fewer_marks("".join(one for one in filename if one.isprintable()))[:200]


def need_wanted(application: Application, permit: PermitType, code: str) -> Document:
    """The document, if a file of it would be taken now: asked before anything of the file is received."""
    document = need_document(permit, code)
    need_state(application, "take documents", "draft", "documents-requested")
    return document


def check_size(document: Document, size: int) -> None:
    """Reject says what is wrong with a file of that many bytes."""
    if not size:
        raise Reject("empty-file", "the file is empty", status=422)
    if size > document.max_mb * MEGABYTE:
        raise Reject("file-too-large", f"the file may have at most {document.max_mb} MB", status=413)


def check_kind(document: Document, media_type: str | None) -> None:
    """Reject for a file of a kind that this requirement does not take; None: of no kind that any takes."""
    if media_type not in document.accepts:
        accepted = ", ".join(ENDINGS[name].upper() for name in document.accepts)
        raise Reject("wrong-file-type", f"this document must be one of: {accepted}", status=415)


def check_pages(document: Document, kinds: Sequence[str | None]) -> None:
    """Several files are the photographed pages of one document, which becomes a PDF; anything else is ambiguous."""
    if "application/pdf" not in document.accepts or "application/pdf" in kinds:
        raise Reject("several-files", "several files can only be pictures, the pages of one document", status=415)


def check_room(application: Application, permit: PermitType, code: str, size: int) -> None:
    """Refuse what is too much. Anybody may open a draft and fill it; each request of an officer makes room again."""
    since = application.request.at if application.request else application.created_at
    counted = {
        name: [upload for upload in uploads if upload.at >= since] for name, uploads in application.documents.items()
    }
    if len(counted.get(code, ())) >= VERSIONS_MOST:
        raise Reject(
            "too-many-versions", f"this document was handed in {VERSIONS_MOST} times; ask the office", status=422
        )
    most = 2 * sum(document.max_mb for document in permit.documents)  # each of them, and each replaced
    if sum(upload.size for uploads in counted.values() for upload in uploads) + size > most * MEGABYTE:
        raise Reject(
            "application-too-large", f"all files together may have at most {most} MB; ask the office", status=413
        )


def has(application: Application, code: str, sent: str) -> bool:
    """This very file is the one that counts: to hand it in once more would change nothing."""
    latest = application.latest(code)
    return latest is not None and latest.sent_sha256 == sent and _is_there(application, code)


def hand_in(
    application: Application, cause: Cause, permit: PermitType, code: str, upload: Upload
) -> Step[Application] | None:
    """Keep the file as the newest for its requirement; the ones before it stay in the history, the newest of them."""
    need_wanted(application, permit, code)
    if has(application, code, upload.sent_sha256):
        return None
    check_room(application, permit, code, upload.size)
    if is_request_form(permit, code):
        upload = _of_these_answers(application, code, upload)
    latest = application.latest(code)
    numbered = upload.model_copy(update={"number": latest.number + 1 if latest else 1})
    versions = (*application.documents.get(code, ()), numbered)[-VERSIONS_KEPT:]
    after = with_values(application, documents={**application.documents, code: versions})
    entry = "document-replaced" if latest else "document-received"
    return Step(with_entry(after, cause, entry, Actor(), requirement=code))


def is_request_form(permit: PermitType, code: str) -> bool:
    """The law's form, which is printed, signed and handed in as this document."""
    return permit.request_form is not None and permit.request_form.document == code


def _of_these_answers(application: Application, code: str, upload: Upload) -> Upload:
    """The signed request form. A file that was handed in before the answers changed bears those of then."""
    mark = mark_of(application)
    for one in application.documents.get(code, ()):
        if one.sent_sha256 == upload.sent_sha256 and one.form_mark not in ("", mark):
            raise Reject("outdated-form", f"this form was signed with the code {one.form_mark}, not {mark}", status=422)
    return upload.model_copy(update={"form_mark": mark})


def is_outdated(application: Application, code: str) -> bool:
    """It is the signed request form, and what was written has changed since: another is to be printed and signed.
    Nothing changes once it is accepted."""
    upload = application.latest(code)
    if upload is None or not upload.form_mark or application.clock is not None:
        return False
    return application.state in _STILL_WRITTEN and upload.form_mark != mark_of(application)


def list_dropped_files(before: Application, after: Application, code: str) -> list[str]:
    """The files that were in the history of a document and are not any more."""
    remaining = {upload.id for upload in after.documents.get(code, ())}
    return [upload.id for upload in before.documents.get(code, ()) if upload.id not in remaining]


def find_version(application: Application, code: str, number: int | None) -> Upload | None:
    """One version of a document; without a number the newest."""
    if number is None:
        return application.latest(code)
    return next((upload for upload in application.documents.get(code, ()) if upload.number == number), None)


def list_missing_documents(application: Application, permit: PermitType) -> list[Document]:
    """What still has to be handed in: needed and not there, asked for again and not answered, or signed before the
    answers changed."""
    asked = application.request.requirements if application.request else ()
    needed = {document.code for document in permit.documents_for(application.form)}
    return [
        one
        for one in permit.documents
        if (one.code in needed or one.code in asked or is_outdated(application, one.code))
        and not _is_there(application, one.code)
    ]


def _is_there(application: Application, requirement: str) -> bool:
    upload = application.latest(requirement)
    request = application.request
    again = request is not None and requirement in request.requirements
    answered = not (again and request is not None and upload is not None and upload.at <= request.at)
    return upload is not None and answered and not is_outdated(application, requirement)


def list_documents(application: Application, permit: PermitType) -> list[tuple[Document, DocumentState]]:
    """Every document of this form with where it stands: needed ones, asked for ones, and those that may be given."""
    needed = {document.code for document in permit.documents_for(application.form)}
    asked = application.request.requirements if application.request else ()
    listed = [
        document
        for document in permit.documents
        if document.code in needed
        or document.code in application.documents
        or document.code in asked
        or not document.required_when
    ]
    return [(document, _judge_state(application, permit, document, document.code in needed)) for document in listed]


def _judge_state(application: Application, permit: PermitType, document: Document, needed: bool) -> DocumentState:
    lacking = {one.code for one in list_missing_documents(application, permit)}
    if document.code in lacking:
        asked = application.request is not None and document.code in application.request.requirements
        if is_outdated(application, document.code):
            return "outdated"
        return "requested" if asked else "missing"
    if application.latest(document.code) is None:
        return "missing" if needed else "optional"
    return "accepted" if application.clock is not None else "received"
