"""What an officer found about each handed-in document: good, or to be replaced, with the reason and the places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.permits.domain.application import Actor, Application, need_state, with_values
from services.permits.domain.paper import Finding, Verdict
from services.permits.domain.permit_type import PermitType, Text
from shared.kernel import Cause, Reject, Step

PAGE = Text(th="หน้า", en="page")
AND_MORE = Text(
    th="และข้ออื่นตามที่แสดงไว้ข้างเอกสารในหน้าคำขอ", en="and more, as shown beside the documents of the application"
)
NOTE_MOST = 4000  # characters of a request: what an event's free text holds


@dataclass(frozen=True)
class Found:
    """About one document; a reason is needed when it is to be replaced and no place on it is marked. `read_at`: when
    what was known of it then was found."""

    requirement: str
    verdict: Verdict
    reason: str = ""
    page: int | None = None
    read_at: datetime | None = None

    def says(self, finding: Finding) -> bool:
        """Whether this adds nothing to what was found before: the same verdict, words and page."""
        return (self.verdict, self.reason, self.page) == (finding.verdict, finding.note, finding.page)


def note_findings(application: Application, cause: Cause, officer: Actor, found: Sequence[Found]) -> Step[Application]:
    """Write down what was found. It is between the officers until the applicant is asked for more. What is marked on a
    document that is to be replaced stays marked, and what is said again stays as it was said."""
    need_state(application, "note findings", "submitted", "accepted", "examined")
    findings, known = dict(application.findings), list_current(application)
    for one in found:
        upload, before = application.latest(one.requirement), known.get(one.requirement)
        if upload is None:
            raise Reject("unknown-requirement", f"no document {one.requirement!r} was handed in", status=422)
        if before is not None and one.says(before):
            continue
        need_read(one.requirement, before, one.read_at)
        marks = before.marks if before is not None and one.verdict == "replace" else ()
        if one.verdict == "replace" and not (one.reason or marks):
            raise Reject("finding-reason", f"say what is wrong with {one.requirement!r}", status=422)
        findings[one.requirement] = Finding(
            version=upload.number,
            sha256=upload.sha256,
            verdict=one.verdict,
            note=one.reason,
            page=one.page,
            marks=marks,
            name=officer.name,
            at=cause.at,
        )
    return Step(with_values(application, findings=findings))


def need_read(requirement: str, before: Finding | None, read_at: datetime | None) -> None:
    """409 when somebody has found something about the document since it was looked at: it would go without a word."""
    if before is not None and before.at != read_at:
        raise Reject("found-since", f"somebody has noted something about {requirement!r} since: look at it first")


def list_current(application: Application) -> Mapping[str, Finding]:
    """Those about the file that counts: what has been replaced since is to be looked at anew."""
    newest = {code: application.latest(code) for code in application.findings}
    return {
        code: finding
        for code, finding in application.findings.items()
        if (upload := newest[code])
        and upload.number == finding.version
        and finding.sha256 in ("", upload.sha256)  # a finding of before there were marks has none
    }


def to_replace(application: Application) -> list[str]:
    """The documents that were found wrong and have not been replaced."""
    return [code for code, finding in list_current(application).items() if finding.verdict == "replace"]


def list_unjudged(application: Application, permit: PermitType) -> list[str]:
    """The handed-in documents of which nobody has said yet whether they are good; a machine judges some."""
    known = list_current(application)
    return [
        one.code
        for one in permit.documents
        if not one.machine_checked and one.code not in known and application.latest(one.code) is not None
    ]


def told_to_applicant(application: Application, code: str) -> bool:
    """Whether what was found about a document is the applicant's to read: since they were asked for another."""
    asked = application.request is not None and code in application.request.requirements
    return asked and code in to_replace(application)


def as_note(application: Application, permit: PermitType) -> str:
    """What is wrong, document by document and place by place, in the applicant's language: the words of a request for
    more, as long as they may be."""
    language, found = application.applicant.language, list_current(application)
    names = {document.code: document.name.get(language) for document in permit.documents}
    lines = [
        line
        for code in to_replace(application)
        for line in _list_lines_about(names.get(code, code), found[code], language)
    ]
    whole = "\n".join(lines)
    if len(whole) <= NOTE_MOST:
        return whole
    more = AND_MORE.get(language)
    while lines and len("\n".join([*lines, more])) > NOTE_MOST:
        lines.pop()
    return "\n".join([*lines, more])


def _list_lines_about(name: str, finding: Finding, language: str) -> Iterator[str]:
    where = f" ({PAGE.get(language)} {finding.page})" if finding.page else ""
    yield f"{name}{where}: {finding.note}" if finding.note else f"{name}{where}:"
    for number, mark in enumerate(finding.marks, 1):
        yield f"  {number}. {PAGE.get(language)} {mark.page}: {mark.note}"
