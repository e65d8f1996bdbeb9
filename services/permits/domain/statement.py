"""A bank's statement: its file, read row by row as the town's profile says, and what each row is worth."""

import csv
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.permits.domain.money import MOST, read_baht
from shared.events.times import need_our_instant
from shared.kernel import Reject
from shared.town.payments import Statement
from shared.words.dates import BUDDHIST_ERA
from shared.words.fold import plain_digits
from shared.words.typed import clean_line

ROWS_MOST = 1000  # a busy month: each takes some hundredths of a second
NUMBER_MOST = 64  # characters of a bank's number
MADE_UP = "row-"  # before a number that is ours
Outcome = Literal["", "matched", "unmatched", "duplicate", "wrong"]


@dataclass(frozen=True)
class Row:
    """One payment of the file; `outcome` is empty until it is judged. `transaction`: the bank's number of it, or one
    that follows from what the row says."""

    line: int
    reference: str
    satang: int
    paid_on: datetime | None
    transaction: str
    outcome: Outcome = ""
    reason: str = ""
    receipt: str = ""  # of the payment that it is, where that was entered by hand

    @property
    def numbered(self) -> bool:
        """The number is the bank's."""
        return not self.transaction.startswith(MADE_UP)


def read_number(written: str) -> str:
    """A bank's number of a payment, from its file or from a slip alike; empty for a dash or zeros, which are none."""
    number = "".join(clean_line(written).split())[:NUMBER_MOST]
    return number if number.strip("-–—0") else ""


def with_outcome(row: Row, outcome: Outcome, reason: str) -> Row:
    """The row with what it is worth, and why."""
    return replace(row, outcome=outcome, reason=reason)


def read_statement(content: bytes, how: Statement, zone: ZoneInfo) -> list[Row]:
    """Every row, those that make no sense as `wrong`. Reject for what is no statement of this bank."""
    lines = csv.reader(re.split(r"(?<=\n)", _text(content, how)), delimiter=how.delimiter, strict=True)
    try:
        names = [name.strip() for name in next(lines, [])]
        places = {column: names.index(name) for column, name in how.columns if name}
        rows = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except ValueError as error:
        raise Reject("no-such-column", f"the first line lacks a column of the profile: {error}", status=422) from error
    except csv.Error as error:
        raise Reject("no-statement", f"line {lines.line_num} is no CSV: {error}", status=422) from error
    if len(rows) > ROWS_MOST:
        raise Reject("too-many-rows", f"a statement has at most {ROWS_MOST} rows; give it in parts", status=422)
    seen: dict[str, int] = {}
    return [_read_row(line, cells, places, how, zone, seen) for line, cells in rows]


def _text(content: bytes, how: Statement) -> str:
    try:
        return content.decode("utf-8-sig" if how.encoding == "utf-8" else how.encoding)
    except UnicodeDecodeError as error:
        raise Reject("no-statement", f"the file is not written in {how.encoding}", status=422) from error


def _read_row(
    line: int, cells: list[str], places: dict[str, int], how: Statement, zone: ZoneInfo, seen: dict[str, int]
) -> Row:
    told = {column: cells[place].strip() if place < len(cells) else "" for column, place in places.items()}
    amount, paid_on = read_baht(told["amount"].removeprefix("+")), _read_day(told["paid_on"], how, zone)
    transaction = read_number(told.get("transaction", "")) or _make_up_number(told, seen)
    row = Row(line, told["reference"][:40], amount or 0, paid_on, transaction)
    if amount is None or not 0 < amount <= MOST:
        return with_outcome(row, "wrong", "amount")
    if paid_on is None:
        return with_outcome(row, "wrong", "day")
    return row if told["reference"] else with_outcome(row, "unmatched", "no-reference")


def _read_day(written: str, how: Statement, zone: ZoneInfo) -> datetime | None:
    day = plain_digits(written).split(" ", maxsplit=1)[0]
    if how.buddhist_year:  # before it is read: 29 February is in no year of which the other era's number says so
        day = re.sub(r"[0-9]{4}", lambda year: str(int(year[0]) - BUDDHIST_ERA), day)
    try:
        return need_our_instant(datetime.strptime(day, how.day).replace(tzinfo=zone))
    except ValueError:
        return None


def write_day_example(how: Statement, day: datetime) -> str:
    """That day as this bank's file has it: what a reader is shown of the format."""
    year = day.year + BUDDHIST_ERA if how.buddhist_year else day.year
    return day.strftime(how.day.replace("%Y", f"{year:04}"))


def _make_up_number(told: dict[str, str], seen: dict[str, int]) -> str:
    """Of a bank that numbers nothing: the same row of the same day has the same number in every file; the second that
    says the same is another payment."""
    said = "\x1f".join(told.values())
    seen[said] = seen.get(said, 0) + 1
    return MADE_UP + hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest()[:24]
