"""Buildings out of CityJSON 1.0 to 2.0 and into it: a block each, its outline on the ground and its height.

Reading takes any solid or surface apart: what lies under it seen from above is the outline, its highest point over its
lowest the height. Metres of a projected system become degrees by the file's own `referenceSystem`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely import MultiPolygon, Polygon, unary_union

from shared.town.ground.features import Unusable
from shared.town.ground.model import Building

_SYSTEM = re.compile(r"(?:.*EPSG[/:](?:[0-9.]+[/:]|:)?)([0-9]{4,6})")
_KINDS = ("Building", "BuildingPart")
_DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3, "CompositeSolid": 3}
_LEAST = 0.01  # m²: what is smaller seen from above is a wall
_HIGHEST = 500.0  # metres
Vertex = tuple[float, float, float]


@dataclass(frozen=True)
class _File:
    """What all objects of a file share."""

    vertices: Sequence[Vertex]
    to_degrees: Transformer

    def corner(self, index: Any, place: str) -> Vertex:
        """The vertex that a boundary names."""
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(self.vertices):
            raise Unusable(place, f"there is no vertex {index!r}: the file has {len(self.vertices)}")
        return self.vertices[index]


def read(data: dict[str, Any]) -> tuple[list[Building], list[tuple[str, Unusable]]]:
    """Every building, and what cannot be used: the object's name (empty: the whole file) and why."""
    try:
        file = _File(_vertices(data), _to_degrees(data))
        objects = data.get("CityObjects")
        if not isinstance(objects, dict):
            raise Unusable("CityObjects", "is missing")
    except Unusable as error:
        return [], [("", error)]
    made: list[Building] = []
    wrong: list[tuple[str, Unusable]] = []
    for code, city_object in objects.items():
        try:
            building = _building(file, str(code), city_object)
        except Unusable as error:
            wrong.append((str(code), error))
        else:
            made += [building] if building else []
    return made, wrong


