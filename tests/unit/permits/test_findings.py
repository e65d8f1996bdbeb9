"""What an officer finds about each document, and the request for more that comes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.permits.domain import completeness, findings
from services.permits.domain.application import Application
from services.permits.domain.findings import Found
from shared.kernel import Reject
from tests.support.permits import EXAMINER, HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, with_documents

BLURRED = Found("title-deed", "replace", "อ่านไม่ชัด", 2)


def found(case: Application, *what: Found) -> Application:
    """Noted by somebody who has read what was known."""
    known = findings.list_current(case)
    read = [replace(one, read_at=known[one.requirement].at) if one.requirement in known else one for one in what]
    return findings.note_findings(case, at(), OFFICER, read).state


def test_a_page_that_was_opened_before_takes_nobodys_words_away() -> None:
    """It sends every document as it stood then: saved for another one, it took all marks from this one."""
    opened = found(application("submitted"), Found("plans", "ok"))
    marked = found(opened, Found("plans", "replace", "ผิดมาตราส่วน", 1))
    stale = Found("plans", "ok", read_at=opened.findings["plans"].at - timedelta(minutes=1))

    with pytest.raises(Reject, match="plans"):
        findings.note_findings(marked, at(), OFFICER, [BLURRED, stale])


def test_what_is_said_again_stays_as_it_was_said() -> None:
    noted = found(application("submitted"), BLURRED)
    later = at(MONDAY + timedelta(hours=1))
    again = findings.note_findings(noted, later, EXAMINER, [BLURRED, Found("plans", "ok")]).state

    assert again.findings["title-deed"] == noted.findings["title-deed"]
    assert again.findings["plans"].name == EXAMINER.name


def test_a_request_without_words_asks_for_what_was_found_wrong_with_what_was_found() -> None:
    case = found(application("submitted"), BLURRED, Found("plans", "ok"))
    step = completeness.request_documents(case, at(), RULES, TOWN, OFFICER, [], "")

    assert step.state.request is not None
    assert step.state.request.requirements == ("title-deed",)
    assert step.state.request.note == "title-deed (หน้า 2): อ่านไม่ชัด"
    assert step.events[0].data()["requirements"] == ["title-deed"]


def test_the_words_are_in_the_applicants_language() -> None:
    english = application("submitted")
    english = english.model_copy(update={"applicant": english.applicant.model_copy(update={"language": "en"})})

    assert findings.as_note(found(english, BLURRED), HOUSE) == "title-deed (page 2): อ่านไม่ชัด"


def test_nothing_is_accepted_while_a_document_is_to_be_replaced() -> None:
    case = found(application("submitted"), BLURRED)
    with pytest.raises(Reject, match="title-deed"):
        completeness.accept(case, at(), RULES, TOWN, OFFICER)

    assert completeness.accept(found(case, Found("title-deed", "ok")), at(), RULES, TOWN, OFFICER).state.clock


def test_what_was_replaced_since_is_to_be_looked_at_anew() -> None:
    case = found(application("submitted"), BLURRED)
    asked = completeness.request_documents(case, at(), RULES, TOWN, OFFICER, [], "").state
    replaced = with_documents(asked, "title-deed")

    assert findings.to_replace(asked) == ["title-deed"]
    assert (findings.to_replace(replaced), dict(findings.list_current(replaced))) == ([], {})


@pytest.mark.parametrize(
    ("case", "what", "code"),
    [
        (application("submitted"), Found("title-deed", "replace"), "finding-reason"),
        (application("submitted"), Found("consent", "ok"), "unknown-requirement"),
        (application("submitted"), Found("unheard-of", "ok"), "unknown-requirement"),
        (application("draft"), Found("title-deed", "ok"), "wrong-state"),
        (application("decided"), Found("title-deed", "ok"), "wrong-state"),
    ],
)
def test_findings_are_about_what_was_handed_in_and_say_what_is_wrong(case: Application, what: Found, code: str) -> None:
    with pytest.raises(Reject) as refusal:
        found(case, what)
    assert refusal.value.code == code


def test_a_request_needs_documents_and_words() -> None:
    for asked, note, code in (([], "x", "unknown-requirement"), (["plans"], "", "request-note")):
        with pytest.raises(Reject) as refusal:
            completeness.request_documents(application("submitted"), at(), RULES, TOWN, OFFICER, asked, note)
        assert refusal.value.code == code
