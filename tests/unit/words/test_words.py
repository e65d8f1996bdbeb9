"""Words without the web: catalogues that lack nothing, dates as residents read them, text that can be compared."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from shared.words import Words, dates
from shared.words.typed import Phone, clean, clean_line

BANGKOK = ZoneInfo("Asia/Bangkok")
AT = datetime(2026, 12, 31, 18, 5, tzinfo=UTC)  # already the next year in Thailand


def test_dates_are_the_towns_and_the_buddhist_years() -> None:
    assert dates.date_text(AT, BANGKOK, "th") == "1 มกราคม 2570"
    assert dates.datetime_text(AT, BANGKOK, "th") == "1 ม.ค. 2570 เวลา 01.05 น."
    assert dates.date_text(AT, BANGKOK, "en") == "1 January 2027"
    assert dates.datetime_text(AT, BANGKOK, "en") == "1 Jan 2027, 01:05"


@pytest.mark.parametrize(
    ("span", "thai", "english"),
    [
        (timedelta(seconds=59), "ไม่ถึงนาที", "less than a minute"),
        (timedelta(minutes=1), "1 นาที", "1 minute"),
        (timedelta(hours=27, minutes=5), "1 วัน 3 ชั่วโมง", "1 day 3 hours"),
        (timedelta(days=2, minutes=5), "2 วัน", "2 days"),
        (timedelta(hours=-2), "2 ชั่วโมง", "2 hours"),
    ],
)
def test_durations_say_their_two_largest_units(span: timedelta, thai: str, english: str) -> None:
    assert (dates.duration_text(span, "th"), dates.duration_text(span, "en")) == (thai, english)


@pytest.mark.parametrize(
    ("span", "thai", "english"),
    [
        (timedelta(seconds=-30), "เมื่อสักครู่", "just now"),
        (timedelta(minutes=-5), "5 นาทีที่แล้ว", "5 minutes ago"),
        (timedelta(hours=2, minutes=59), "อีก 2 ชั่วโมง", "in 2 hours"),
        (timedelta(days=-1), "1 วันที่แล้ว", "1 day ago"),
    ],
)
def test_relative_times(span: timedelta, thai: str, english: str) -> None:
    assert dates.relative_text(AT + span, AT, "th") == thai
    assert dates.relative_text(AT + span, AT, "en") == english


def test_a_catalogue_without_one_language_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "strings.yaml"
    file.write_text("a: {th: ก}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="a needs a text"):
        Words(file)


def test_text_is_made_one_of_its_spellings() -> None:
    assert clean("  é\r\nx\r ") == "é\nx"
    assert clean("น้ำ") == "น้ำ"
    assert clean_line(" a\n\t b ") == "a b"


@pytest.mark.parametrize(
    "unseen", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\ufdd0", "\U0001ffff", "\u3164"]
)
def test_what_is_not_seen_is_dropped(unseen: str) -> None:
    assert clean(f"สาย{unseen}ไฟ a{unseen}b") == "สายไฟ ab"


@pytest.mark.parametrize("nothing", ["\u200b", "\u3164", "\u2800 \u200d", "\u0e49\u0e49", " \n ", "\u202e\u2066"])
def test_text_of_which_nothing_is_seen_is_empty(nothing: str) -> None:
    assert clean(nothing) == ""


@pytest.mark.parametrize("kept", ["👨‍👩‍👧 ✈️", "क्‍ष", "می‌خواهم", "မြွှောက်"])
def test_signs_that_shape_letters_and_pictures_stay(kept: str) -> None:
    assert clean(kept) == kept


def test_a_joiner_that_joins_nothing_is_dropped() -> None:
    assert clean("สาย\u200dไฟ \u200d12\u200c3") == "สายไฟ 123"


def test_two_hundred_tone_marks_are_three() -> None:
    assert clean("ก" + "้" * 200) == "ก้้้"


def test_separators_of_lines_are_newlines() -> None:
    assert clean("a\u2028b\u2029c\rd") == "a\nb\nc\nd"


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_control_characters_are_refused(bad: str) -> None:
    with pytest.raises(PydanticCustomError):
        clean(bad)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("๐๘๑-๒๓๔-๕๖๗๘", "081-234-5678"), ("０８１ ２３４ ５６７８", "081 234 5678"), ("081–234–5678", "081-234-5678")],
)
def test_a_telephone_number_can_be_dialled(typed: str, number: str) -> None:
    assert TypeAdapter(Phone).validate_python(typed) == number


@pytest.mark.parametrize("wrong", ["", "08", "call me", "1" * 33, "--------"])
def test_what_is_no_telephone_number_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Phone).validate_python(wrong)
