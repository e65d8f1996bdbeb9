"""Walks raw data of any shape: a check must not crash on what the models report anyway."""

from collections.abc import Iterator
from typing import Any

from shared.town.source import Location

Finding = tuple[Location, str]


def find(data: Any, path: str) -> Iterator[tuple[Location, Any]]:
    """Values at a dotted path; `*` stands for every entry of a mapping or list. Missing parts are skipped."""
    yield from _find(data, path.split("."), ())


def _find(data: Any, steps: list[str], location: Location) -> Iterator[tuple[Location, Any]]:
    if not steps:
        if data is not None:
            yield location, data
        return
    for key, value in entries(data):
        if steps[0] in ("*", key):
            yield from _find(value, steps[1:], (*location, key))


def entries(data: Any) -> list[tuple[str | int, Any]]:
    """The entries of a mapping or list; none for anything else."""
    if isinstance(data, dict):
        return list(data.items())
    return list(enumerate(data)) if isinstance(data, list) else []


def strings(data: Any) -> list[str]:
    """The entries of a list as text; empty where it is no list, which another check says."""
    return [str(item) for item in data] if isinstance(data, list) else []


def text(data: Any, key: str) -> str:
    """A mapping's value as text; empty when it is missing."""
    return str(data[key]) if isinstance(data, dict) and data.get(key) is not None else ""
