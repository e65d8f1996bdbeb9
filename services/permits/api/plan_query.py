"""What a map program may ask of the plan's layers, by OGC API Features: 400 for what cannot be read, and the largest
answer there is, never an error, for more than may be had at once."""

import re
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Final

from fastapi import Depends, Query, Request

from shared.town.ground.model import Box
from shared.web import Paging, Problem
from shared.web.paging import decode_cursor

MOST: Final = 5000  # features of one answer, a quarter of a second's work
PERMITS_MOST: Final = 500  # each is read from the database and worded
_ASKED: Final = 1000  # what GDAL asks for by itself, and who names no number
_PERMITS_ASKED: Final = 50
_KNOWN: Final = frozenset({"bbox", "limit", "after", "datetime", "f", "deed_number", "lang"})
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
Asked = Annotated[str | None, Query(max_length=1000)]


@dataclass(frozen=True)
class Part:
    """So many features of a layer after the first `after` ones."""

    limit: int
    after: int

    @property
    def end(self) -> int:
        """Where the next part begins."""
        return self.after + self.limit


def _refuse_unknown(request: Request) -> None:
    """The standard's requirement 8: what is misspelt must not be taken for left out."""
    unknown = sorted(set(request.query_params) - _KNOWN)
    if unknown:
        raise Problem(400, "unknown-parameter", detail_args={"names": ", ".join(unknown)})


def _number(said: str | None, default: int, least: int) -> int:
    if said is None:
        return default
    if not _NUMBER.fullmatch(said) or int(said) < least:
        raise Problem(400, "paging")
    return int(said)


async def part(request: Request, limit: Asked = None, after: Asked = None) -> Part:
    """Dependency: which features of a layer that is held in memory."""
    _refuse_unknown(request)
    return Part(min(_number(limit, _ASKED, 1), MOST), _number(after, 0, 0))


async def permits_part(request: Request, limit: Asked = None, after: Asked = None) -> Paging:
    """Dependency: which permits; `after` is the register's cursor."""
    _refuse_unknown(request)
    most = min(_number(limit, _PERMITS_ASKED, 1), PERMITS_MOST)
    return Paging(most, None if after is None else decode_cursor(after))


async def boxes(bbox: Asked = None) -> tuple[Box, ...] | None:
    """Dependency: west, south, east, north; six numbers have heights among them, which are left out. A box whose west
    lies east of its east reaches over the 180th meridian: it is two."""
    if bbox is None:
        return None
    try:
        numbers = [float(part) for part in bbox.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(isfinite, numbers)) or numbers[1] > numbers[3]:
        raise Problem(400, "bbox")
    west, south, east, north = numbers
    if west <= east:
        return ((west, south, east, north),)
    if not (east >= -180 and west <= 180):
        raise Problem(400, "bbox")
    return (west, south, 180.0, north), (-180.0, south, east, north)


Boxes = Annotated[tuple[Box, ...] | None, Depends(boxes)]
WantedPart = Annotated[Part, Depends(part)]
WantedPermits = Annotated[Paging, Depends(permits_part)]
