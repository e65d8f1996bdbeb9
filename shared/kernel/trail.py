"""Who did what to a case: a line for each act of the staff, with the values that it changed, before and after.

The line is saved with the case by the same guarded write, so that no act is without its line and no line without its
act; `mongo_trail.py` moves it into the service's `trail`, where it is read.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.people import Person


@dataclass(frozen=True)
class Change:
    """One value of the case; a dotted name where it lies deeper, None where there was or is none."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Line:
    """One act. `id` is that of its cause: the same request again leaves no second line."""

    id: str
    at: datetime
    happened_at: datetime | None  # by the clock of a device that told it later
    case_id: str
    reference: str
    act: str
    who: Person
    changes: Sequence[Change] = ()


def changes_of(before: BaseModel | None, after: BaseModel, silent: Collection[str]) -> Sequence[Change]:
    """What a step changed in a case; nothing of one that is new. `silent`: fields that say nothing by themselves, such
    as a case's own history, which the step has made longer."""
    if before is None:
        return ()
    old, new = (state.model_dump(exclude=set(silent)) for state in (before, after))
    return tuple(_list_changes(old, new))


def _list_changes(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> Iterator[Change]:
    for name in {**old, **new}:
        was, became = old.get(name), new.get(name)
        if was == became:
            continue
        if isinstance(was, Mapping) and isinstance(became, Mapping):
            yield from _list_changes(was, became, f"{within}{name}.")
        else:
            yield Change(within + name, was, became)
