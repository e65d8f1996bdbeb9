"""Zones: closed outlines inside the town's bounds, around a centre that is inside them too."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.town.checks.raw import Finding, entries, find


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Outlines that are not closed, points outside the bounds, bounds upside down."""
    box = _box(data)
    for section in ("zones", "land_use"):
        for location, ring in find(data, f"{section}.*.polygons.*.*"):
            points = [point for _, point in entries(ring)]
            if points and points[0] != points[-1]:
                yield location, "the outline is not closed: its last position must repeat its first"
            if box and any(not _inside(box, point) for point in points):
                yield location, "the outline leaves the town's bounds"
    if box is None:
        return
    south, west, north, east = box
    if south >= north or west >= east:
        yield ("bounds",), "south must be less than north, and west less than east"
    centre = [value for _, value in find(data, "centre.longitude")] + [v for _, v in find(data, "centre.latitude")]
    if len(centre) == 2 and not _inside(box, centre):
        yield ("centre",), "the centre lies outside the bounds"


def _box(data: dict[str, Any]) -> tuple[Any, Any, Any, Any] | None:
    bounds = data.get("bounds")
    if not isinstance(bounds, dict):
        return None
    south, west, north, east = (bounds.get(side) for side in ("south", "west", "north", "east"))
    return (south, west, north, east) if all(map(_number, (south, west, north, east))) else None


def _inside(box: tuple[Any, Any, Any, Any], point: Any) -> bool:
    """Whether a GeoJSON position lies in the box; True for what is no position, which the model reports."""
    if not isinstance(point, list) or len(point) != 2 or not all(map(_number, point)):
        return True
    south, west, north, east = box
    return bool(west <= point[0] <= east and south <= point[1] <= north)


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
