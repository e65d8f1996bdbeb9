"""Links for an agency: made by one service and read by another, good for one matter and until a time."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.agency_links import AnswerLink, answer_token, opens_photo, photo_pass, read_answer_token

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
    "text", ["", "....", "x", ORDER, f"{ORDER}.-1.1.x.pea", f"{ORDER}.1.๑.x.pea", "\ud800.1.1.x.pea"]
)
def test_what_is_no_link_opens_nothing(text: str) -> None:
    assert read_answer_token((KEY,), text) is None
    assert not opens_photo((KEY,), "MH-7F3K-9QX2", text, 1, AT)


def test_a_link_is_over_at_its_time() -> None:
    assert not LINK.is_over(LINK.until - timedelta(milliseconds=1))
    assert LINK.is_over(LINK.until)


def test_a_pass_opens_the_photos_that_were_given_of_one_report_until_its_time() -> None:
    until, reference = AT + timedelta(hours=1), "MH-7F3K-9QX2"
    given = photo_pass(KEY, reference, 2, until)
    opened = [opens_photo((KEY,), reference, given, number, AT) for number in (-1, 0, 1, 2, 3)]
    assert opened == [False, False, True, True, False]
    assert not opens_photo((KEY,), "MH-7F3K-9QX3", given, 1, AT)
    assert not opens_photo((KEY,), reference, given, 1, until)
    _, end, secret = given.split(".")
    for forged in (f"3.{end}.{secret}", f"2.{int(end) + 9999}.{secret}", f"-2.{end}.{secret}"):
        assert not opens_photo((KEY,), reference, forged, 1, AT)
