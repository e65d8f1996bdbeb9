"""The fields of marks: percents of the page, from what is kept and back, and what is no mark."""

from starlette.datastructures import FormData

from services.permits.domain.paper import Mark
from services.permits.pages.mark_rows import read_rows, rows_of

MARKS = [
    Mark(page=2, note="ไม่ถึงระยะ", x=0.255, y=0.5, width=0.3, height=0.1),
    Mark(page=1, note="ลายมือชื่อ", x=0, y=1),
    Mark(page=1, note="มาตราส่วน"),
]


def test_a_mark_is_shown_in_percent_and_a_pin_has_no_size() -> None:
    frame, pin, words = rows_of(MARKS)

    assert (frame["left"], frame["top"], frame["width"], frame["height"]) == ("25.5", "50", "30", "10")
    assert (pin["left"], pin["top"], pin["width"], pin["height"]) == ("0", "100", "", "")
    assert [words[name] for name in ("left", "top", "width", "height")] == [""] * 4


def test_rows_that_are_empty_or_ticked_to_go_are_no_marks() -> None:
    sent = {"page-1": "1", "note-1": "ก", "page-2": "1", "note-2": "ข", "remove-2": "yes", "page-3": "1", "note-3": " "}

    assert [row["note"] for row in read_rows(FormData(sent))] == ["ก"]
    assert read_rows(FormData({"page-1": "1", "left-1": "5"}))[0]["left"] == "5"  # a place without words is told of
