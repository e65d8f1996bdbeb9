"""Texts that look the same are compared as the same; numbers and codes that people type are read as they meant them."""

import sys

import pytest

from shared.words.fold import fold_text, is_ignorable, letters_and_digits, may_hide, plain_digits, with_fewer_marks


@pytest.mark.parametrize(
    ("usual", "typed"),
    [
        ("น้ำเข้าบ้าน", "นํ้าเข้าบ้าน"),  # NIKHAHIT and AA for SARA AM
        ("น้ำเข้าบ้าน", "น้ําเข้าบ้าน"),  # the same with the tone first
        ("น้ำ", "นำ้"),  # the tone after SARA AM
        ("ท่อแตก", "ท่อเเตก"),  # two SARA E for SARA AE
        ("สายไฟขาด", "สายไฟ\u200bขาด"),  # zero width space, as web pages have it between words
        ("สายไฟขาด", "สาย\u2060ไฟ\ufeffขาด\u00ad"),
        ("ไฟไหม้", "ไฟไหม้้้"),  # a tone held too long
        ("ปี่", "ป่ี"),  # the marks in the other order
        ("ต่าง", "ตา่ง"),  # the tone on the vowel
        ("ค่ะ", "คะ่"),
        ("ไฟไหม้", "ใฟใหม้"),  # the two letters for ai
        ("ลึก", "ลิํก"),  # SARA I and NIKHAHIT for SARA UE
        ("ฤา", "ฤๅ"),
        ("ทางหลวง 108", "ทางหลวง ๑๐๘"),
        ("pwa 108", "ＰＷＡ\u3000１０８"),
        ("street light", "STREET \u00a0 Light"),
        ("a-b", "a–b"),
    ],
)
def test_spellings_that_look_alike_are_one(usual: str, typed: str) -> None:
    assert fold_text(typed) == fold_text(usual)


@pytest.mark.parametrize(("one", "other"), [("ไหม", "ไหม้"), ("ใหม่", "ไหม้"), ("เสือ", "เสื้อ"), ("ยุง", "ยุ่ง"), ("น้ำ", "นา")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


def test_folding_again_changes_nothing() -> None:
    text = "นํ้าท่วม เเล้ว ๑๒/๓ ＬＩＮＥ\u200b ไฟใหม้้"
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("๑๒๐.๕๐", "120.50"),
        ("１２０．５０", "120.50"),
        ("\u200e120.50\u200b", "120.50"),
        ("−5", "-5"),
        ("۱۲", "12"),
        ("၁၂", "12"),
    ],
)
def test_numbers_are_read_in_every_script_and_width(typed: str, plain: str) -> None:
    assert plain_digits(typed) == plain


def test_a_code_is_read_without_what_stands_between() -> None:
    assert letters_and_digits(" mh–4k7t\u200b ２９Q๘ ") == "MH4K7T29Q8"


def test_no_letter_carries_more_marks_than_its_script_can_use() -> None:
    assert with_fewer_marks("ก" + "้" * 200) == "ก้้้"
    assert with_fewer_marks("a" + "\u0301\u0327" * 100) == "a\u0301\u0327\u0301"
    for word in ("น้ำ", "ปื๊ด", "ไม้ม้วน", "မြွှောက်", "ကြောင့်", "བསྒྲུབས", "हिन्दी", "Việt"):
        assert with_fewer_marks(word) == word


def test_no_sign_hides_where_a_text_is_said_to_hide_none() -> None:
    every = map(chr, range(sys.maxunicode + 1))

    assert not [one for one in every if is_ignorable(one) and not may_hide(f"ก{one}")]
    assert not may_hide("ก้ำ\nabc 1 – ล")
