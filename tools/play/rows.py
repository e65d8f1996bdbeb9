"""Reads a CSV file into requests for `POST /api/v1/reports`: what is wrong in a row is left for the API to refuse."""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from tools.play.mapping import BadInput, CategoryMap

csv.field_size_limit(1_000_000)  # a cell with a whole letter in it must reach the API and be refused there


@dataclass(frozen=True)
class Columns:
    """Which column holds what; None: the column of the field's own name, if the file has one."""

    text: str | None = None
    category: str | None = None
    kind: str | None = None
    lat: str | None = None
    lon: str | None = None
    address: str | None = None
    at: str | None = None
    answers: str | None = None  # `code=answer;code=answer`
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None


REQUIRED = ("text", "category")
CONTACT = ("name", "phone", "email", "language")


@dataclass(frozen=True)
class Row:
    """One row as a request; `number` counts from 1 below the header, `at` is when it was first reported."""

    number: int
    body: Mapping[str, Any]
    at: datetime | None = None
    language: str = "th"  # in which the town answers

    @property
    def text(self) -> str:
        """For people to recognise it by."""
        return " ".join(str(self.body.get("text", "")).split())


def read_rows(path: Path, columns: Columns, categories: CategoryMap | None, zone: ZoneInfo) -> list[Row]:
    """All rows; when the file has a column of times, the oldest first, rows without a readable time last."""
    with _open_text(path) as lines:
        try:
            rows = list(parse(lines, columns, categories, zone))
        except (csv.Error, UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
            raise BadInput(f"{path} is no CSV file in UTF-8: {error}") from error
    return sorted(rows, key=lambda row: (row.at or datetime.max.replace(tzinfo=UTC), row.number))


def parse(lines: Iterable[str], columns: Columns, categories: CategoryMap | None, zone: ZoneInfo) -> Iterator[Row]:
    """Rows in the file's order; `zone` belongs to times that name none."""
    reader = csv.DictReader(lines, restval="")
    found = _resolve(columns, reader.fieldnames or ())
    for number, cells in enumerate(reader, start=1):
        given = {field: (cells[column] or "").strip() for field, column in found.items()}
        at = _time(given.get("at", ""), zone)
        yield Row(number, body(given, categories), at, given.get("language") or "th")


def body(given: Mapping[str, str], categories: CategoryMap | None) -> dict[str, Any]:
    """The request of one row; what is empty is left out."""
    target = categories.target(given["category"]) if categories else None
    request: dict[str, Any] = {
        "category": target.category if target else given["category"],
        "text": given["text"],
        "kind": given.get("kind") or (target.kind if target else None),
        "location": _location(given),
        "reporter": _reporter(given),
        "answers": _answers(given.get("answers", "")),
    }
    return {name: value for name, value in request.items() if value not in (None, {})}


def _location(given: Mapping[str, str]) -> dict[str, Any]:
    where = {
        "latitude": _number(given.get("lat", "")),
        "longitude": _number(given.get("lon", "")),
        "address": given.get("address") or None,
    }
    return {name: value for name, value in where.items() if value is not None}


def _reporter(given: Mapping[str, str]) -> dict[str, Any]:
    """A contact needs more than a language."""
    who = {name: given[name] for name in CONTACT if given.get(name)}
    return who if set(who) - {"language"} else {}


def _answers(cell: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in cell.split(";") if part.strip())
    return {code.strip(): answer.strip() for code, _, answer in pairs}


def _number(cell: str) -> float | str | None:
    """What is no number stays text: the API says so better than we could."""
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def _time(cell: str, zone: ZoneInfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _resolve(columns: Columns, header: Sequence[str]) -> dict[str, str]:
    """Field → column; BadInput when a column was named that is not there, or a needed one is missing."""
    found = {}
    for one in fields(Columns):
        named = getattr(columns, one.name)
        column = named or one.name
        if column in header:
            found[one.name] = column
        elif named or one.name in REQUIRED:
            raise BadInput(f"there is no column {column!r} for --{one.name}; the file has: {', '.join(header)}")
    return found


def _open_text(path: Path) -> TextIO:
    """The text of a plain or gzip'd file, told apart by its first bytes."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
