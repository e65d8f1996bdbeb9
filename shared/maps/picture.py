"""The town as a picture with places on it, for readers whose browser draws no map: where each thing lies, no markup.

The ground is map/overview.svg, as wide as the town's bounds (Web Mercator, y down); the rest lies over it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asinh, pi, radians, sqrt, tan
from typing import Any, Final
from unicodedata import category

from shared.town import Text, Town

WIDTH: Final = 1000
_SCREEN: Final = 360  # pixels of a phone: a unit is one of them
_CLOSEST: Final = 180  # of the picture's units, about 2 km: what is shown around a single place
_MARGIN: Final = 24  # pixels
_CELL: Final = 26  # pixels: dots nearer than this would cover each other
_DOT: Final = 7
_NAME: Final = 11  # the size of a name's letters
Box = tuple[float, float, float, float]  # west, south, east, north
Spot = tuple[float, float]


def _compute_northing(latitude: float) -> float:
    """How far north of the equator on a map of which a whole turn is 2π wide."""
    return asinh(tan(radians(latitude)))


@dataclass(frozen=True)
class Frame:
    """The picture's edges in degrees, and its height in its own units."""

    west: float
    north: float
    scale: float  # units of a degree of longitude
    height: float

    @classmethod
    def of(cls, box: Box) -> "Frame":
        """The frame of a picture around a box in degrees."""
        west, south, east, north = box
        scale = WIDTH / (east - west)
        return cls(west, north, scale, (_compute_northing(north) - _compute_northing(south)) * 180 / pi * scale)

    def spot(self, longitude: float, latitude: float) -> Spot:
        """A place in the picture's units; outside the picture when it is outside the town's bounds."""
        y = (_compute_northing(self.north) - _compute_northing(latitude)) * 180 / pi * self.scale
        return (longitude - self.west) * self.scale, y


@dataclass(frozen=True)
class Dot:
    """One place, or as many as would cover each other."""

    x: float
    y: float
    size: float
    tone: str
    count: int


@dataclass(frozen=True)
class Picture:
    """What the page draws. `view`: the part that is shown; `unit`: one pixel of a phone in the picture's units."""

    view: str
    unit: float
    width: int
    height: float
    zones: tuple[str, ...]
    names: tuple[tuple[Text, float, float], ...]
    dots: tuple[Dot, ...]


class Painter:
    """Draws one town; its zones are laid out once."""

    def __init__(self, town: Town) -> None:
        bounds = town.bounds
        self.frame = Frame.of((bounds.west, bounds.south, bounds.east, bounds.north))
        self.zones = tuple(self._outline(ring) for zone in town.zones for ring, *_ in zone.polygons)
        self.names = tuple((zone.name, *self._middle(zone.bounds)) for zone in town.zones)
        corners = [self.frame.spot(*at) for zone in town.zones for ring, *_ in zone.polygons for at in ring]
        self.all = corners or [(0.0, 0.0), (float(WIDTH), self.frame.height)]

    def draw(self, points: Sequence[Mapping[str, Any]]) -> Picture:
        """The part of the picture that holds the points; all zones when there are none."""
        spots = [
            (self.frame.spot(point["longitude"], point["latitude"]), str(point.get("tone") or "bad"))
            for point in points
        ]
        inside = [(spot, tone) for spot, tone in spots if 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= self.frame.height]
        left, top, side = _view([spot for spot, _ in inside] or self.all)
        unit = side / _SCREEN
        return Picture(
            view=f"{left:.1f} {top:.1f} {side:.1f} {side * 0.75:.1f}",
            unit=round(unit, 3),
            width=WIDTH,
            height=round(self.frame.height, 1),
            zones=self.zones,
            names=_apart(self.names, unit, (left, top, side)),
            dots=_dots(inside, unit),
        )

    def _outline(self, ring: Sequence[Spot]) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*self.frame.spot(*at)) for at in ring) + "z"

    def _middle(self, box: Any) -> Spot:
        x, y = self.frame.spot((box.west + box.east) / 2, (box.south + box.north) / 2)
        return round(x, 1), round(y, 1)


def _view(spots: Sequence[Spot]) -> tuple[float, float, float]:
    """Left, top and width of a view of four to three that holds all spots with a margin."""
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*spots, strict=True))
    side = max(right - left, (bottom - top) * 4 / 3, _CLOSEST)
    side *= 1 + 2 * _MARGIN / _SCREEN
    return (left + right - side) / 2, (top + bottom - side * 0.75) / 2, side


def _apart(
    names: Sequence[tuple[Text, float, float]], unit: float, view: tuple[float, float, float]
) -> tuple[tuple[Text, float, float], ...]:
    """The names that stand whole within the view and on no other; of two that would cover each other, the first."""
    left, top, side = view
    kept: list[tuple[Text, float, float]] = []
    taken: list[Box] = []
    for name, x, y in names:
        half, high = max(map(_letters, (name.th, name.en))) * _NAME * 0.6 * unit / 2, _NAME * 1.4 * unit
        here = (x - half, y - high, x + half, y + high * 0.3)
        whole = left <= here[0] and here[2] <= left + side and top <= here[1] and here[3] <= top + side * 0.75
        if whole and not any(_meet(here, other) for other in taken):
            kept.append((name, x, y))
            taken.append(here)
    return tuple(kept)


def _letters(text: str) -> int:
    """As wide as so many: marks above and below take no room."""
    return sum(category(letter) != "Mn" for letter in text)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _dots(spots: Sequence[tuple[Spot, str]], unit: float) -> tuple[Dot, ...]:
    """Gathered by a grid; a group stands in the middle of its members."""
    cells: dict[tuple[int, int], list[tuple[Spot, str]]] = defaultdict(list)
    for (x, y), tone in spots:
        cells[int(x / (_CELL * unit)), int(y / (_CELL * unit))].append(((x, y), tone))
    return tuple(_dot(members, unit) for members in cells.values())


def _dot(members: Sequence[tuple[Spot, str]], unit: float) -> Dot:
    count = len(members)
    x, y = (sum(axis) / count for axis in zip(*(spot for spot, _ in members), strict=True))
    size = _DOT if count == 1 else min(_DOT + 2 * sqrt(count), _CELL / 2)
    return Dot(round(x, 1), round(y, 1), round(size * unit, 1), members[0][1] if count == 1 else "group", count)
