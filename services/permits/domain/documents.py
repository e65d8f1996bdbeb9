"""Documents: what a file really is, whether the requirement takes it, and the history of what was handed in."""

from typing import Literal

from services.permits.domain.application import Actor, Application, Upload, changed, need_state, told
from shared.kernel import Cause, Reject, Step
from shared.town.models import Document, PermitType

MEGABYTE = 1024 * 1024
VERSIONS_MOST = 10  # of one document: enough for every slip, and a case stays small
DocumentState = Literal["missing", "optional", "received", "requested", "accepted"]

_MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def kind_of(content: bytes) -> str | None:
    """What the file is by its first bytes, whatever its name claims."""
    return next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)


def requirement(permit: PermitType, code: str) -> Document:
    """The document of that code; Reject when this permit type has none."""
    found = next((document for document in permit.documents if document.code == code), None)
    if found is None:
        raise Reject("unknown-requirement", f"this permit type has no document {code!r}", status=404)
    return found


def check_file(document: Document, content: bytes) -> str:
    """The media type of an acceptable file; Reject says what is wrong with another."""
    if not content:
        raise Reject("empty-file", "the file is empty", status=422)
    if len(content) > document.max_mb * MEGABYTE:
        raise Reject("file-too-large", f"the file may have at most {document.max_mb} MB", status=413)
    kind = kind_of(content)
    if kind is None or kind not in document.accepts:
        accepted = ", ".join(ENDINGS[name].upper() for name in document.accepts)
        raise Reject("wrong-file-type", f"this document must be one of: {accepted}", status=415)
    return kind


def check_room(case: Application, permit: PermitType, code: str, size: int) -> None:
    """Refuse what is too much. Anybody may open a draft and fill it; each request of an officer makes room again."""
    since = case.request.at if case.request else case.created_at
    counted = {name: [upload for upload in uploads if upload.at >= since] for name, uploads in case.documents.items()}
    if len(counted.get(code, ())) >= VERSIONS_MOST:
        raise Reject("too-many-versions", f"this document was handed in {VERSIONS_MOST} times; ask the office",
                     status=422)  # fmt: skip
    most = 2 * sum(document.max_mb for document in permit.documents)  # each of them, and each replaced
    if sum(upload.size for uploads in counted.values() for upload in uploads) + size > most * MEGABYTE:
        raise Reject("application-too-large", f"all files together may have at most {most} MB; ask the office",
                     status=413)  # fmt: skip


def has(case: Application, code: str, sha256: str) -> bool:
    """This very file is the one that counts: to hand it in once more would change nothing."""
    latest = case.latest(code)
    return latest is not None and latest.sha256 == sha256 and _there(case, code)


def hand_in(case: Application, cause: Cause, permit: PermitType, code: str,
            upload: Upload) -> Step[Application] | None:  # fmt: skip
    """Keep the file as the newest for its requirement; the one before it stays in the history."""
    need_state(case, "take documents", "draft", "documents-requested")
    if has(case, code, upload.sha256):
        return None
    check_room(case, permit, code, upload.size)
    documents = {**case.documents, code: (*case.documents.get(code, ()), upload)}
    entry = "document-replaced" if case.latest(code) else "document-received"
    return Step(told(changed(case, documents=documents), cause, entry, Actor(), requirement=code))


def missing_documents(case: Application, permit: PermitType) -> list[Document]:
    """What still has to be handed in: needed and not there, or asked for again and not answered."""
    asked = case.request.requirements if case.request else ()
    needed = {document.code for document in permit.documents_for(dict(case.form))}
    return [d for d in permit.documents if (d.code in needed or d.code in asked) and not _there(case, d.code)]


def _there(case: Application, requirement: str) -> bool:
    upload = case.latest(requirement)
    request = case.request
    again = request is not None and requirement in request.requirements
    return upload is not None and not (again and request is not None and upload.at <= request.at)


def wanted(case: Application, permit: PermitType) -> list[tuple[Document, DocumentState]]:
    """Every document of this form with where it stands: needed ones, asked for ones, and those that may be given."""
    needed = {document.code for document in permit.documents_for(dict(case.form))}
    may_be_given = [d for d in permit.documents if d.code in needed or d.code in case.documents
                    or not d.required_when or (case.request and d.code in case.request.requirements)]  # fmt: skip
    return [(document, _state(case, permit, document, document.code in needed)) for document in may_be_given]


def _state(case: Application, permit: PermitType, document: Document, needed: bool) -> DocumentState:
    lacking = {one.code for one in missing_documents(case, permit)}
    if document.code in lacking:
        return "requested" if case.request and document.code in case.request.requirements else "missing"
    if case.latest(document.code) is None:
        return "missing" if needed else "optional"
    return "accepted" if case.clock is not None else "received"
