"""Writes one vector tile, Mapbox Vector Tile 2.1: integers on a grid, and attributes by number. Knows no map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

EXTENT = 4096  # a tile's grid
_POINT, _LINE, _POLYGON = 1, 2, 3
Value = str | int
Places = list[tuple[int, int]]


@dataclass
class Layer:
    """A layer of one tile, filled feature by feature; geometries are in the tile's own grid."""

    name: str
    features: list[bytes] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    values: dict[Value, int] = field(default_factory=dict)

    def add(self, geometry: BaseGeometry, attributes: Mapping[str, Value]) -> None:
        """What is smaller than the grid leaves nothing, and is left out."""
        kind, commands = _draw(geometry)
        if not commands:
            return
        tags: list[int] = []
        for key, value in attributes.items():
            tags += [self.keys.setdefault(key, len(self.keys)), self.values.setdefault(value, len(self.values))]
        self.features.append(_pack(2, tags) + _number(3, kind) + _pack(4, commands))

    def encode(self) -> bytes:
        """The layer as a field of its tile."""
        parts = [_number(15, 2), _bytes(1, self.name.encode())]
        parts += [_bytes(2, feature) for feature in self.features]
        parts += [_bytes(3, key.encode()) for key in self.keys]
        parts += [_bytes(4, _value(value)) for value in self.values]
        parts.append(_number(5, EXTENT))
        return _bytes(3, b"".join(parts))


def encode(layers: Iterable[Layer]) -> bytes:
    """The tile; empty when no layer has a feature."""
    return b"".join(layer.encode() for layer in layers if layer.features)


def _value(value: Value) -> bytes:
    return _bytes(1, value.encode()) if isinstance(value, str) else _number(5, value)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(name: int, number: int) -> bytes:
    return _varint(name << 3) + _varint(number)


def _bytes(name: int, content: bytes) -> bytes:
    return _varint(name << 3 | 2) + _varint(len(content)) + content


def _pack(name: int, numbers: Sequence[int]) -> bytes:
    return _bytes(name, b"".join(map(_varint, numbers)))


def _draw(geometry: BaseGeometry) -> tuple[int, list[int]]:
    """The geometry's type and the pen's commands. Clipping at a corner may leave mixed parts: the areas count."""
    pen, parts = _Pen(), list(getattr(geometry, "geoms", [geometry]))
    if areas := [part for part in parts if isinstance(part, Polygon)]:
        for area in areas:
            pen.polygon(_on_grid(area.exterior.coords), [_on_grid(hole.coords) for hole in area.interiors])
        return _POLYGON, pen.commands
    if lines := [part for part in parts if isinstance(part, LineString)]:
        for line in lines:
            pen.line(_on_grid(line.coords))
        return _LINE, pen.commands
    pen.points([(round(part.x), round(part.y)) for part in parts if isinstance(part, Point) and not part.is_empty])
    return _POINT, pen.commands


def _on_grid(places: Iterable[Sequence[float]]) -> Places:
    """Whole numbers without a place twice in a row."""
    out: Places = []
    for x, y, *_ in places:
        at = (round(x), round(y))
        if not out or out[-1] != at:
            out.append(at)
    return out


def _area(ring: Places) -> int:
    """Twice the area, positive when it runs clockwise on a grid whose y points down."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True))


class _Pen:
    """Draws with moves relative to the last place, as the format has it."""

    def __init__(self) -> None:
        self.at = (0, 0)
        self.commands: list[int] = []

    def points(self, places: Places) -> None:
        if places:
            self._go(1, places)

    def line(self, places: Places) -> None:
        if len(places) > 1:
            self._go(1, places[:1])
            self._go(2, places[1:])

    def polygon(self, outline: Places, holes: list[Places]) -> None:
        if self._ring(outline, clockwise=True):
            for hole in holes:
                self._ring(hole, clockwise=False)

    def _ring(self, ring: Places, *, clockwise: bool) -> bool:
        ring = ring[:-1] if ring[:1] == ring[-1:] else ring
        area = _area(ring) if len(ring) > 2 else 0
        if not area:
            return False
        self.line(ring if (area > 0) == clockwise else ring[::-1])
        self.commands.append(1 << 3 | 7)  # close the path
        return True

    def _go(self, command: int, places: Places) -> None:
        self.commands.append(len(places) << 3 | command)
        for x, y in places:
            self.commands += [_zigzag(x - self.at[0]), _zigzag(y - self.at[1])]
            self.at = (x, y)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1
