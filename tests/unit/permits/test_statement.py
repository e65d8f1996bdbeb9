"""A bank's statement is read as the profile describes it, and every row says what it is worth."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.permits.domain.statement import ROWS_MOST, read_number, read_statement, write_day_example
from shared.kernel import Reject
from shared.town.payments import Statement

BANGKOK = ZoneInfo("Asia/Bangkok")
COLUMNS = {"paid_on": "Date", "amount": "Amount", "reference": "Ref1", "transaction": "No"}
HOW = Statement.model_validate({"columns": COLUMNS})
UNNUMBERED = Statement.model_validate({"columns": {**COLUMNS, "transaction": None}})
HEAD = "No,Date,Amount,Ref1\n"


def outcomes(text: str, how: Statement = HOW) -> list[tuple[str, str]]:
    return [(row.outcome, row.reason) for row in read_statement(text.encode(), how, BANGKOK)]


def test_a_row_is_read_with_its_day_its_satang_and_the_banks_number() -> None:
    (row,) = read_statement(f'{HEAD}\nA1,23/11/2026 09:15,"1,095.50", MH4K7T29Q8 \n'.encode(), HOW, BANGKOK)

    assert (row.line, row.reference, row.satang, row.transaction) == (3, "MH4K7T29Q8", 109550, "A1")
    assert (row.paid_on, row.outcome) == (datetime(2026, 11, 23, tzinfo=BANGKOK), "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,23/11/2026,0,MH", "amount"), ("A1,23/11/2026,-20,MH", "amount"), ("A1,23/11/2026,20.001,MH", "amount"),
        ("A1,23/11/2026,99999999999999,MH", "amount"), ("A1,23/11/2026,,MH", "amount"), ("A1,31/02/2026,20,MH", "day"),
        ("A1,2026-11-23,20,MH", "day"), ("A1", "amount"),
    ],
)  # fmt: skip
def test_a_row_that_makes_no_sense_says_why(row: str, reason: str) -> None:
    assert outcomes(HEAD + row) == [("wrong", reason)]


@pytest.mark.parametrize("era", [False, True])
def test_the_day_that_is_shown_as_an_example_is_one_that_is_read(era: bool) -> None:
    how = HOW.model_copy(update={"buddhist_year": era})
    example = write_day_example(how, datetime(2026, 11, 23, tzinfo=BANGKOK))
    assert example == ("23/11/2569" if era else "23/11/2026")
    assert outcomes(f"{HEAD}A1,{example},๙๕.๐๐,MH", how) == [("", "")]


def test_a_row_without_a_reference_is_nobodys() -> None:
    assert outcomes(HEAD + "A1,23/11/2026,20,") == [("unmatched", "no-reference")]


def test_a_day_may_be_of_the_buddhist_era_and_the_file_of_an_old_code_page() -> None:
    how = HOW.model_copy(update={"buddhist_year": True, "encoding": "tis-620"})
    content = "No,Date,Amount,Ref1,ผู้โอน\nA1,29/02/2567,20,MH,สมชาย\n".encode("tis-620")

    (row,) = read_statement(content, how, BANGKOK)

    assert row.paid_on == datetime(2024, 2, 29, tzinfo=BANGKOK)


def test_a_bank_that_numbers_nothing_gets_numbers_that_are_the_same_in_every_file() -> None:
    text = "Date,Amount,Ref1\n23/11/2026,20,MH1\n23/11/2026,20,MH1\n23/11/2026,20,MH2\n"

    first, again = (read_statement(text.encode(), UNNUMBERED, BANGKOK) for _ in range(2))

    assert len({row.transaction for row in first}) == 3
    assert [row.transaction for row in first] == [row.transaction for row in again]


@pytest.mark.parametrize("none", ["", "-", " – ", "0", "000"])
def test_a_dash_or_a_zero_is_no_number(none: str) -> None:
    first, second = read_statement(f"{HEAD}{none},23/11/2026,20,MH1\n{none},23/11/2026,20,MH2\n".encode(), HOW, BANGKOK)

    assert not first.numbered
    assert first.transaction != second.transaction


@pytest.mark.parametrize("written", ["A1 23", " A123\u200b", "A123"])
def test_a_number_is_the_same_from_a_file_and_from_a_slip(written: str) -> None:
    (row,) = read_statement(f"{HEAD}{written},23/11/2026,20,MH1\n".encode(), HOW, BANGKOK)

    assert row.transaction == read_number(written) == "A123"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Date;Amount;Ref1\n", "no-such-column"), (b"", "no-such-column"), (b"\xff\xfe\x00", "no-statement"),
        (HEAD.encode() + b'A1,"23/11/2026,20,MH', "no-statement"),
        (HEAD.encode() + b"A1,23/11/2026,20,MH\n" * (ROWS_MOST + 1), "too-many-rows"),
    ],
)  # fmt: skip
def test_what_is_no_statement_of_this_bank_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Reject) as refused:
        read_statement(content, HOW, BANGKOK)
    assert refused.value.code == code
