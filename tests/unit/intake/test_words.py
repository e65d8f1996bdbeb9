"""Residents read one word for one thing on every page."""

import pytest

from shared.words import Words
from tests.support.reports import MAEHIA

WORDS = Words(MAEHIA.parents[2] / "services/intake/pages/strings.yaml")
THAI = {key: entry["th"].replace("ขอบคุณ", "") for key, entry in WORDS.entries.items()}  # thanks hold no "you"


@pytest.mark.parametrize("old", ["คุณ", "เลขอ้างอิง", "แจ้งผู้แจ้งทาง", "รอส่งต่อทีม"])
def test_a_word_that_was_replaced_is_on_no_page(old: str) -> None:
    assert [key for key, text in THAI.items() if old in text] == []


def test_the_home_page_counts_what_the_states_say() -> None:
    assert THAI["home.count.done"] == THAI["map.done"] == THAI["state.resolved"]


def test_no_promise_is_made_for_a_phone_number() -> None:
    assert "ทางอีเมลและลิงก์ส่วนตัวเท่านั้น" in THAI["report.phone.help"]
    assert "แจ้งความคืบหน้าให้ทราบ" not in THAI["report.contact.lead"]
