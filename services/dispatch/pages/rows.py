"""Rows of a form that a body has as a list: what was used up, and the shares of split work. Empty rows say nothing."""

from typing import Any

from starlette.datastructures import FormData

ROWS = {  # the body's list → its columns, as the form's fields are called
    "materials": {"name": "material_name", "quantity": "material_quantity", "unit": "material_unit"},
    "shares": {"team": "share_team", "task": "share_task"},
}
FIELDS = frozenset(field for columns in ROWS.values() for field in columns.values())


def read_rows(form: FormData) -> dict[str, list[dict[str, Any]]]:
    """Each list that has a row with anything in it; what is missing in such a row the body says."""
    found = {name: _rows(form, columns) for name, columns in ROWS.items()}
    return {name: rows for name, rows in found.items() if rows}


def _rows(form: FormData, columns: dict[str, str]) -> list[dict[str, Any]]:
    texts = {column: [_text(value) for value in form.getlist(field)] for column, field in columns.items()}
    count = max((len(values) for values in texts.values()), default=0)
    rows = [{column: values[at] for column, values in texts.items() if at < len(values)} for at in range(count)]
    return [row for row in rows if any(row.values())]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
