"""The plot as the parcel layer has it, and what a footprint on it measures; pure, the same for draft and proposal."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import atan2, degrees
from typing import TYPE_CHECKING

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from services.permits.domain.footprint import Plane, Position, area_of, metres
from services.permits.domain.permit_type import Text
from shared.kernel import StoredModel

if TYPE_CHECKING:
    from shared.town import Town
    from shared.town.ground import Parcel as DrawnParcel

BESIDE_M = 2.0  # a plot lies on a road whose edge is this near: parcels and roads are drawn by different offices
_BESIDE_DEGREES = 0.0005  # some 50 m: in which roads are looked for, with half of the widest one
NEXT_TO_M = 12.0  # as wide as a street of houses: whoever lives across it is asked too
_SIDE_M = 1.0  # a border bends in shorter pieces that are no side of their own
COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


class Parcel(StoredModel):
    """One parcel of the plan's layer, and the widest road that it lies on; kept with the application, for layers are
    renewed too."""

    deed_number: str
    outline: tuple[Position, ...]
    holes: tuple[tuple[Position, ...], ...] = ()
    road_width_m: float | None = None
    road_name: Text | None = None

    @cached_property
    def shape(self) -> Polygon:
        """In degrees."""
        return Polygon(self.outline, self.holes)

    @cached_property
    def area_m2(self) -> Decimal:
        """Geodesic; the deed's own figure is the surveyor's."""
        return area_of(self.shape)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a place lies on it or on its border."""
        return bool(self.shape.intersects(Point(longitude, latitude)))


def parcel_of(town: "Town", deed_number: str, longitude: float, latitude: float) -> Parcel | None:
    """The parcel of a deed; where nobody says the deed, or the layer does not have it, the one that holds the place."""
    found = town.ground.parcel_of(deed_number) or town.ground.parcel_at(latitude, longitude)
    return _with_road(town, found) if found else None


def _with_road(town: "Town", drawn: "DrawnParcel") -> Parcel:
    shape = drawn.shape
    plane = Plane.around(shape)
    plot = plane.flat(shape)
    near = town.ground.roads_near(shape, _BESIDE_DEGREES)
    beside = [road for road in near if plane.flat(road.shape).distance(plot) - road.width_m / 2 <= BESIDE_M]
    road = max(beside, key=lambda one: one.width_m, default=None)
    name = road.name if road else {}
    return Parcel(
        deed_number=drawn.deed_number,
        outline=_read_ring(shape.exterior),
        holes=tuple(_read_ring(hole) for hole in shape.interiors),
        road_width_m=road.width_m if road else None,
        road_name=Text(th=name.get("th") or name["en"], en=name.get("en") or name["th"]) if name else None,
    )


def _read_ring(ring: LineString) -> tuple[Position, ...]:
    return tuple((float(x), float(y)) for x, y, *_ in ring.coords)


def list_plots_around(town: "Town", parcel: Parcel) -> list[tuple[str, str]]:
    """The deeds of the plots next to it and across a road, each with where it lies: of `COMPASS`, from north around."""
    plane = Plane.around(parcel.shape)
    plot = plane.flat(parcel.shape)
    found: list[tuple[str, str]] = []
    for at in town.ground.within("parcels", plane.degrees(plot.buffer(NEXT_TO_M)).bounds):
        other = town.ground.parcels[at]
        shape = plane.flat(other.shape)
        if other.deed_number != parcel.deed_number and shape.distance(plot) <= NEXT_TO_M:
            middle = shape.centroid
            found.append((other.deed_number, _compass(middle.x, middle.y)))
    return sorted(found, key=lambda one: (COMPASS.index(one[1]), one[0]))


def distance_to(ring: tuple[Position, ...], border: Polygon) -> Decimal | None:
    """How far what is drawn stands from another plot's border; None where nothing is drawn."""
    if not ring:
        return None
    plane = Plane.around(border)
    return metres(plane.flat(border).distance(plane.flat(Polygon(ring))))


@dataclass(frozen=True)
class Side:
    """One side of the plot: towards where it faces, how long it is and how far the building stands from it."""

    faces: str  # of COMPASS
    length_m: Decimal
    distance_m: Decimal


@dataclass(frozen=True)
class Survey:
    """What the drawing measures. On no parcel, only its own area is known."""

    area_m2: Decimal | None = None
    outside_m2: Decimal | None = None
    setback_m: Decimal | None = None
    sides: tuple[Side, ...] = ()


def survey(ring: tuple[Position, ...], parcel: Parcel | None) -> Survey:
    """Area of the footprint, how much of it lies beyond the plot, and its distance from each side."""
    if not ring:
        return Survey()
    drawn = Polygon(ring)
    if parcel is None:
        return Survey(area_of(drawn))
    plane = Plane.around(parcel.shape)
    plot, built = plane.flat(parcel.shape), plane.flat(drawn)
    outside = area_of(drawn.difference(parcel.shape))
    inside = plot.intersects(built)
    setback = metres(plot.boundary.distance(built)) if inside else metres(0)
    return Survey(area_of(drawn), outside, setback, _list_sides(plot, built))


def _list_sides(plot: Polygon, built: BaseGeometry) -> tuple[Side, ...]:
    """Every side of the outline, from north around by east."""
    outline = orient(Polygon(plot.exterior.simplify(_SIDE_M / 10).coords)).exterior
    pieces = [LineString(ends) for ends in pairwise(outline.coords)]
    sides = [
        Side(_find_direction(piece), metres(piece.length), metres(piece.distance(built)))
        for piece in pieces
        if piece.length >= _SIDE_M
    ]
    return tuple(sorted(sides, key=lambda side: COMPASS.index(side.faces)))


def _find_direction(piece: LineString) -> str:
    """Of a border that runs counter-clockwise, the right hand is outside."""
    (x1, y1), (x2, y2) = piece.coords
    return _compass(y2 - y1, x1 - x2)  # the outward normal


def _compass(east: float, north: float) -> str:
    return COMPASS[round(degrees(atan2(east, north)) % 360 / 45) % 8]
