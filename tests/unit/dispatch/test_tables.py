"""A file for a spreadsheet holds what people wrote as text, whatever it begins with."""

import csv
import io
from datetime import UTC, datetime

import pytest

from services.dispatch.api.tables import head_line, line
from services.dispatch.pages.cards import make_card
from services.dispatch.pages.work_file import COLUMNS, rows
from shared.kernel import Case
from tests.support.work import MONDAY, order, town

FORMULAS = ("=cmd|'/c calc'!A1", "+66 81", "-1+1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "  =1", "＝1")


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("written", FORMULAS)
def test_no_text_is_taken_for_a_formula(written: str) -> None:
    ((first, last),) = cells(line([written, "ท่อแตก"]))
    assert (first, last) == (f"'{written}", "ท่อแตก")


def test_numbers_stay_numbers_and_quotes_and_lines_stay_in_their_cell() -> None:
    (row,) = cells(line([-1.5, 0, True, None, 'a "b", c\nd', datetime(2026, 11, 2, 3, tzinfo=UTC)]))
    assert row == ["-1.5", "0", "true", "", 'a "b", c\nd', "2026-11-02T03:00:00+00:00"]


def test_it_begins_with_the_mark_by_which_spreadsheets_know_thai() -> None:
    assert head_line(["a", "b"]) == "\ufeffa,b\r\n"


def test_a_line_of_work_has_a_value_for_each_column() -> None:
    case = Case("W1", 1, order(text="=1+1"))
    (row,) = rows(town(), [make_card(town(), case, MONDAY)], "en")
    told = dict(zip(COLUMNS, cells(line(row))[0], strict=True))

    assert (told["reference"], told["text"], told["work_order"]) == (case.state.reference, "'=1+1", "W1")
    assert told["received_at"].endswith("+07:00")
    assert (told["late"], told["waits_for"], told["closed_at"]) == ("false", "", "")
