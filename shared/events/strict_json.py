"""JSON that every reader understands in the same way; anything else is refused before a model sees it."""

import json
from collections.abc import Iterable
from typing import Any

from shared.events.undecodable import Undecodable

MAX_DEPTH = 32  # our deepest event has four levels; beyond this it is an attack or an accident


def check_json(value: bytes) -> None:
    """Refuse what JSON readers disagree about: other encodings, duplicate names, NaN, infinity, bottomless nesting."""
    try:
        parsed = json.loads(value.decode(), object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise Undecodable("not-utf8", f"the value is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise Undecodable("not-json", f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise Undecodable("not-json", f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise Undecodable("not-json", str(error)) from None
    _limit_depth(parsed)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object holds the same name twice")
    return found


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _limit_depth(parsed: Any) -> None:
    level = [parsed]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise Undecodable("not-json", f"nested deeper than {MAX_DEPTH} levels")


def _children(parent: Any) -> Iterable[Any]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()
