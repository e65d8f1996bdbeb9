"""The documents of an application as they are shown: where each stands, its versions, and what was found about it."""

from typing import Any

from services.permits.api.wording import Wording
from services.permits.domain import answering
from services.permits.domain.application import Application
from services.permits.domain.documents import is_request_form, list_documents
from services.permits.domain.findings import list_current, told_to_applicant
from services.permits.domain.marking import group_marks
from services.permits.domain.paper import Finding
from services.permits.domain.rules import Rules
from shared.kernel import now


def show_awaited_answer(application: Application) -> dict[str, Any]:
    """By when a request for more is answered, where the profile gives a day, and whether that has passed."""
    asked = answering.find_awaited(application)
    return {"answer_by": asked.answer_by if asked else None, "answer_late": answering.is_late(application, now())}


def documents_of(application: Application, rules: Rules, wording: Wording) -> list[dict[str, Any]]:
    """Each document with its state and every version that is kept. `takes_pages`: several photos become one PDF;
    `printed`: it is the request form, which can be had filled in."""
    return [
        {
            "requirement": document.code,
            "name": document.name.get(wording.language),
            "help": document.help.get(wording.language) if document.help else None,
            "accepts": list(document.accepts),
            "max_mb": document.max_mb,
            "takes_pages": len(set(document.accepts)) > 1 and "application/pdf" in document.accepts,
            "printed": is_request_form(rules.permit, document.code),
            "state": state,
            "state_text": wording.say(f"document.{state}"),
            "finding": _show_finding(application, document.code, staff=wording.staff),
            "versions": [
                upload.model_dump(
                    include={
                        "number",
                        "sha256",
                        "size",
                        "media_type",
                        "filename",
                        "pages",
                        "at",
                        "removed",
                        "form_mark",
                    }
                )
                for upload in application.documents.get(document.code, ())
                if wording.staff or application.theirs(upload.at)
            ],
        }
        for document, state in list_documents(application, rules.permit)
    ]


def _show_finding(application: Application, code: str, *, staff: bool) -> dict[str, Any] | None:
    """What was found about the version that counts: the officers' own, until they ask for another."""
    finding = list_current(application).get(code)
    if finding is None or not (staff or told_to_applicant(application, code)):
        return None
    told = finding.model_dump(include={"version", "verdict", "page", "at"}) | {"reason": finding.note}
    return told | _marks(finding) | ({"by": finding.name} if staff else {})


def _marks(finding: Finding) -> dict[str, Any]:
    """`marks`: each place that is marked, by its number; `marked_pages`: those of which a picture shows some."""
    marks = [{"number": number, **mark.model_dump()} for number, mark in enumerate(finding.marks, 1)]
    return {"marks": marks, "marked_pages": list(group_marks(finding))}
