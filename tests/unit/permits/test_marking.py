"""Marks on a document: part of what was found about that very file, and never of another."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.permits.domain import completeness, findings, forgetting, marking
from services.permits.domain.application import Application
from services.permits.domain.findings import Found
from services.permits.domain.paper import Mark
from services.permits.mark_bodies import Marks, NewMark
from shared.kernel import Reject
from tests.support.permits import HOUSE, MONDAY, OFFICER, RULES, TOWN, application, at, with_documents

FRAME = Mark(page=2, note="ระยะร่นไม่ถึง 2 เมตร", x=0.25, y=0.5, width=0.3, height=0.1)
PIN = Mark(page=1, note="ไม่มีลายมือชื่อวิศวกร", x=0.9, y=0.9)
WORDS = Mark(page=2, note="ไม่มีมาตราส่วน")


def marked(case: Application, *marks: Mark, of: str = "plans", later: int = 0) -> Application:
    """The application with these marks on a document, by somebody who has read what was there."""
    upload, before = case.latest(of), findings.list_current(case).get(of)
    assert upload is not None
    cause = at(MONDAY + timedelta(minutes=later))
    step = marking.mark_document(case, cause, OFFICER, of, upload.sha256, marks, before.at if before else None)
    return step.state if step else case


def with_pages(case: Application, pages: int) -> Application:
    """The application whose plans have so many pages."""
    plans = tuple(one.model_copy(update={"pages": pages}) for one in case.documents["plans"])
    return case.model_copy(update={"documents": {**case.documents, "plans": plans}})


def read(case: Application, found: Found) -> Found:
    """By somebody who has read what was found before."""
    return replace(found, read_at=findings.list_current(case)[found.requirement].at)


def test_a_marked_document_is_to_be_replaced_and_the_request_says_each_place() -> None:
    case = marked(application("submitted"), FRAME, WORDS)

    assert findings.to_replace(case) == ["plans"]
    asked = completeness.request_documents(case, at(), RULES, TOWN, OFFICER, [], "")
    assert asked.state.request is not None
    note = "plans:\n  1. หน้า 2: ระยะร่นไม่ถึง 2 เมตร\n  2. หน้า 2: ไม่มีมาตราส่วน"
    assert asked.state.request.note == note


def test_what_was_found_before_stays_beside_the_marks_and_the_marks_beside_what_is_found_later() -> None:
    case = findings.note_findings(application("submitted"), at(), OFFICER, [Found("plans", "replace", "ไม่ชัด", 3)]).state
    case = marked(case, FRAME)
    assert (case.findings["plans"].note, case.findings["plans"].page) == ("ไม่ชัด", 3)

    again = findings.note_findings(case, at(), OFFICER, [read(case, Found("plans", "replace"))]).state
    assert again.findings["plans"].marks == (FRAME,)
    good = findings.note_findings(again, at(), OFFICER, [read(again, Found("plans", "ok"))]).state
    assert good.findings["plans"].marks == ()


def test_marks_taken_away_leave_nothing_found_unless_a_reason_was_given() -> None:
    assert findings.to_replace(marked(marked(application("submitted"), FRAME))) == []
    case = findings.note_findings(application("submitted"), at(), OFFICER, [Found("plans", "replace", "ไม่ชัด")]).state

    assert marked(marked(case, FRAME)).findings["plans"].note == "ไม่ชัด"


def test_a_look_at_a_document_on_which_nothing_is_marked_changes_nothing() -> None:
    good = findings.note_findings(application("submitted"), at(), OFFICER, [Found("plans", "ok")]).state

    assert marked(good) is good
    once = marked(good, FRAME)
    assert marked(once, FRAME, later=1) is once


def test_a_replaced_document_carries_no_mark_of_the_one_before() -> None:
    case = marked(application("submitted"), FRAME, of="title-deed")
    asked = completeness.request_documents(case, at(), RULES, TOWN, OFFICER, [], "").state
    replaced = with_documents(asked, "title-deed")

    assert findings.told_to_applicant(asked, "title-deed")
    assert not findings.told_to_applicant(replaced, "title-deed")
    assert dict(findings.list_current(replaced)) == {}


def test_marks_that_were_drawn_on_another_file_are_refused() -> None:
    with pytest.raises(Reject) as refusal:
        marking.mark_document(application("submitted"), at(), OFFICER, "plans", "0" * 64, [FRAME], None)
    assert (refusal.value.code, refusal.value.status) == ("document-replaced", 409)


def test_of_two_officers_who_mark_one_document_the_second_looks_first() -> None:
    case = marked(application("submitted"), FRAME)
    upload = case.latest("plans")
    assert upload is not None
    with pytest.raises(Reject) as refusal:
        marking.mark_document(case, at(), OFFICER, "plans", upload.sha256, [PIN], None)
    assert (refusal.value.code, refusal.value.status) == ("found-since", 409)


def test_a_page_that_the_document_does_not_have_is_refused_where_they_were_counted() -> None:
    with pytest.raises(Reject, match="1 pages"):
        marked(with_pages(application("submitted"), 1), FRAME)
    assert marked(with_pages(application("submitted"), 2), FRAME).findings["plans"].marks == (FRAME,)
    assert marked(with_pages(application("submitted"), 0), FRAME).findings["plans"].marks == (FRAME,)


@pytest.mark.parametrize("state", ["draft", "documents-requested", "decided", "withdrawn"])
def test_documents_are_marked_while_they_are_looked_at(state: str) -> None:
    with pytest.raises(Reject) as refusal:
        marked(application(state), FRAME)  # type: ignore[arg-type]
    assert refusal.value.code == "wrong-state"


def test_numbers_count_through_the_document_and_only_places_are_drawn() -> None:
    case = marked(application("submitted"), FRAME, PIN, WORDS)

    assert marking.group_marks(case.findings["plans"]) == {1: [(2, PIN)], 2: [(1, FRAME)]}


def test_a_request_of_many_words_stays_one_that_can_be_sent() -> None:
    long = [Mark(page=number, note="ก" * 500) for number in range(1, 31)]
    note = findings.as_note(marked(application("submitted"), *long), HOUSE)

    assert 3000 < len(note) <= findings.NOTE_MOST
    assert note.endswith(findings.AND_MORE.th)
    assert completeness.request_documents(
        marked(application("submitted"), *long), at(), RULES, TOWN, OFFICER, [], ""
    ).events


def test_with_the_files_go_the_marks_on_them() -> None:
    case = marked(application("submitted"), FRAME).model_copy(update={"closed_at": MONDAY})
    step = forgetting.forget_applicant(case, at(MONDAY + timedelta(days=2)), 1, ())

    assert step is not None
    assert step.state.findings["plans"].marks == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 0.5},
        {"x": 0.5, "y": 0.5, "width": 0.1},
        {"width": 0.1, "height": 0.1},
        {"x": 0.95, "y": 0.5, "width": 0.1, "height": 0.1},
        {"x": 0.5, "y": 0.95, "width": 0.1, "height": 0.1},
        {"x": -0.1, "y": 0.5},
        {"x": float("nan"), "y": 0.5},
        {"x": 0.1, "y": 1.2},
        {"page": 0},
        {"page": 10_001},
        {"note": " "},
        {"note": "x" * 501},
        {"colour": "red"},
    ],
)
def test_what_is_no_place_on_a_page_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewMark.model_validate({"page": 1, "note": "x", **wrong})


def test_a_document_has_no_more_marks_than_anybody_can_follow() -> None:
    mark = {"page": 1, "note": "x"}
    with pytest.raises(ValidationError):
        Marks.model_validate({"sha256": "0" * 64, "marks": [mark] * 31})
    assert len(Marks.model_validate({"sha256": "0" * 64, "marks": [mark] * 30}).marks) == 30


def test_a_place_is_kept_to_a_tenth_of_a_millimetre() -> None:
    mark = NewMark.model_validate({"page": 1, "note": "x", "x": 1 / 3, "y": 2 / 3, "width": 0.33333, "height": 0.1})

    assert (mark.mark().x, mark.mark().y, mark.mark().width) == (0.3333, 0.6667, 0.3333)
