"""Officers leave each other a word about an application: nothing of it leaves the office, and it holds nothing up."""

import pytest

from services.permits.domain.application import Application, State, with_values
from services.permits.domain.decision import read_mark
from services.permits.domain.noting import STAFF_NOTES_MOST, add_note
from shared.kernel import Reject
from tests.support.permits import EXAMINER, MONDAY, application, at


def noted(case: Application, text: str = "โทรถามเจ้าของที่ดินแล้ว") -> Application:
    return add_note(case, at(), EXAMINER, text).state


@pytest.mark.parametrize("state", ["submitted", "documents-requested", "accepted", "examined", "decided", "withdrawn"])
def test_a_note_names_its_author_and_changes_nothing_else(state: State) -> None:
    before = application(state)

    after = noted(before)

    (note,) = after.staff_notes
    assert (note.name, note.text, note.at) == ("ธีระ", "โทรถามเจ้าของที่ดินแล้ว", MONDAY)
    assert after.model_copy(update={"staff_notes": ()}) == before
    assert read_mark(after) == read_mark(before), "whoever reads it right now can still sign"


def test_nobody_outside_the_office_is_told_of_it() -> None:
    step = add_note(application("examined"), at(), EXAMINER, "ระยะร่นด้านหลังน่าสงสัย")

    assert (list(step.events), list(step.contacts)) == ([], [])


def test_there_is_nothing_to_note_about_what_nobody_handed_in_or_what_is_forgotten() -> None:
    for case in (application("draft"), with_values(application("withdrawn"), forgotten_at=MONDAY)):
        with pytest.raises(Reject) as refused:
            noted(case)
        assert refused.value.code == "wrong-state"


def test_an_empty_note_is_none_and_a_hundred_are_enough() -> None:
    case = application("submitted")
    with pytest.raises(Reject) as empty:
        noted(case, " \n")
    for _ in range(STAFF_NOTES_MOST):
        case = noted(case)
    with pytest.raises(Reject) as full:
        noted(case)

    assert (empty.value.code, full.value.code) == ("empty-message", "too-many-notes")
