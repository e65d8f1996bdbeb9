"""Web Mercator as map tiles use it: the world is a square of side 1, its corner in the north-west."""

from math import atan, cos, degrees, log, pi, radians, sinh, tan
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def world(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees as a place in the square."""
    angle = radians(latitude)
    return (longitude + 180) / 360, (1 - log(tan(angle) + 1 / cos(angle)) / pi) / 2


def degrees_at(x: float, y: float) -> tuple[float, float]:
    """A place in the square as longitude and latitude."""
    return x * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y))))


def to_world(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees as one in the square."""

    def move(places: Any) -> Any:
        angles = np.radians(places[:, 1])
        ys = (1 - np.log(np.tan(angles) + 1 / np.cos(angles)) / pi) / 2
        return np.column_stack([(places[:, 0] + 180) / 360, ys])

    return shapely.transform(geometry, move)
