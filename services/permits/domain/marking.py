"""Marks on a document: the places where an officer found something wrong, each with its words. They are part of what
was found about that very file, so another one never carries them."""

from collections.abc import Sequence
from datetime import datetime

from services.permits.domain.application import Actor, Application, need_state, with_values
from services.permits.domain.findings import list_current, need_read
from services.permits.domain.paper import Finding, Mark, Upload
from shared.kernel import Cause, Reject, Step

MARKS_MOST = 30  # of one document: a drawing with more faults is to be drawn anew


def mark_document(
    application: Application,
    cause: Cause,
    officer: Actor,
    requirement: str,
    sha256: str,
    marks: Sequence[Mark],
    read_at: datetime | None,
) -> Step[Application] | None:
    """The marks of a document, all of them anew, which make it one that is to be replaced. `sha256`: of the file that
    was looked at; `read_at`: when what was known of it then was found. None: nothing changes."""
    need_state(application, "mark documents", "submitted", "accepted", "examined")
    upload, before = application.latest(requirement), list_current(application).get(requirement)
    if upload is None:
        raise Reject("unknown-requirement", f"no document {requirement!r} was handed in", status=422)
    if upload.sha256 != sha256:
        raise Reject("document-replaced", "the document has been replaced since: look at the new one")
    need_read(requirement, before, read_at)
    _need_pages(upload, marks)
    if tuple(marks) == (before.marks if before else ()):
        return None
    findings = {code: one for code, one in application.findings.items() if code != requirement}
    reason, page = (before.note, before.page) if before and before.verdict == "replace" else ("", None)
    if marks or reason:
        findings[requirement] = Finding(
            version=upload.number,
            sha256=sha256,
            verdict="replace",
            note=reason,
            page=page,
            marks=tuple(marks),
            name=officer.name,
            at=cause.at,
        )
    return Step(with_values(application, findings=findings))


def _need_pages(upload: Upload, marks: Sequence[Mark]) -> None:
    last = max((mark.page for mark in marks), default=0)
    if upload.pages and last > upload.pages:
        raise Reject("no-such-page", f"the document has {upload.pages} pages, none is number {last}", status=422)


def group_marks(finding: Finding) -> dict[int, list[tuple[int, Mark]]]:
    """The pages on which something can be drawn, each with its marks and their numbers, which count through the
    document."""
    pages: dict[int, list[tuple[int, Mark]]] = {}
    for number, mark in enumerate(finding.marks, 1):
        if mark.placed:
            pages.setdefault(mark.page, []).append((number, mark))
    return dict(sorted(pages.items()))
