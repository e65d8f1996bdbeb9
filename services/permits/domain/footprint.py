"""The footprint of what is to be built, as somebody drew it on the map: which drawings can be measured, and how.

Areas are geodesic, on the ellipsoid of WGS 84; distances are taken on a plane that touches it at the plot, where a
kilometre is right to less than a millimetre.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, TypeVar

from pyproj import Geod, Transformer
from shapely import Point, Polygon, transform
from shapely.geometry.base import BaseGeometry

from shared.kernel import Reject

Position = tuple[float, float]  # longitude and latitude, as GeoJSON has it
MOST_CORNERS = 100
LEAST_M2 = 1.0  # no building, fence or sign stands on less
FURTHEST_M = 300.0  # from the pin: beyond it, it is another plot's
Shape = TypeVar("Shape", bound=BaseGeometry)
_EARTH = Geod(ellps="WGS84")
_CENT = Decimal("0.01")


def read_footprint(corners: Sequence[Position]) -> tuple[Position, ...]:
    """The corners without the last one that repeats the first; refused when they enclose nothing that can be built."""
    if any(not (isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90) for x, y in corners):
        raise Reject("footprint-numbers", "a corner of the footprint is no place in degrees", status=422)
    ring = tuple(corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners)
    if len(set(ring)) < 3:
        raise Reject("footprint-corners", "a footprint has at least three corners", status=422)
    if len(ring) > MOST_CORNERS:
        raise Reject("footprint-too-many", f"a footprint has at most {MOST_CORNERS} corners", status=422)
    shape = Polygon(ring)
    if not shape.is_valid or not shape.area:
        flat = not shape.convex_hull.area
        code, said = ("footprint-empty", "encloses no ground") if flat else ("footprint-crosses", "crosses itself")
        raise Reject(code, f"the footprint {said}", status=422)
    if area_of(shape) < LEAST_M2:
        raise Reject("footprint-empty", f"the footprint encloses less than {LEAST_M2:g} m²", status=422)
    return ring


def need_near(ring: Sequence[Position], longitude: float, latitude: float) -> None:
    """Refuse a footprint that is far from the pin: one of the two is wrong."""
    plane = Plane(longitude, latitude)
    if plane.flat(Polygon(ring)).distance(Point(0, 0)) > FURTHEST_M:
        said = f"the footprint lies more than {FURTHEST_M:g} m from the pin"
        raise Reject("footprint-elsewhere", said, status=422)


def area_of(shape: BaseGeometry) -> Decimal:
    """Square metres on the ellipsoid, to the hundredth."""
    area, _ = _EARTH.geometry_area_perimeter(shape) if not shape.is_empty else (0.0, 0.0)
    return Decimal(str(abs(area))).quantize(_CENT)


def metres(value: float) -> Decimal:
    """A length in metres, exact to the centimetre, so that limits are compared as written."""
    return Decimal(str(value)).quantize(_CENT)


class Plane:
    """Metres to the east and north of a place."""

    def __init__(self, longitude: float, latitude: float) -> None:
        # As a pipeline: to find the way between two systems, PROJ searches its database for 15 ms each time.
        there = Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=tmerc +lat_0={latitude} +lon_0={longitude} +ellps=WGS84"
        )
        self._turn: dict[bool, Any] = {
            False: there.transform,
            True: partial(there.transform, direction="INVERSE"),
        }

    @classmethod
    def around(cls, shape: BaseGeometry) -> "Plane":
        """A plane that touches the ground at the shape's middle, where it distorts least."""
        return cls(shape.centroid.x, shape.centroid.y)

    def flat(self, shape: Shape) -> Shape:
        """A shape given in degrees (longitude, latitude) as metres on this plane."""
        return transform(shape, self._turn[False], interleaved=False)

    def degrees(self, shape: Shape) -> Shape:
        """A shape of this plane, in metres, back in degrees (longitude, latitude)."""
        return transform(shape, self._turn[True], interleaved=False)
