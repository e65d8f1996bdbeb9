"""What an officer found about each handed-in document: good, or to be replaced, with the reason and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.permits.domain.application import Actor, Application, need_state, with_values
from services.permits.domain.paper import Finding, Verdict
from services.permits.domain.permit_type import PermitType, Text
from shared.kernel import Cause, Reject, Step

PAGE = Text(th="หน้า", en="page")


@dataclass(frozen=True)
class Found:
    """About one document; a reason is needed when it is to be replaced."""

    requirement: str
    verdict: Verdict
    reason: str = ""
    page: int | None = None


def note_findings(application: Application, cause: Cause, officer: Actor, found: Sequence[Found]) -> Step[Application]:
    """Write down what was found. It is between the officers until the applicant is asked for more."""
    need_state(application, "note findings", "submitted", "accepted", "examined")
    findings = dict(application.findings)
    for one in found:
        upload = application.latest(one.requirement)
        if upload is None:
            raise Reject("unknown-requirement", f"no document {one.requirement!r} was handed in", status=422)
        if one.verdict == "replace" and not one.reason:
            raise Reject("finding-reason", f"say what is wrong with {one.requirement!r}", status=422)
        findings[one.requirement] = Finding(
            version=upload.number, verdict=one.verdict, note=one.reason, page=one.page, name=officer.name, at=cause.at
        )
    return Step(with_values(application, findings=findings))


def current(application: Application) -> Mapping[str, Finding]:
    """Those about the version that counts: what has been replaced since is to be looked at anew."""
    newest = {code: application.latest(code) for code in application.findings}
    return {
        code: finding
        for code, finding in application.findings.items()
        if (upload := newest[code]) and upload.number == finding.version
    }


def to_replace(application: Application) -> list[str]:
    """The documents that were found wrong and have not been replaced."""
    return [code for code, finding in current(application).items() if finding.verdict == "replace"]


def as_note(application: Application, permit: PermitType) -> str:
    """What is wrong, document by document, in the applicant's language: the words of a request for more."""
    language, found = application.applicant.language, current(application)
    names = {document.code: document.name.get(language) for document in permit.documents}
    lines = [(names.get(code, code), found[code]) for code in to_replace(application)]
    return "\n".join(f"{name}{_page(one, language)}: {one.note}" for name, one in lines)


def _page(finding: Finding, language: str) -> str:
    return f" ({PAGE.get(language)} {finding.page})" if finding.page else ""
