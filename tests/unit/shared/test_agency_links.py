"""Links for an agency: made by one service and read by another, good for one matter and until a time."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.agency_links import AnswerLink, PhotoPass, answer_token, photo_pass, read_answer_token, read_photo_pass

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
ORDER = "01KB57W53GN6B2X8QK4HT9VR0M"
LINK = AnswerLink(ORDER, "rural.roads-1", 3, AT + timedelta(days=14))
KEY = "a-key-of-the-town"


def test_a_link_says_what_it_was_made_of_also_by_the_key_before() -> None:
    token = answer_token(KEY, LINK)
    assert read_answer_token((KEY,), token) == LINK
    assert read_answer_token(("a-newer-key", KEY), token) == LINK
    assert read_answer_token(("a-newer-key",), token) is None


@pytest.mark.parametrize("part", range(5))
def test_no_part_of_a_link_can_be_changed(part: int) -> None:
    pieces = answer_token(KEY, LINK).split(".", 4)
    pieces[part] = {0: ORDER[:-1] + "0", 1: "4", 2: str(int(pieces[2]) + 1), 3: "x" * 22, 4: "pea"}[part]
    assert read_answer_token((KEY,), ".".join(pieces)) is None


@pytest.mark.parametrize(
    "text",
    ["", "....", "x", ORDER, f"{ORDER}.-1.1.x.pea", f"{ORDER}.1.๑.x.pea", "\ud800.1.1.x.pea",
     f"{ORDER}.1.{'9' * 12}.x.pea", f"{ORDER}.{'9' * 12}.{'9' * 13}.x.pea"],
)  # fmt: skip
def test_what_is_no_link_opens_nothing(text: str) -> None:
    assert read_answer_token((KEY,), text) is None
    assert read_photo_pass((KEY,), REPORT, text) is None


def test_a_link_is_over_at_its_time() -> None:
    assert not LINK.is_over(LINK.until - timedelta(milliseconds=1))
    assert LINK.is_over(LINK.until)


PASS = PhotoPass(ORDER, "rural.roads-1", 2, AT + timedelta(hours=1))
REPORT = "MH-7F3K-9QX2"


def test_a_pass_opens_the_photos_that_were_given_of_one_report_until_its_time() -> None:
    token = photo_pass(KEY, REPORT, PASS)
    assert read_photo_pass(("a-newer-key", KEY), REPORT, token) == PASS
    assert read_photo_pass((KEY,), "MH-7F3K-9QX3", token) is None
    assert [PASS.opens(number, AT) for number in (-1, 0, 1, 2, 3)] == [False, False, True, True, False]
    assert not PASS.opens(1, PASS.until)


@pytest.mark.parametrize("part", range(5))
def test_no_part_of_a_pass_can_be_changed(part: int) -> None:
    pieces = photo_pass(KEY, REPORT, PASS).split(".", 4)
    pieces[part] = {0: ORDER[:-1] + "0", 1: "3", 2: str(int(pieces[2]) + 9999), 3: "x" * 22, 4: "pea"}[part]
    assert read_photo_pass((KEY,), REPORT, ".".join(pieces)) is None
