"""A town's words are found in what people write: Thai anywhere, Latin whole, in all the forms that a town may write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words.match import Wider, comparable, count_covered, faults, first_found, is_wider, short_latin


def found(word: str, text: str) -> bool:
    return first_found([word], comparable(text)) == word


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ไฟไหม้", "มีไฟไหม้หลังวัด"),
        ("ไฟไหม้", "ไฟ\u200bใหม้"),
        ("ไฟไหม้", "ไฟ ไหม้"),
        ("ท่อแตก", "ท่อเเตก"),
        ("น้ำเข้าบ้าน", "นํ้าเข้าบ้าน"),
        ("ท่อ…แตก", "ท่อประปาแตกหน้าตลาด"),
        ("ท่อ…แตก", "ท่อแตก"),
        ("ทางหลวง 108", "ทางหลวง๑๐๘"),
        ("ทางหลวง108", "ทางหลวง 108 กม. 3"),
        ("ถนนเชียงใหม่-หางดง", "ถนน เชียงใหม่ – หางดง"),
        ("on fire", "house ON FIRE!"),
        ("wasp", "wasps' nest"),
        ("box", "boxes"),
        ("street light", "Streetlights broken"),
        ("street light", "street-light"),
        ("collaps*", "the wall collapsed"),
        ("burst…pipe", "a burst water pipe"),
        ("PWA", "pwa says no"),
        ("pm2.5", "ค่าPM2.5สูง"),
        ("noise", "เสียงดังnoiseมาก"),
    ],
)
def test_a_word_is_found_in_the_forms_that_people_write(word: str, text: str) -> None:
    assert found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("on fire", "The station fire hydrant is dry"),
        ("fee", "The coffee shop is noisy"),
        ("tax", "Taxi rank is dirty"),
        ("noise", "noisette"),
        ("ทางหลวง 108", "ทางหลวง 1081"),
        ("ไฟไหม้", "ไฟไหม"),
        ("ไฟไหม", "ไฟไหม้"),
        ("ยุง", "ยุ่งมาก"),
        ("ท่อ…แตก", "ท่อตันมานานมากแล้วไม่มีใครมาดูเลย กระเบื้องแตก"),
        ("ท่อ…แตก", "ท่อตัน\nแก้วแตก"),
        ("collaps*", "relapse"),
    ],
)
def test_a_word_is_not_found_inside_another(word: str, text: str) -> None:
    assert not found(word, text)


def test_what_two_words_hold_counts_once() -> None:
    text = comparable("น้ำท่วมขังในซอย")

    assert count_covered(["น้ำท่วม", "น้ำท่วมขัง"], text) == count_covered(["น้ำท่วมขัง"], text) == len("น้ำท่วมขัง")


def test_a_gap_counts_for_nothing() -> None:
    assert count_covered(["ท่อ…แตก"], comparable("ท่อประปาแตก")) == len("ท่อแตก")


def test_a_word_that_no_text_can_hold_is_a_fault() -> None:
    wrong = ["", " ", "…", "ท่อ…", "*", "a*b", "ก*", "a…b…c…d", "\u200b", "a - - b", "ท่อ…่แตก"]

    assert all(faults(word) for word in wrong)
    assert not any(faults(word) for word in ("ท่อ…แตก", "collaps*", "street light", "108", "pm2.5", "A…b…c"))


ODD = "กแเโะิ่๊ํำ ๕5ab sxßéＡﬁ²①\u0301\u200b\uff9e€'*…-/_."


@given(st.text(ODD, max_size=9))
def test_whatever_passes_is_found_in_itself(word: str) -> None:
    assert faults(word) or is_wider(word, word.replace("…", " "))


def test_a_short_latin_word_is_told_from_an_abbreviation() -> None:
    assert short_latin("fee")
    assert short_latin("tax*")
    assert not any(short_latin(word) for word in ("PWA", "on fire", "pm2.5", "งู", "gas leak", "pipe"))


def test_the_wider_word_is_found_wherever_the_other_is() -> None:
    assert is_wider("ท่อ…แตก", "ท่อแตก")
    assert is_wider("wasp*", "wasp")
    assert is_wider("งู", "งูเห่า")
    assert not is_wider("ท่อแตก", "ท่อ…แตก")
    assert not is_wider("wasp", "wasp*")
    assert not is_wider("fee", "coffee")


WORDS = ["ท่อ…แตก", "ท่อประปา…แตก", "แตก", "burst", "burst pipe", "collaps*", "collapsed wall", "wall", "น้ำ…เข้าบ้าน",
         "street light", "streetlight", "pm2.5", "ไฟไหม้", "ไฟใหม้", "ก" * 40 + "ข", "ก" * 40]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), unique=True), st.sampled_from(WORDS))
def test_of_thousands_of_words_the_wider_ones_are_found_as_of_two(words: list[str], word: str) -> None:
    assert Wider(words).than(word) == {wide for wide in words if is_wider(wide, word)}
