"""What the measuring of words and rules counts as right, on invented reports: the published ones may not be shipped."""

import csv
import gzip
from pathlib import Path

import pytest

from tests.support.work import town
from tools.play.mapping import CategoryMap
from tools.routing_quality import measure, page, records
from tools.routing_quality.__main__ import PAGE
from tools.routing_quality.records import Record

TYPES = CategoryMap.model_validate({"types": {"ประปา": "water-leak", "แสงสว่าง": "street-light", "ถนน": "road-damage"}})
TICKETS = [
    ("1", "ท่อประปาแตกหน้าตลาด", "ประปา", "กรุงเทพมหานคร;การประปานครหลวง กปน.", ""),
    ("2", "ไฟส่องสว่างดับทั้งซอย", "แสงสว่าง", "เขตสมมุติ;การไฟฟ้านครหลวง MEA", ""),
    ("3", "ถนนเป็นหลุม", "ถนน", "เขตสมมุติ;สำนักการโยธา กทม.", "สำนักการโยธา กทม.;เขตสมมุติ"),
    ("4", "ไม่รู้ว่าอะไร", "ถนน", "ฝ่ายโยธา เขตสมมุติ", ""),
    ("5", "เสียงดังทุกคืน", "", "เขตสมมุติ;กรุงเทพมหานคร", ""),
    ("6", "รถเมล์มาช้า", "", "องค์การขนส่งมวลชนกรุงเทพ (ขสมก.)", ""),
    ("7", "   ", "ถนน", "ฝ่ายโยธา เขตสมมุติ", ""),
    ("1", "เรื่องเดิมอีกครั้ง", "ประปา", "", ""),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files as they are published."""
    files: dict[str, list[tuple[str, ...]]] = {
        records.TICKETS: [("ticket_id", "comment", "types", "organizations", "acting_order"), *TICKETS],
        records.COMMENTS: [("message_id", "comment", "type"), ("1", "ถนนเป็นหลุม", "ถนน"), ("2", "สวัสดี", "ถนน")],
        records.TAGS: [
            ("tag_ticket_id", "comment", "standard_tags"),
            ("1", "ถนนพัง", "ถนน"), ("2", "x", "ถนน;ประปา"), ("3", "", "ถนน"),
        ],
    }  # fmt: skip
    for name, rows in files.items():
        with gzip.open(tmp_path / name, "wt", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
    return tmp_path


def test_each_ticket_counts_once_with_whoever_acted_last_on_it(folder: Path) -> None:
    found = {one.number: one for one in records.tickets(folder)}

    assert {number: one.unit and one.unit.unit for number, one in found.items()} == {
        "1": "waterworks authority", "2": "electricity authority", "3": "public works", "4": "public works", "5": None,
        "6": "transport",
    }  # fmt: skip
    assert found["1"].text == "ท่อประปาแตกหน้าตลาด"
    assert len(records.tags(folder)) == 1


def test_the_halves_are_the_same_each_time_and_both_are_there() -> None:
    halves = [Record(str(number), "x", "").is_held_back for number in range(100)]
    assert halves == [Record(str(number), "x", "").is_held_back for number in range(100)]
    assert 30 < sum(halves) < 70


def test_right_is_the_team_or_the_agency_and_what_the_town_gives_to_others_than_they_do(folder: Path) -> None:
    sent = measure.measure_sent(town(), records.tickets(folder), measure.by_text(town()))

    assert (sent["public works"].count, sent["public works"].right, sent["public works"].triage) == (2, 1, 1)
    assert sent["electricity authority"].right == 1  # the town keeps its own lamps
    assert sent["waterworks authority"].elsewhere == {"works-water": 1}
    assert "transport" not in sent


def test_a_type_that_was_chosen_decides_instead_of_the_text(folder: Path) -> None:
    sent = measure.measure_sent(town(), records.tickets(folder), measure.by_type(TYPES))
    assert sent["public works"].right == 2


def test_suggestions_are_counted_by_the_category_of_the_type(folder: Path) -> None:
    row = measure.measure_suggested(town(), records.comments(folder), TYPES)["road-damage"]
    assert (row.count, row.first, row.among, row.none) == (2, 1, 1, 1)


def test_the_tables_stand_between_the_marks_and_hold_no_word_of_a_record(folder: Path) -> None:
    sent = measure.measure_sent(town(), records.tickets(folder), measure.by_text(town()))
    said = measure.measure_suggested(town(), records.comments(folder), TYPES)
    lines = [*page.destinations("Sent", sent, sent), *page.suggestions("Said", said, said)]
    written = page.with_measured(f"above\n{page.BEGIN}\nold\n{page.END}\nbelow\n", lines)

    assert written.startswith("above\n")
    assert written.endswith(f"{page.END}\nbelow\n")
    assert "old" not in written
    assert "| public works | 2 | 50% | 50% | 50% |" in written
    assert not any(text.strip() and text in written for _, text, *_ in TICKETS)


def test_the_page_has_its_marks() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count(page.BEGIN) == text.count(page.END) == 1
