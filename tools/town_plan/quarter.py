"""A quarter as Thai towns have them: lanes of six metres between blocks of two rows, a wider road at one end."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random
from typing import Any

from pyproj import Transformer

Feature = dict[str, Any]
Corner = tuple[float, float]

WIDE, DEEP = 14.0, 24.0  # metres of a plot: 84 square wa, an ordinary one of a housing estate
LANE, ROAD = 6.0, 12.0  # metres between the plots
BUILT = 0.8  # of the plots
_PLACES = 7  # decimals of a degree: a centimetre


@dataclass(frozen=True)
class Shape:
    """Where the quarter lies and how large it is. `turned`: degrees to the east of north."""

    middle: tuple[float, float]
    blocks: int
    plots: int
    turned: float
    first_deed: int

    @property
    def wide(self) -> float:
        """Metres from the wide road's edge to the last plot."""
        return self.plots * WIDE

    @property
    def deep(self) -> float:
        """Metres from the first lane's edge to the last one's."""
        return self.blocks * (2 * DEEP + LANE)


class _Ground:
    """Metres of the quarter, from its south-western corner, to degrees."""

    def __init__(self, shape: Shape) -> None:
        latitude, longitude = shape.middle
        plane = f"+proj=tmerc +lat_0={latitude} +lon_0={longitude} +ellps=WGS84"
        self.to_degrees = Transformer.from_crs(plane, 4326, always_xy=True)
        self.shape = shape

    def place(self, x: float, y: float) -> list[float]:
        x, y = x - self.shape.wide / 2, y - self.shape.deep / 2
        turn = radians(self.shape.turned)
        east, north = x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn)
        longitude, latitude = self.to_degrees.transform(east, north)
        return [round(longitude, _PLACES), round(latitude, _PLACES)]

    def rectangle(self, west: float, south: float, east: float, north: float) -> Feature:
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        return {"type": "Polygon", "coordinates": [[self.place(*corner) for corner in corners]]}

    def line(self, *places: Corner) -> Feature:
        return {"type": "LineString", "coordinates": [self.place(*place) for place in places]}


def quarter(shape: Shape) -> dict[str, list[Feature]]:
    """Its parcels, roads and buildings."""
    ground, chance = _Ground(shape), Random(shape.first_deed)  # noqa: S311 - the same town each time
    parcels, buildings = [], []
    for number, (west, south, lane) in enumerate(_plots(shape)):
        deed = str(shape.first_deed + number)
        outline = ground.rectangle(west, south, west + WIDE, south + DEEP)
        parcels.append(_feature({"deed_number": deed}, outline))
        if chance.random() < BUILT:
            buildings.append(_make_building(ground, chance, deed, (west, south, lane)))
    return {"parcels": parcels, "roads": list(_roads(shape, ground)), "buildings": buildings}


def _plots(shape: Shape) -> Iterator[tuple[float, float, bool]]:
    """Western and southern edge of each, and whether its lane lies in the south."""
    for block in range(shape.blocks):
        start = block * (2 * DEEP + LANE)
        for row in range(2):
            for plot in range(shape.plots):
                yield plot * WIDE, start + row * DEEP, row == 0


def _make_building(ground: _Ground, chance: Random, deed: str, plot: tuple[float, float, bool]) -> Feature:
    """A house with its front three metres or more from the lane; in the first two plots, on the road, shops."""
    west, south, lane_in_south = plot
    shop = west < 2 * WIDE
    storeys = chance.choice((2, 3)) if shop else chance.choice((1, 1, 2))
    side = 0.5 if shop else chance.choice((2.0, 2.5))
    depth = chance.uniform(10.0, 14.0)
    front = 3.0 + chance.random()
    low = south + front if lane_in_south else south + DEEP - front - depth
    outline = ground.rectangle(west + side, low, west + WIDE - side, low + depth)
    height = round(storeys * 3.2 + chance.choice((0.6, 1.4)), 1)
    use = "shop" if shop else "house"
    return _feature({"code": f"building-{deed}", "height_m": height, "storeys": storeys, "use": use}, outline)


def _roads(shape: Shape, ground: _Ground) -> Iterator[Feature]:
    """One lane south of each block and one at the end, and the road in the west that they lead to."""
    for lane in range(shape.blocks + 1):
        y = lane * (2 * DEEP + LANE) - LANE / 2
        name = {"code": f"lane-{lane + 1}", "width_m": LANE, "name_th": f"ซอย {lane + 1}", "name_en": f"Soi {lane + 1}"}
        yield _feature(name, ground.line((-ROAD, y), (shape.wide, y)))
    middle = -ROAD / 2
    name = {"code": "road", "width_m": ROAD, "name_th": "ถนนตัวอย่าง", "name_en": "Sample Road"}
    yield _feature(name, ground.line((middle, -LANE), (middle, shape.deep)))


def _feature(properties: Feature, geometry: Feature) -> Feature:
    return {"type": "Feature", "properties": properties, "geometry": geometry}
