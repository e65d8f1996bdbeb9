"""What the objects of a CityJSON file are drawn with: its corners, surfaces of any solid, and what they cover."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely import Polygon, make_valid, unary_union
from shapely.geometry.base import BaseGeometry

from shared.town.ground.features import Unusable, outline

_SYSTEM = re.compile(r"(?:.*EPSG[/:](?:[0-9.]+[/:]|:)?)([0-9]{4,6})")
_DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3, "CompositeSolid": 3}
_LEAST = 0.01  # m²: what is smaller seen from above is a wall
_WIDEST = 10_000.0  # metres: no building of a town is wider
Vertex = tuple[float, float, float]
Surface = list[list[Vertex]]  # the outline, then its holes


@dataclass(frozen=True)
class CityFile:
    """What all objects of a file share."""

    vertices: Sequence[Vertex]
    to_degrees: Transformer

    def corner(self, index: Any, place: str) -> Vertex:
        """The vertex that a boundary names."""
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(self.vertices):
            raise Unusable(place, f"there is no vertex {index!r}: the file has {len(self.vertices)}")
        return self.vertices[index]


def open_file(data: dict[str, Any]) -> CityFile:
    """`Unusable` for a file whose corners are no places on the earth."""
    return CityFile(_vertices(data), _to_degrees(data))


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


def surfaces_of(file: CityFile, geometries: Any) -> list[list[Surface]]:
    """The surfaces of each geometry; points, lines and copies of templates beside them say nothing of the ground."""
    if not isinstance(geometries, list):
        raise Unusable("geometry", "must be a list")
    places = [index for index, one in enumerate(geometries) if _depth(one)]
    if geometries and not places:
        raise Unusable("geometry[0].type", "must be a surface or a solid")
    return [list(_read_surfaces(file, geometries[index], f"geometry[{index}]")) for index in places]


def _depth(geometry: Any) -> int:
    return _DEPTH.get(str(geometry.get("type")), 0) if isinstance(geometry, dict) else 0


def _read_surfaces(file: CityFile, geometry: Any, place: str) -> Iterator[Surface]:
    for surface, where in _surfaces(geometry.get("boundaries"), _depth(geometry), f"{place}.boundaries"):
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


def height_of(geometries: Sequence[Sequence[Surface]]) -> float:
    """The highest point over the lowest. What is flat says where a building stands, not how high, and often lies at
    sea level: it counts where nothing else is drawn."""
    spans = [[z for surface in one for ring in surface for _, _, z in ring] for one in geometries]
    raised = [span for span in spans if span and max(span) > min(span)]
    levels = [z for span in raised for z in span]
    return max(levels) - min(levels) if levels else 0.0


def outlines_of(file: CityFile, geometries: Sequence[Sequence[Surface]]) -> list[Polygon]:
    """Each piece of ground that the surfaces cover, the largest first, in degrees."""
    _refuse_scattered([corner for one in geometries for surface in one for ring in surface for corner in ring])
    flat = [piece for one in geometries for surface in one for piece in _sound(_flat(surface)) if piece.area > _LEAST]
    pieces = sorted(_polygons([unary_union(flat)]), key=lambda piece: -float(piece.area))
    found = [turned for piece in pieces if piece.area > _LEAST for turned in _turn_to_degrees(file, piece)]
    if not found:
        raise Unusable("geometry", "covers no ground")
    return found


def _refuse_scattered(corners: Sequence[Vertex]) -> None:
    for axis in (0, 1):
        along = [corner[axis] for corner in corners]
        if not max(along) - min(along) <= _WIDEST:  # no NaN either
            raise Unusable("geometry", f"reaches over more than {_WIDEST / 1000:g} km: a corner is wrong")


def _flat(surface: Surface) -> Polygon:
    """Seen from above."""
    outer, *holes = ([(x, y) for x, y, _ in ring] for ring in surface)
    return Polygon(outer, holes)


def _turn_to_degrees(file: CityFile, piece: Polygon) -> Iterator[Polygon]:
    """In degrees, where an outline that is sound in metres may touch itself by a rounded corner."""
    rings = [
        list(zip(*file.to_degrees.transform(*ring.coords.xy), strict=True))
        for ring in (piece.exterior, *piece.interiors)
    ]
    if not all(isfinite(value) for ring in rings for corner in ring for value in corner):
        raise Unusable("geometry", "lies outside its reference system")
    for sound in _sound(Polygon(rings[0], rings[1:])):
        yield outline([list(ring.coords) for ring in (sound.exterior, *sound.interiors)], "geometry")


def _sound(shape: Polygon) -> list[Polygon]:
    """All ground that a crossed outline goes round, as two pieces and not as one of them."""
    return [shape] if shape.is_valid else _polygons([make_valid(shape)])


def _polygons(shapes: Iterable[BaseGeometry]) -> list[Polygon]:
    found: list[Polygon] = []
    for shape in shapes:
        if isinstance(shape, Polygon):
            found += [] if shape.is_empty else [shape]
        else:
            found += _polygons(getattr(shape, "geoms", ()))
    return found
