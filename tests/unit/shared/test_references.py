"""References survive being read aloud and typed with mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.ids import new_id
from shared.references import ALPHABET, check_character, find_reference, make_reference, read_reference

CODES = st.text(alphabet=ALPHABET, min_size=7, max_size=7)


def test_a_case_has_one_reference_and_another_for_each_attempt() -> None:
    case_id = new_id()
    assert make_reference("MH", case_id) == make_reference("MH", case_id)
    assert len({make_reference("MH", case_id, attempt) for attempt in range(20)}) == 20


def test_different_cases_have_different_references() -> None:
    assert len({make_reference("MH", new_id()) for _ in range(500)}) == 500


@given(CODES)
def test_what_people_type_finds_the_reference(code: str) -> None:
    whole = code + check_character(code)
    reference = f"MH-{whole[:4]}-{whole[4:]}"
    misread = whole.replace("0", "o").replace("1", "l").lower()
    thai = whole.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    for typed in (reference, reference.lower(), f" mh {whole} ", whole, f"mh-{misread}", f"MH{thai}"):
        assert read_reference("MH", typed) == reference


@given(CODES)
def test_what_people_paste_holds_the_reference(code: str) -> None:
    whole = code + check_character(code)
    reference = f"MH-{whole[:4]}-{whole[4:]}"
    other = make_reference("MH", "another case")
    link = f"https://one.maehia.go.th/track/{reference}?secret=WuxsazaCLLtC9udvNeFYeA"
    for around in ("{} 07817578766", "เลขที่{}", "เรื่อง {} ครับ", "<{}>", link.replace(reference, "{}")):
        pasted = around.format(reference)
        assert find_reference("MH", pasted) == reference
    for pasted in ("", "x" * 5000, "MH-", f"X{reference}X", f"{reference} หรือ {other}" if reference != other else ""):
        assert find_reference("MH", pasted) is None


@given(CODES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    whole = code + check_character(code)
    wrong = whole[:place] + other + whole[place + 1 :]
    assert (read_reference("MH", f"MH{wrong}") is None) == (wrong != whole)


@given(CODES, st.integers(0, 7), st.integers(0, 7))
def test_two_characters_that_changed_places_are_noticed(code: str, one: int, two: int) -> None:
    whole = list(code + check_character(code))
    swapped = whole.copy()
    swapped[one], swapped[two] = whole[two], whole[one]
    assert (read_reference("MH", "".join(swapped)) is None) == (swapped != whole)


@pytest.mark.parametrize("typed", ["", "MH", "MH-0000", "MH-UUUU-UUUU", "สวัสดีครับผม", "MH-0000-00000", "²²²²²²²²"])
def test_anything_else_is_no_reference(typed: str) -> None:
    assert read_reference("MH", typed) is None
