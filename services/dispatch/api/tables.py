"""Tables as files for a spreadsheet: CSV in which nothing that people wrote is taken for a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8, and Thai
STARTS = tuple("=+-@\t\r\n＝＋－＠")  # of a cell that a spreadsheet would work out: CWE-1236


def head_line(names: Iterable[str]) -> str:
    """The first line of a file: what its columns are."""
    return MARK + line(names)


def line(values: Iterable[object]) -> str:
    """One line; text that would be a formula is made text by the sign that spreadsheets have for it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(map(_cell, values))
    return text.getvalue()


def file_headers(name: str) -> dict[str, str]:
    """Of a file to be kept under that name."""
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}.csv"'}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(STARTS) else value
