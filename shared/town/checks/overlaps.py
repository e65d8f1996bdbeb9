"""Zones that share ground: the first of the file counts there, so a rule for the other misses what lies in both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, radians
from typing import Any

from shared.town.checks.raw import Finding, entries, find, text

LEAST_M2 = 500.0  # less lies between two lines that were drawn for one border
WHOLE = 0.999  # of a zone; what is left are rounded corners
_METRES = 111_320.0  # of a degree of latitude
Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class _Zone:
    """A zone in metres, true in area, with the box around it."""

    index: int
    code: str
    polygons: Sequence[Sequence[Ring]]
    west: float
    south: float
    east: float
    north: float

    def touches(self, other: "_Zone") -> bool:
        across = self.west < other.east and other.west < self.east
        return across and self.south < other.north and other.south < self.north

    def is_around(self, other: "_Zone") -> bool:
        across = self.west <= other.west and other.east <= self.east
        return across and self.south <= other.south and other.north <= self.north


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """Zones in which no place ever is, because one before holds all of them."""
    for earlier, later in combinations(_zones(data), 2):
        if earlier.is_around(later) and _measure_overlap(earlier, later)[1] >= WHOLE:
            reason = f"no report is ever in zone {later.code!r}: zone {earlier.code!r} before it holds all of it"
            yield ("zones", later.index), reason


def advice(data: dict[str, Any]) -> Iterator[Finding]:
    """Zones of which a part counts as another's."""
    for earlier, later in combinations(_zones(data), 2):
        area, share = _measure_overlap(earlier, later) if earlier.touches(later) else (0.0, 0.0)
        if area >= LEAST_M2 and share < WHOLE:
            said = f"{area:,.0f} m² ({share:.1%}) of zone {later.code!r} lie in zone {earlier.code!r} too"
            yield ("zones", later.index), f"{said}, which is before it and counts there: draw one border"


def _measure_overlap(earlier: _Zone, later: _Zone) -> tuple[float, float]:
    """How much ground they share, in m², and which share of the later one that is."""
    from shapely import MultiPolygon, make_valid  # 20 MB that no service needs whose town is in order

    one, other = (
        make_valid(MultiPolygon([(outline, holes) for outline, *holes in zone.polygons])) for zone in (earlier, later)
    )
    area = float(one.intersection(other).area)
    return area, area / float(other.area) if other.area else 0.0


def _zones(data: dict[str, Any]) -> list[_Zone]:
    """Those that are drawn as zones are; of any other the model says so."""
    made = []
    for index, zone in entries(data.get("zones")):
        try:
            polygons = [[[*map(_flat, ring)] for ring in polygon] for _, polygon in find(zone, "polygons.*")]
        except (TypeError, ValueError):
            continue
        if polygons and all(len(ring) > 3 for polygon in polygons for ring in polygon) and all(polygons):
            made.append(_zone(int(index), text(zone, "code"), polygons))
    return made


def _zone(index: int, code: str, polygons: Sequence[Sequence[Ring]]) -> _Zone:
    across, along = zip(*(place for outline, *_ in polygons for place in outline), strict=True)
    return _Zone(index, code, polygons, min(across), min(along), max(across), max(along))


def _flat(position: Any) -> tuple[float, float]:
    longitude, latitude = map(float, position)
    return longitude * _METRES * cos(radians(latitude)), latitude * _METRES
