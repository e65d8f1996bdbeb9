"""Places of a town: points, bounds, zones. Pure geometry on WGS 84 degrees, good for areas of a few kilometres."""

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from shared.town.base import Code, Latitude, Longitude, Part, Text, Words

NULL_ISLAND_DEGREES = 0.01  # about 1 km around 0° N 0° E: what broken devices send, and open sea in any case
ROUGH_METRES = 500.0  # half a village; a phone knows its place to 50 m, a computer by its line to 5 km or worse
Position = tuple[Longitude, Latitude]  # as GeoJSON has it: longitude first
Ring = Annotated[tuple[Position, ...], Field(min_length=4)]
Polygon = Annotated[tuple[Ring, ...], Field(min_length=1)]  # the outline, then its holes


def is_null_island(latitude: float, longitude: float) -> bool:
    """Whether a device has not found its place and says zero."""
    return abs(latitude) < NULL_ISLAND_DEGREES and abs(longitude) < NULL_ISLAND_DEGREES


def is_rough(accuracy_m: float | None) -> bool:
    """Whether a device says that it hardly knows its place. A pin set by hand has no accuracy: it is believed."""
    return accuracy_m is not None and accuracy_m > ROUGH_METRES


class Point(Part):
    """A place in degrees."""

    latitude: Latitude
    longitude: Longitude


class Bounds(Part):
    """A box that holds the whole town; a report outside it is accepted and flagged, a permit refused."""

    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies inside or on the edge."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


def in_ring(latitude: float, longitude: float, ring: Ring) -> bool:
    """Even-odd rule: how many edges does a ray to the east cross?"""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def in_polygon(latitude: float, longitude: float, polygon: Polygon) -> bool:
    """Inside the outline and in none of its holes."""
    outline, *holes = polygon
    return in_ring(latitude, longitude, outline) and not any(in_ring(latitude, longitude, hole) for hole in holes)


class Zone(Part):
    """A village or service area: routing rules and work orders name it. `approximate`: drawn, not surveyed."""

    code: Code
    name: Text
    words: tuple[Words, ...] = ()  # how an address names it, found as a category's keywords are
    approximate: bool = False
    polygons: Annotated[tuple[Polygon, ...], Field(min_length=1)]

    @cached_property
    def bounds(self) -> Bounds:
        """The box around it: most points that are asked for lie in none of most zones' boxes."""
        corners = [position for outline, *_ in self.polygons for position in outline]
        longitudes, latitudes = zip(*corners, strict=True)
        return Bounds(south=min(latitudes), west=min(longitudes), north=max(latitudes), east=max(longitudes))

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies inside; of two zones that share an edge exactly one holds a point on it."""
        return self.bounds.holds(latitude, longitude) and any(
            in_polygon(latitude, longitude, polygon) for polygon in self.polygons
        )


class LandUseZone(Zone):
    """A zone of the town plan: which uses it allows, how high, dense and near to the boundary one may build, and on how
    wide a road. `law`: where that is written, as the rule's source."""

    colour: Literal["yellow", "orange", "red", "purple", "green", "white-green", "brown", "blue", "grey"]
    allows: tuple[Code, ...]  # uses, as a permit form's `use` field names them
    max_height_m: Annotated[float, Field(gt=0)] | None = None
    max_coverage_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    max_floor_area_ratio: Annotated[float, Field(gt=0)] | None = None  # floor space of all storeys to the plot's area
    min_setback_m: Annotated[float, Field(ge=0)] | None = None
    min_road_width_m: Annotated[float, Field(gt=0)] | None = None
    law: Text | None = None
