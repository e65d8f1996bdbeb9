"""Cases as officers type or paste them to try the routing rules: one form, lines of text, or a table as CSV."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from services.dispatch.questions import Question
from shared.town import Town
from shared.town.answers import read_answers

CASES_MOST = 200  # at once
COLUMNS = ("text", "category", "latitude", "longitude", "at", "channel", "kind", "answers")
_SHORT = {"lat": "latitude", "lon": "longitude", "lng": "longitude", "time": "at", "comment": "text"}
ANSWER = "answer."


@dataclass(frozen=True)
class TypedCase:
    """One case: what is asked of the rules, or by field what is wrong with it, as a code."""

    question: Question | None
    answers: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TypedCases:
    """Many; `left_out`: how many more there were than are tried at once. `mistake`: why none could be read."""

    cases: Sequence[TypedCase]
    left_out: int = 0
    mistake: str | None = None


def read_case(town: Town, typed: Mapping[str, str]) -> TypedCase:
    """The fields of a form, answers as `answer.<code>`; an empty one says nothing. Times are the town's."""
    said = {name: value.strip() for name, value in typed.items() if value.strip()}
    mistakes: dict[str, str] = {}
    category = town.categories.get(said.get("category", ""))
    if category is None:
        mistakes["category"] = "unknown" if "category" in said else "missing"
    if ("latitude" in said) != ("longitude" in said):
        mistakes["latitude"] = "half-a-place"
    read = read_answers(category, _answers(said)) if category else None
    wrong = [f"{ANSWER}{code}" for code, mistake in read.mistakes.items() if mistake != "required"] if read else []
    mistakes |= dict.fromkeys(wrong, "answer")
    try:
        question = Question.model_validate(_as_question(said, town.calendar.zone))
    except ValidationError as error:
        mistakes |= {_field(one["loc"]): "wrong" for one in error.errors()}
        return TypedCase(None, {}, mistakes)
    return TypedCase(None, {}, mistakes) if mistakes else TypedCase(question, read.values if read else {})


def read_cases(town: Town, text: str, category: str = "") -> TypedCases:
    """A table where the first line names `text` as a column, else each line is the text of one case.

    `category` is that of cases which do not say theirs.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    table = _columns(lines[0]) if lines else None
    try:
        rows = [*_rows(text.lstrip("\ufeff"), table)] if table else [{"text": line} for line in lines]
    except csv.Error as error:
        return TypedCases((), mistake=str(error))
    cases = [read_case(town, {"category": category, **_select_given(row)}) for row in rows[:CASES_MOST]]
    return TypedCases(cases, max(0, len(rows) - CASES_MOST))


def _as_question(said: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    names = {"latitude": "lat", "longitude": "lon"}
    asked: dict[str, Any] = {names.get(name, name): said[name] for name in COLUMNS[:-1] if name in said}
    if "at" in asked:
        asked["at"] = _with_zone(asked["at"], zone)
    return asked


def _with_zone(text: str, zone: ZoneInfo) -> datetime | str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text  # the model refuses it
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _field(location: Sequence[int | str]) -> str:
    names = {"lat": "latitude", "lon": "longitude"}
    return names.get(str(location[0]), str(location[0]))


def _answers(said: Mapping[str, str]) -> dict[str, str]:
    """Of `answer.<code>` fields, and of a cell that holds several: `danger=yes;depth=knee`."""
    cell = (each.partition("=") for each in said.get("answers", "").split(";") if each.strip())
    single = {name.removeprefix(ANSWER): value for name, value in said.items() if name.startswith(ANSWER)}
    return {code.strip(): answer.strip() for code, _, answer in cell} | single


def _columns(line: str) -> list[str] | None:
    """The columns that a table's first line names; None where it is no such line."""
    names = [name.strip().lower() for name in next(csv.reader([line]), [])]
    known = [_SHORT.get(name, name) for name in names]
    return known if "text" in known and len(known) > 1 else None


def _rows(text: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    reader = csv.reader(StringIO(text), strict=True)
    next(reader)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield dict(zip(columns, cells, strict=False))


def _select_given(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value.strip()}
