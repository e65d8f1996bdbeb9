"""Lists page by cursor: an opaque place in a fixed order, so a list that grows skips and repeats nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query

from shared.times import read_time
from shared.web.problem import Problem

T = TypeVar("T")
Scalar = str | int | float | None


@dataclass(frozen=True)
class Paging:
    """What the client asked for: at most `limit` items that come after the sort key `after`."""

    limit: int
    after: tuple[Scalar, ...] | None

    @property
    def fetch(self) -> int:
        """How many to load: one more than asked, to know whether there is a next page."""
        return self.limit + 1

    def answer(self, loaded: Sequence[T], key: Callable[[T], tuple[Scalar, ...]]) -> dict[str, Any]:
        """`{items, next}` from up to `fetch` loaded items; `key` gives an item's sort key, unique in the list."""
        items = list(loaded[: self.limit])
        more = len(loaded) > self.limit
        return {"items": items, "next": encode_cursor(key(items[-1])) if more else None}


def encode_cursor(parts: tuple[Scalar, ...]) -> str:
    """The place of a list's last row as the text that clients hand back: opaque to them, not secret."""
    raw = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(text: str) -> tuple[Scalar, ...]:
    """The sort key of a cursor. Scalars only, so that it can be put into a query as it is; 400 for anything else."""
    try:
        parts = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        json.dumps(parts, ensure_ascii=False).encode()  # JSON can escape half a character, which no database takes
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "cursor") from error
    if not isinstance(parts, list) or not all(isinstance(part, Scalar) for part in parts):
        raise Problem(400, "cursor")
    return tuple(parts)


def cursor_time(text: str) -> datetime:
    """The time in a cursor, which anybody may write: 400 for what is none, or none that a database holds."""
    try:
        return read_time(text)
    except ValueError as error:
        raise Problem(400, "cursor") from error


def time_place(pages: Paging) -> tuple[datetime, str] | None:
    """Where a page of a list by time and id begins, as its cursor names it; 400 for the cursor of another list."""
    match pages.after:
        case None:
            return None
        case (str() as at, str() as key):
            return cursor_time(at), key
    raise Problem(400, "cursor")


async def read_paging(
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> Paging:
    """Dependency: `?limit=&after=` of a list route."""
    return Paging(limit, decode_cursor(after) if after else None)
