"""Web Mercator as map tiles use it: the world is a square of side 1, its corner in the north-west."""

from math import pi
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def to_world(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees as one in the square."""

    def move(places: Any) -> Any:
        northing = np.arcsinh(np.tan(np.radians(places[:, 1])))
        return np.column_stack([(places[:, 0] + 180) / 360, (1 - northing / pi) / 2])

    return shapely.transform(geometry, move)
