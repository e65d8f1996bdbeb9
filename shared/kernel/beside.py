"""What a case keeps of its past in itself, and what moves beside it: a step costs the same whatever has happened.

The newest items of a long list stay in the case. When there are twice as many as wanted, the older half moves into a
collection of its own before the guarded write that drops it from the case. What moves is read off the stored version
alone, so every process that tries writes the same, and a write that is lost leaves nothing wrong: items that the case
does not count as moved are not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from shared.kernel.case import Cause
from shared.kernel.write import Stored

S = TypeVar("S", bound=BaseModel)

SEEN, HEARD = "seen", "heard"
REMEMBERED = 50  # causes, and origins, that stay in the case; twice as many are 8 kB. Older ones are looked up

Key = tuple[str, str, str]  # case, field, key of the item in it


@dataclass(frozen=True)
class Older:
    """One item that moves. `version`: of the case that it was read off; an older one never replaces a newer one."""

    key: Key
    value: Any
    version: int


def trim(stored: Stored[S], keep: Mapping[str, int], remember: int = REMEMBERED) -> tuple[Stored[S], Sequence[Older]]:
    """The case with its lists cut, and what to put beside it before it is saved so."""
    if stored.state is None:
        return stored, ()
    trimmed, moved = _trim_seen(stored, remember)
    trimmed, origins = _trim_heard(trimmed, remember)
    moved += origins
    for field, most in keep.items():
        trimmed, items = _trim_list(trimmed, field, most)
        moved += items
    return trimmed, moved


def build_position(index: int) -> str:
    """The key of a list's item: sorts as text."""
    return f"{index:010d}"


def to_recall(stored: Stored[S], cause: Cause) -> Sequence[Key]:
    """What must be looked up beside the case before the cause can be judged; nothing for most.

    What moved is at most `until`. Ids sort by time, so a new cause is above that, and has never moved.
    """
    keys: list[Key] = []
    if cause.id <= stored.until.get(SEEN, "") and cause.id not in stored.seen:
        keys.append((stored.id, SEEN, cause.id))
    if cause.origin and cause.origin <= stored.until.get(HEARD, "") and cause.origin not in stored.heard:
        keys.append((stored.id, HEARD, cause.origin))
    return keys


def with_recalled(stored: Stored[S], found: Mapping[Key, Any]) -> Stored[S]:
    """The case as if it had kept what was looked up."""
    seen = {key: value for (_, field, key), value in found.items() if field == SEEN}
    asked = {key: value for key, value in seen.items() if isinstance(value, str)}
    heard = {key: sequence for (_, field, key), sequence in found.items() if field == HEARD}
    if not found:
        return stored
    return replace(stored, seen=(*stored.seen, *seen), asked={**asked, **stored.asked}, heard={**heard, **stored.heard})


def _trim_seen(stored: Stored[S], most: int) -> tuple[Stored[S], list[Older]]:
    if len(stored.seen) < 2 * most:
        return stored, []
    moved, kept = stored.seen[:-most], stored.seen[-most:]
    until = max(stored.until.get(SEEN, ""), *moved)
    asked = {cause_id: stored.asked[cause_id] for cause_id in kept if cause_id in stored.asked}
    trimmed = replace(stored, seen=kept, asked=asked, until={**stored.until, SEEN: until})
    return trimmed, [
        Older((stored.id, SEEN, cause_id), stored.asked.get(cause_id, True), stored.version) for cause_id in moved
    ]


def _trim_heard(stored: Stored[S], most: int) -> tuple[Stored[S], list[Older]]:
    if len(stored.heard) < 2 * most:
        return stored, []
    origins = list(stored.heard)
    moved, kept = origins[:-most], origins[-most:]
    until = max(stored.until.get(HEARD, ""), *moved)
    heard = {origin: stored.heard[origin] for origin in kept}
    trimmed = replace(stored, heard=heard, until={**stored.until, HEARD: until})
    return trimmed, [Older((stored.id, HEARD, origin), stored.heard[origin], stored.version) for origin in moved]


def _trim_list(stored: Stored[S], field: str, most: int) -> tuple[Stored[S], list[Older]]:
    items: Sequence[Any] = getattr(stored.state, field)
    if stored.state is None or len(items) < 2 * most:
        return stored, []
    moved, before = items[:-most], stored.older.get(field, 0)
    state = stored.state.model_copy(update={field: items[-most:]})
    trimmed = replace(stored, state=state, older={**stored.older, field: before + len(moved)})
    return trimmed, [
        Older((stored.id, field, build_position(before + index)), dump_item(item), stored.version)
        for index, item in enumerate(moved)
    ]


def dump_item(item: Any) -> Any:
    """An item as the database holds it: a model as its fields, anything else as it is."""
    return item.model_dump() if isinstance(item, BaseModel) else item
