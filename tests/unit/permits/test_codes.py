"""Verify codes: derived, not to be guessed, and safe against typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.codes import Sought, read_search, verify_code
from shared.events.ids import new_id
from shared.references import make_reference, read_code

CASE = "01JD0V9WZ3B7Q4M8K2X6T5N1RC"  # one that stays, for the tests are named by what is made of it
REFERENCE = make_reference("MH", CASE)
CODE = verify_code("key", CASE)


def test_a_case_has_one_code_and_another_case_or_key_another() -> None:
    case_id = new_id()

    assert verify_code("key", case_id) == verify_code("key", case_id)
    assert len({verify_code("key", case_id), verify_code("other", case_id), verify_code("key", CASE)}) == 3


@given(st.uuids())
def test_a_code_is_read_however_it_was_typed(seed: object) -> None:
    code = verify_code("key", str(seed))

    assert read_code(code) == read_code(code.lower().replace("-", " ")) == code


@given(st.uuids(), st.integers(0, 11), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(seed: object, place: int, wrong: str) -> None:
    letters = list(verify_code("key", str(seed)).replace("-", ""))
    changed = letters[place] != wrong
    letters[place] = wrong

    assert (read_code("".join(letters)) is None) == changed


def test_what_is_no_code_is_none() -> None:
    assert read_code("") is None
    assert read_code("ใบอนุญาต") is None
    assert read_code("7QHX-29MD") is None


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("4/2569", Sought("4/2569", None, None, ("4/2569",))),
        ("เลขที่ ๔/๒๕๖๙", Sought("4/2569", None, None, ("เลขที่4/2569", "4/2569"))),
        ("４／２５６９", Sought("4/2569", None, None, ("4/2569",))),
        ("4", Sought("4", None, None, ("4",))),
        ("โฉนด 40178", Sought("40178", None, None, ("โฉนด40178", "40178"))),
        (REFERENCE, Sought(None, REFERENCE, None)),
        (REFERENCE.lower().replace("-", ""), Sought(None, REFERENCE, None)),
        (CODE.lower().replace("-", "–"), Sought(None, None, CODE)),
        ("บ้านสวย", Sought(None, None, None)),
        (" ", None),
    ],
)
def test_what_is_typed_to_find_a_permit_is_read_as_each_thing_that_it_can_be(typed: str, sought: Sought | None) -> None:
    assert read_search("MH", typed) == sought
