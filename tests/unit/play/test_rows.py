"""CSV rows as requests: columns by flag, what is empty is left out, what is wrong is left to the API."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tools.play.mapping import BadInput, CategoryMap
from tools.play.rows import Columns, Row, parse, read_rows

ZONE = ZoneInfo("Asia/Bangkok")
MAP = CategoryMap.model_validate({"types": {"ถนน": "road-damage", "สอบถาม": {"category": "other", "kind": "question"}}})


def rows(text: str, columns: Columns | None = None, categories: CategoryMap | None = None) -> list[Row]:
    return list(parse(text.splitlines(keepends=True), columns or Columns(), categories, ZONE))


def only(text: str, columns: Columns | None = None, categories: CategoryMap | None = None) -> Row:
    [found] = rows(text, columns, categories)
    return found


def test_columns_have_the_names_of_their_flags() -> None:
    found = only("category,text,lat,lon,address\nwater-leak,ท่อแตก,18.74,98.96,หน้าตลาด\n")
    assert found.body == {
        "category": "water-leak",
        "text": "ท่อแตก",
        "location": {"latitude": 18.74, "longitude": 98.96, "address": "หน้าตลาด"},
    }


def test_columns_can_be_named() -> None:
    found = only("types,comment,y,x\nถนน,หลุม,18.7,98.9\n", Columns("comment", "types", lat="y", lon="x"), MAP)
    assert found.body == {
        "category": "road-damage", "text": "หลุม", "location": {"latitude": 18.7, "longitude": 98.9},
    }  # fmt: skip


def test_without_degrees_the_address_is_the_place() -> None:
    assert only("category,text,lat,lon,address\nother,x,,,ซอย 3\n").body["location"] == {"address": "ซอย 3"}


def test_without_any_place_there_is_no_location() -> None:
    assert "location" not in only("category,text,lat,lon,address\nother,x,,, \n").body


def test_what_is_no_number_goes_to_the_api_as_it_is() -> None:
    assert only("category,text,lat,lon\nother,x,north,98.9\n").body["location"]["latitude"] == "north"


def test_half_a_place_stays_half() -> None:
    assert only("category,text,lat,lon\nother,x,18.7,\n").body["location"] == {"latitude": 18.7}


def test_the_map_gives_the_kind_unless_the_row_does() -> None:
    text = "category,text,kind\nสอบถาม,กี่โมง,\nสอบถาม,กี่โมง,suggestion\nถนน,หลุม,\n"
    assert [row.body.get("kind") for row in rows(text, categories=MAP)] == ["question", "suggestion", None]


def test_answers_are_pairs() -> None:
    found = only("category,text,answers\nwater-leak,x,flow=burst; danger = yes;\n")
    assert found.body["answers"] == {"flow": "burst", "danger": "yes"}


def test_a_reporter_is_more_than_a_language() -> None:
    first, second = rows("category,text,email,language\nother,x,a@b.example,en\nother,x,,en\n")
    assert first.body["reporter"] == {"email": "a@b.example", "language": "en"}
    assert "reporter" not in second.body
    assert second.language == "en"


def test_commas_newlines_and_quotes_inside_a_cell_stay() -> None:
    found = only('category,text\nother,"แถวหนึ่ง, มี ""คำ""\nแถวสอง"\n')
    assert found.body["text"] == 'แถวหนึ่ง, มี "คำ"\nแถวสอง'
    assert found.text == 'แถวหนึ่ง, มี "คำ" แถวสอง'


def test_a_row_with_too_few_cells_is_still_a_row() -> None:
    assert only("category,text,lat\nother\n").body == {"category": "other", "text": ""}


def test_a_row_with_too_many_cells_keeps_the_named_ones() -> None:
    assert only("category,text\nother,x,y,z\n").body == {"category": "other", "text": "x"}


def test_an_empty_cell_of_text_is_sent_and_refused_by_the_api() -> None:
    assert only("category,text\nother,\n").body == {"category": "other", "text": ""}


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(BadInput, match=r"no column 'comment' for --text; the file has: category, body"):
        rows("category,body\nother,x\n", Columns(text="comment"))


def test_needed_columns_have_no_way_around() -> None:
    with pytest.raises(BadInput, match="--category"):
        rows("text\nx\n")


def test_a_named_column_must_be_there_even_if_it_is_not_needed() -> None:
    with pytest.raises(BadInput, match="--lat"):
        rows("category,text\nother,x\n", Columns(lat="y"))


def test_the_oldest_is_played_first_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "category,text,at\nother,new,2024-03-01T10:00:00+07:00\nother,undated,soon\nother,old,2022-06-05T21:06:00\n"
        "other,older by zone,2022-06-05T14:05:00+00:00\n"
    )
    found = read_rows(path, Columns(), None, ZONE)
    assert [(row.number, row.text) for row in found] == [(4, "older by zone"), (3, "old"), (1, "new"), (2, "undated")]


def test_gzip_is_told_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cases.data"
    path.write_bytes(gzip.compress("\ufeffcategory,text\nother,ก\n".encode()))
    assert [row.text for row in read_rows(path, Columns(), None, ZONE)] == ["ก"]


@pytest.mark.parametrize("content", [b"category,text\nother,\xff\xfe\n", b"\x1f\x8b broken"])
def test_a_file_that_is_no_csv_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"cases\.csv is no CSV file"):
        read_rows(path, Columns(), None, ZONE)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot read"):
        read_rows(tmp_path / "none.csv", Columns(), None, ZONE)
