"""The words of the profile find the category."""

import pytest

from services.intake.domain.suggest import suggest_categories
from tests.support.reports import town


@pytest.mark.parametrize(
    ("text", "code"),
    [("ท่อแตกหน้าบ้าน น้ำพุ่ง", "water-leak"), ("ไฟดับทั้งซอย", "power-cut"), ("ไฟถนนเสีย ซอยมืด", "street-light"),
     ("Burst PIPE near the temple", "water-leak")],
)  # fmt: skip
def test_the_best_category_comes_first(text: str, code: str) -> None:
    assert suggest_categories(text, town().categories)[0] == code


def test_no_word_no_suggestion() -> None:
    assert suggest_categories("สวัสดีครับ", town().categories) == []


def test_never_more_than_three() -> None:
    every = " ".join(word for category in town().categories.values() for word in category.keywords)
    assert len(suggest_categories(every, town().categories)) == 3
