"""What is done with the texts of strangers takes time as the text is long, whatever stands in it."""

import sys
from collections.abc import Callable
from time import process_time
from unicodedata import combining, normalize

import pytest

from services.intake.domain.suggest import suggest_categories
from shared.references import read_reference
from shared.town.answers import read_answers
from shared.words.fold import fold_text, letters_and_digits, plain_digits, with_fewer_marks
from shared.words.mask import mask_text
from shared.words.match import comparable, first_found
from shared.words.typed import clean
from tests.support.growth import slow_on
from tests.support.reports import town

# Signs that each of them looks for: digits and what stands between, names, marks that normalising sorts, spaces.
NUMBERS = ["0", "08", ".", "+66", "โทร"]
NAMES = ["a@", "a.", "line ", "ไลน์", "id:"]
LETTERS = ["ก", "้", "ำ", "\u0301\u0327", "\uff9e\u0334", "\u200b", "\ufdfa"]
ACTS: list[Callable[[str], object]] = [mask_text, fold_text, plain_digits, letters_and_digits, clean, comparable]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_long_text_takes_no_more_than_its_length(act: Callable[[str], object]) -> None:
    assert not list(slow_on(act, LETTERS, ends=["ก"]))


@pytest.mark.parametrize("signs", [NUMBERS, NAMES])
@pytest.mark.parametrize("begin", ["", "line passport ก"])
def test_masking_takes_no_more_whatever_comes_first(signs: list[str], begin: str) -> None:
    assert not list(slow_on(mask_text, signs, [begin], ["", "ก"]))


def test_marks_in_the_wrong_order_are_not_sorted_in_the_square_of_their_number() -> None:
    """NFC alone took eleven seconds for these, and none of them is in a row until what is not seen is gone."""
    text = "ก" + "\u0327\u0301\u200b" * 15_000

    begun = process_time()
    assert clean(text) == clean(text.replace("\u200b", "")) == "ก\u0327\u0327\u0301"
    assert process_time() - begun < 1


def test_whatever_becomes_a_mark_is_counted_as_one_before_it_does() -> None:
    """Two signs are letters until NFKC has gone over them: with marks between they were sorted in the square."""
    marks = [one for one in map(chr, range(sys.maxunicode + 1)) if combining(normalize("NFKC", one)[0])]

    assert {"\u0301", "\uff9e", "\uff9f"} <= set(marks)
    assert [one for one in marks if len(with_fewer_marks(f"ก{one * 20}")) > 9] == []


def test_an_answer_that_is_too_long_for_any_choice_is_a_mistake_without_being_folded() -> None:
    category = town().categories["water-leak"]

    assert read_answers(category, {"flow": "burst\u200b"}).values == {"flow": "burst"}
    assert read_answers(category, {"flow": "burst" + "\u200b" * 1_000}).mistakes == {"flow": "choice"}


def test_words_with_gaps_are_looked_for_in_linear_time() -> None:
    words = ["ท่อ…แตก", "a…b…c", "burst…pipe", "collaps*", "street light"]
    signs = ["ท่อ", "a", "burst ", "street ", " "]

    assert not list(slow_on(lambda text: first_found([f"{word}x" for word in words], comparable(text)), signs))


def test_a_suggestion_takes_no_more_than_the_text_is_long() -> None:
    signs = ["ท่อ", "น้ำ", "a"]

    assert not list(slow_on(lambda text: suggest_categories(text, town().categories), signs))


def test_a_code_that_somebody_types_is_read_in_linear_time() -> None:
    assert not list(slow_on(lambda text: read_reference("MH", text), ["M", "-", "\u0301", "๐"]))
