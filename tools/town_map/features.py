"""From an extract's objects to what the map shows: kinds, names, roads in one piece, and landmarks once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from tools.town_map import schema
from tools.town_map.extract import Element
from tools.town_map.schema import Kind, Names


@dataclass(frozen=True)
class Feature:
    """One thing on the map, in degrees. `ref`: a road's number."""

    kind: Kind
    names: Names
    geometry: BaseGeometry
    ref: str = ""


def features(elements: Iterable[Element]) -> list[Feature]:
    """Everything that the map shows, the nameless pieces of one kind of road joined."""
    roads: dict[tuple[Kind, Names, str], list[LineString]] = defaultdict(list)
    out: list[Feature] = []
    for element in elements:
        for one in _list_shown(element):
            if one.kind.layer == "roads":
                roads[one.kind, one.names, one.ref] += _lines(one.geometry)
            else:
                out.append(one)
    out += [Feature(kind, names, linemerge(lines), ref) for (kind, names, ref), lines in roads.items()]
    return list(_once(out))


def _list_shown(element: Element) -> Iterator[Feature]:
    """An area may be drawn and be a landmark too: a temple has grounds, and a name in their middle."""
    tags, geometry = element.tags, element.geometry
    names, ref = schema.names(tags), tags.get("ref", "")
    area = geometry.geom_type in ("Polygon", "MultiPolygon")
    if geometry.geom_type in ("LineString", "MultiLineString"):
        if (kind := schema.of_line(tags)) is not None:
            yield Feature(kind, names, geometry, ref if kind.layer == "roads" else "")
        return
    if area and (kind := schema.of_area(tags)) is not None:
        yield Feature(kind, names if kind.layer == "water" else Names(), geometry)
    if (kind := schema.of_label(tags)) is not None:
        yield Feature(kind, names, geometry.representative_point() if area else geometry)


def _lines(geometry: BaseGeometry) -> list[LineString]:
    parts = geometry.geoms if isinstance(geometry, MultiLineString) else (geometry,)
    return [part for part in parts if isinstance(part, LineString)]


def _once(found: Iterable[Feature]) -> Iterator[Feature]:
    """A place that was mapped as a point and as its house is one place: the same name within about 100 m."""
    seen: set[tuple[str, Names, float, float]] = set()
    for one in found:
        if one.kind.layer == "labels":
            place = one.geometry.centroid
            at = (one.kind.name, one.names, round(place.x, 3), round(place.y, 3))
            if at in seen:
                continue
            seen.add(at)
        yield one