def _vertices(data: dict[str, Any]) -> list[Vertex]:
    if not re.match(r"(1\.[01]|2\.0)", str(data.get("version", ""))):
        raise Unusable("version", f"must be 1.0, 1.1 or 2.0, not {data.get('version')!r}")
    transform = data.get("transform") or {"scale": [1, 1, 1], "translate": [0, 0, 0]}
    listed = data.get("vertices")
    if not isinstance(listed, list):
        raise Unusable("vertices", "is missing")
    try:
        scale, translate = _three(transform["scale"]), _three(transform["translate"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable("transform", "needs three numbers each as scale and translate") from error
    return [_vertex(one, index, scale, translate) for index, one in enumerate(listed)]


def _vertex(one: Any, index: int, scale: Vertex, translate: Vertex) -> Vertex:
    try:
        x, y, z = (value * factor + shift for value, factor, shift in zip(_three(one), scale, translate, strict=True))
    except (TypeError, ValueError) as error:
        raise Unusable(f"vertices[{index}]", f"must be three numbers, not {one!r}") from error
    return x, y, z


def _three(listed: Any) -> Vertex:
    x, y, z = listed
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not isfinite(one) for one in (x, y, z)):
        raise ValueError("no number")
    return float(x), float(y), float(z)


def _to_degrees(data: dict[str, Any]) -> Transformer:
    metadata = data.get("metadata")
    said = metadata.get("referenceSystem") if isinstance(metadata, dict) else None
    found = _SYSTEM.fullmatch(str(said))
    if not found:
        raise Unusable("metadata.referenceSystem", f"must name an EPSG system, not {said!r}")
    try:
        return Transformer.from_crs(int(found[1]), 4326, always_xy=True)
    except CRSError as error:
        raise Unusable("metadata.referenceSystem", f"EPSG:{found[1]} is not known") from error


def _building(file: _File, code: str, city_object: Any) -> Building | None:
    """None for what is no building, or has its geometry in its parts."""
    if not isinstance(city_object, dict):
        raise Unusable("", "must be an object")
    geometries = city_object.get("geometry") or []
    if city_object.get("type") not in _KINDS or not geometries:
        return None
    drawn = [one for index, each in enumerate(geometries) for one in _drawn(file, each, f"geometry[{index}]")]
    heights = [z for surface in drawn for ring in surface for _, _, z in ring]
    attributes = city_object.get("attributes") or {}
    height = attributes.get("measuredHeight") or (max(heights) - min(heights) if heights else 0)
    if isinstance(height, bool) or not isinstance(height, int | float) or not 0 < height <= _HIGHEST:
        raise Unusable("attributes.measuredHeight", f"must be above 0 and at most {_HIGHEST:g} metres, not {height!r}")
    storeys = attributes.get("storeysAboveGround")
    use = attributes.get("function") or attributes.get("usage") or ""
    return Building(
        code,
        round(float(height), 2),
        _outline(file, drawn),
        storeys if isinstance(storeys, int) and storeys > 0 else None,
        str(use)[:100],
    )


def _drawn(file: _File, geometry: Any, place: str) -> Iterator[list[list[Vertex]]]:
    """Every surface with its rings: the outline, then its holes."""
    depth = _DEPTH.get(str(geometry.get("type"))) if isinstance(geometry, dict) else None
    if depth is None:
        raise Unusable(f"{place}.type", "must be a surface or a solid")
    for surface, where in _surfaces(geometry.get("boundaries"), depth, f"{place}.boundaries"):
        if not isinstance(surface, list) or not surface or any(not isinstance(one, list) for one in surface):
            raise Unusable(where, "must be a list of rings")
        if any(len(ring) < 3 for ring in surface):
            raise Unusable(where, "a surface needs three corners")
        yield [
            [file.corner(index, f"{where}[{number}][{at}]") for at, index in enumerate(ring)]
            for number, ring in enumerate(surface)
        ]


def _surfaces(boundaries: Any, depth: int, place: str) -> Iterator[tuple[Any, str]]:
    if not isinstance(boundaries, list):
        raise Unusable(place, "must be a list")
    for index, one in enumerate(boundaries):
        if depth == 1:
            yield one, f"{place}[{index}]"
        else:
            yield from _surfaces(one, depth - 1, f"{place}[{index}]")


def _outline(file: _File, drawn: Sequence[Sequence[Sequence[Vertex]]]) -> Polygon:
    flat = [
        Polygon(outer, holes) for outer, *holes in ([[(x, y) for x, y, _ in ring] for ring in one] for one in drawn)
    ]
    lying = [shape.buffer(0) for shape in flat if shape.area > _LEAST]
    united = unary_union(lying)
    parts = united.geoms if isinstance(united, MultiPolygon) else [united]
    whole = max(parts, key=lambda part: float(part.area))
    if not isinstance(whole, Polygon) or whole.is_empty:
        raise Unusable("geometry", "covers no ground")
    turned = [[file.to_degrees.transform(x, y) for x, y in ring.coords] for ring in (whole.exterior, *whole.interiors)]
    longitude, latitude = turned[0][0]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Unusable("geometry", "lies outside its reference system")
    return Polygon(turned[0], turned[1:])


def _flat(surface: Sequence[Sequence[Vertex]]) -> Polygon:
    """Seen from above."""
    outline, *holes = ([(x, y) for x, y, _ in ring] for ring in surface)
    return Polygon(outline, holes)


def utm_of(longitude: float, latitude: float) -> int:
    """The EPSG number of the UTM zone of a place, in which Thailand's surveyors work (47 and 48 north)."""
    return (32600 if latitude >= 0 else 32700) + int((longitude + 180) // 6) % 60 + 1


def write(buildings: Sequence[tuple[str, Building]], epsg: int, title: str) -> dict[str, Any]:
    """CityJSON 2.0 with a block (LoD 1) for each building, by its name, on level ground. Coordinates are whole
    millimetres from the first corner."""
    to_metres = Transformer.from_crs(4326, epsg, always_xy=True)
    blocks = [_Block(building, to_metres) for _, building in buildings]
    east, north = (min((block.low[axis] for block in blocks), default=0.0) for axis in (0, 1))
    vertices: list[list[int]] = []
    objects: dict[str, Any] = {}
    for block, (code, building) in zip(blocks, buildings, strict=True):
        start = len(vertices)
        vertices += block.vertices((east, north))
        known = {"measuredHeight": building.height_m, "storeysAboveGround": building.storeys, "function": building.use}
        objects[code] = {
            "type": "Building",
            "attributes": {name: value for name, value in known.items() if value},
            "geometry": [{"type": "Solid", "lod": "1", "boundaries": [block.surfaces(start)]}],
        }
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [east, north, 0.0]},
        "metadata": {"title": title, "referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{epsg}"},
        "CityObjects": objects,
        "vertices": vertices,
    }


class _Block:
    """An outline in metres, drawn up to a height: its floor looks down, its roof up, its walls outwards."""

    def __init__(self, building: Building, to_metres: Transformer) -> None:
        shape = building.shape
        outer = [(ring, ring.is_ccw) for ring in (shape.exterior, *shape.interiors)]
        self.rings = []
        for place, (ring, turns_left) in enumerate(outer):
            corners = [to_metres.transform(x, y) for x, y in list(ring.coords)[:-1]]
            self.rings.append(corners if turns_left == (place == 0) else corners[::-1])
        self.height = building.height_m
        self.low = [min(corner[axis] for ring in self.rings for corner in ring) for axis in (0, 1)]

    def vertices(self, origin: tuple[float, float]) -> list[list[int]]:
        """All corners of the floor, then those of the roof, in the order of the rings."""
        flat = [[round((place - start) * 1000) for place, start in zip(corner, origin, strict=True)]
                for ring in self.rings for corner in ring]  # fmt: skip
        return [[*corner, 0] for corner in flat] + [[*corner, round(self.height * 1000)] for corner in flat]

    def surfaces(self, start: int) -> list[list[list[int]]]:
        """The one shell of the solid."""
        count = sum(map(len, self.rings))
        floor, at = [], start
        for ring in self.rings:
            floor.append(list(range(at, at + len(ring))))
            at += len(ring)
        roof = [[corner + count for corner in ring] for ring in floor]
        walls = [
            [[one, other, other + count, one + count]]
            for ring in floor
            for one, other in zip(ring, ring[1:] + ring[:1], strict=True)
        ]
        return [[ring[::-1] for ring in floor], roof, *walls]
