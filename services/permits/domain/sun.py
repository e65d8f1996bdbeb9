"""Where the sun stands, and the shadow that a building throws on level ground.

The position follows the low-accuracy series of Meeus, "Astronomical Algorithms", chapter 25: right to a hundredth of a
degree between 1950 and 2050, which moves the end of a ten-metre building's shadow by centimetres. Refraction is left
out: where it counts, the sun is too low for a shadow that anybody draws.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import asin, atan2, cos, degrees, radians, sin, tan

from shapely import Polygon, unary_union
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from services.permits.domain.footprint import Plane

LOWEST = 3.0  # degrees: below it a shadow is twenty times as long as the building is high, and falls on others' walls
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Sun:
    """Degrees: `azimuth` from north by east, `elevation` over the horizon."""

    azimuth: float
    elevation: float

    @property
    def throws_shadows(self) -> bool:
        """It is high enough."""
        return self.elevation >= LOWEST


def sun_at(moment: datetime, longitude: float, latitude: float) -> Sun:
    """Where the sun is seen from a place: azimuth in degrees from north by east, elevation in degrees above the
    horizon."""
    days = (moment - _J2000) / timedelta(days=1)
    right_ascension, declination = _on_the_sky(days / 36525)
    sidereal = 280.46061837 + 360.98564736629 * days + longitude  # Meeus 12.4, as far as it counts here
    hour = radians(sidereal) - right_ascension
    here = radians(latitude)
    elevation = asin(sin(here) * sin(declination) + cos(here) * cos(declination) * cos(hour))
    azimuth = atan2(sin(hour), cos(hour) * sin(here) - tan(declination) * cos(here)) + radians(180)
    return Sun(degrees(azimuth) % 360, degrees(elevation))


def _on_the_sky(centuries: float) -> tuple[float, float]:
    """Apparent right ascension and declination, in radians."""
    t = centuries
    mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032)
    anomaly = radians(357.52911 + t * (35999.05029 - t * 0.0001537))
    centre = (
        (1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly)
        + (0.019993 - t * 0.000101) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)  # of the moon: nutation
    longitude = radians(mean_longitude + centre - 0.00569 - 0.00478 * sin(node))
    tilt = radians(23.4392911 - t * 0.0130042 + 0.00256 * cos(node))
    return atan2(cos(tilt) * sin(longitude), cos(longitude)), asin(sin(tilt) * sin(longitude))


def shadow_of(footprint: Polygon, height_m: float, sun: Sun) -> BaseGeometry | None:
    """The ground that a block of that height darkens, its own included, in degrees; None when the sun is too low."""
    if not sun.throws_shadows:
        return None
    plane = Plane.around(footprint)
    block = plane.flat(footprint)
    length = height_m / tan(radians(sun.elevation))
    away = radians(sun.azimuth + 180)
    east, north = length * sin(away), length * cos(away)
    walls = [
        Polygon([one, other, (other[0] + east, other[1] + north), (one[0] + east, one[1] + north)])
        for one, other in pairwise(block.exterior.coords)
    ]
    dark = [block, translate(block, east, north), *(wall.buffer(0) for wall in walls if wall.area)]
    return plane.degrees(unary_union(dark))
