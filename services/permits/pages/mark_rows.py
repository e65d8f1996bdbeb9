"""Marks as the desk's page has them: a row of fields for each, with places in percent of the page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from services.permits.domain.marking import MARKS_MOST
from services.permits.domain.paper import Mark
from services.permits.mark_bodies import NewMark
from services.permits.pages.forms import read_body, text_of

PLACES = {"left": "x", "top": "y", "width": "width", "height": "height"}  # what the page calls them
Row = dict[str, str]


def rows_of(marks: Sequence[Mark]) -> list[Row]:
    """What is marked, to be changed; whatever has no place or size shows none."""
    return [
        {
            "page": str(one.page),
            "note": one.note,
            "left": _percent(one.x),
            "top": _percent(one.y),
            "width": _percent(one.width or None),
            "height": _percent(one.height or None),
        }
        for one in marks
    ]


def read_rows(sent: FormData) -> list[Row]:
    """Those with anything in them that are not ticked to be removed; a page's number alone is nothing."""
    return [row for number in range(1, MARKS_MOST + 2) if (row := _row(sent, number))]


def read_marks(request: Request, rows: Sequence[Row]) -> tuple[list[Mark], list[str]]:
    """What they mean, and what is wrong with each that means nothing."""
    marks, wrong = [], [""] * len(rows)
    for at, row in enumerate(rows):
        body, wrong[at] = read_body(NewMark, dict(_values(row)), request)
        if not wrong[at]:
            marks.append(body.mark())
    return marks, wrong


def _row(sent: FormData, number: int) -> Row | None:
    row = {name: text_of(sent, f"{name}-{number}").strip() for name in ("page", "note", *PLACES)}
    written = any(value for name, value in row.items() if name != "page")
    return row if written and not text_of(sent, f"remove-{number}") else None


def _values(row: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    yield from ((name, row[name]) for name in ("page", "note"))
    yield from ((field, _fraction(row[name])) for name, field in PLACES.items() if row[name])


def _fraction(percent: str) -> float | str:
    """What is no number is left as it is, to be refused as one."""
    try:
        return float(percent.replace(",", ".")) / 100
    except ValueError:
        return percent


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction * 100:.1f}".removesuffix(".0")
