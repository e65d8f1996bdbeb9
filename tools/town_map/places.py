"""The index that the search reads: every named settlement, landmark and road with one point."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from shapely import MultiLineString, Point, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from tools.town_map.features import Feature
from tools.town_map.schema import Names

_APART = 0.01  # degrees, about a kilometre: two roads of one name that are farther apart are two roads


def index(found: Iterable[Feature]) -> list[dict[str, Any]]:
    """GeoJSON features: settlements and landmarks, the most important first, then roads by name."""
    found = list(found)
    labels = sorted((one for one in found if one.kind.layer == "labels"), key=lambda one: (one.kind.rank, one.names.th))
    places = [_feature(one.kind.name, one.names, one.geometry.centroid) for one in labels]
    return places + [_feature("road", names, at) for names, at in _roads(found)]


def _roads(found: Iterable[Feature]) -> Iterator[tuple[Names, Point]]:
    lines: dict[Names, list[BaseGeometry]] = defaultdict(list)
    for one in found:
        if one.kind.layer == "roads" and one.names and one.kind.name not in ("rail", "runway"):
            lines[one.names].append(one.geometry)
    for names in sorted(lines, key=lambda names: (names.th, names.en)):
        for stretch in _stretches(lines[names]):
            longest = max(getattr(stretch, "geoms", [stretch]), key=lambda line: line.length)
            yield names, longest.interpolate(0.5, normalized=True)


def _stretches(lines: list[BaseGeometry]) -> Iterator[BaseGeometry]:
    """Lines that lie near each other, as one."""
    pieces = [piece for line in lines for piece in getattr(line, "geoms", [line])]
    tree, left = STRtree(pieces), set(range(len(pieces)))
    while left:
        group, reached = set[int](), {min(left)}
        while reached:
            group |= reached
            near = tree.query([pieces[one] for one in reached], predicate="dwithin", distance=_APART)[1]
            reached = {int(one) for one in near} - group
        left -= group
        yield linemerge(MultiLineString([pieces[one] for one in sorted(group)]))


def _feature(kind: str, names: Names, at: Point) -> dict[str, Any]:
    named = {name: value for name, value in (("th", names.th), ("en", names.en)) if value}
    place = {"type": "Point", "coordinates": [round(at.x, 6), round(at.y, 6)]}
    return {
        "type": "Feature",
        "properties": {"kind": kind, **named},
        "geometry": place,
    }
