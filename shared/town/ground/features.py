"""Parcels, roads and buildings from GeoJSON features, each with the place in the feature that cannot be used."""

from math import isfinite
from typing import Any

from shapely import LineString, Polygon, is_valid_reason

from shared.town.ground.model import Building, Parcel, Road

_WIDEST = 200.0  # metres: no road of a town is wider
HIGHEST = 500.0  # metres
MOST_STOREYS = 200
MOST_WORDS = 100  # characters of a number or a name


class Unusable(Exception):
    """A thing that the plan cannot use; `place` is where in it that stands."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


def parcel(feature: Any) -> Parcel:
    """The parcel that a GeoJSON feature draws: `deed_number` and a polygon."""
    properties = _properties(feature)
    return Parcel(_words(properties, "deed_number", needed=True), _polygon(feature))


def road(feature: Any) -> Road:
    """A road: its `width_m` and a line; `code`, `name_th` and `name_en` where it has them."""
    properties = _properties(feature)
    names = {language: _words(properties, f"name_{language}") for language in ("th", "en")}
    name = {language: said for language, said in names.items() if said}
    width = _number(properties, "width_m", _WIDEST)
    return Road(_words(properties, "code"), width, _line(feature), name)


def read_building(feature: Any) -> Building:
    """A building: its `height_m` and a polygon; `code`, `storeys` and `use` where they are known."""
    properties = _properties(feature)
    storeys = int(_number(properties, "storeys", MOST_STOREYS)) if properties.get("storeys") is not None else None
    height = _number(properties, "height_m", HIGHEST)
    return Building(_words(properties, "code"), height, _polygon(feature), storeys, _words(properties, "use"))


def _properties(feature: Any) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Unusable("type", "must be a GeoJSON Feature")
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _words(properties: dict[str, Any], name: str, *, needed: bool = False) -> str:
    value = properties.get(name)
    if value is None and not needed:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise Unusable(f"properties.{name}", "must be a text or a whole number")
    if len(str(value)) > MOST_WORDS:
        raise Unusable(f"properties.{name}", f"longer than {MOST_WORDS} characters")
    return str(value).strip()


def _number(properties: dict[str, Any], name: str, most: float) -> float:
    value = properties.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:  # no NaN either
        raise Unusable(f"properties.{name}", f"must be a number above 0 and at most {most:g}, not {value!r}")
    return float(value)


def _polygon(feature: Any) -> Polygon:
    kind, coordinates = _geometry(feature)
    if kind == "MultiPolygon" and isinstance(coordinates, list) and len(coordinates) == 1:
        kind, coordinates = "Polygon", coordinates[0]
    if kind != "Polygon":
        raise Unusable("geometry.type", f"must be one Polygon, not {kind!r}")
    if not isinstance(coordinates, list) or not coordinates:
        raise Unusable("geometry.coordinates", "must hold an outline")
    rings = [_ring(ring, f"geometry.coordinates[{index}]") for index, ring in enumerate(coordinates)]
    return outline(rings, "geometry.coordinates")


def outline(rings: list[list[tuple[float, float]]], place: str) -> Polygon:
    """Ground within degrees; `Unusable` for an outline that crosses itself, holds nothing, or lies beside the earth."""
    for longitude, latitude in (position for ring in rings for position in ring):
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Unusable(place, f"{[longitude, latitude]!r} are no degrees of longitude and latitude (WGS 84)")
    shape = Polygon(rings[0], rings[1:])
    if not shape.is_valid:
        raise Unusable(place, f"the outline cannot be used: {is_valid_reason(shape)}")
    if not shape.area:
        raise Unusable(place, "the outline holds no ground")
    return shape


def _ring(ring: Any, place: str) -> list[tuple[float, float]]:
    positions = _positions(ring, place)
    if len(positions) < 4:
        raise Unusable(place, f"an outline has at least 4 positions, not {len(positions)}")
    if positions[0] != positions[-1]:
        raise Unusable(place, "the outline is not closed: its last position must repeat its first")
    return positions


def _line(feature: Any) -> LineString:
    kind, coordinates = _geometry(feature)
    if kind != "LineString":
        raise Unusable("geometry.type", f"must be a LineString, not {kind!r}")
    positions = _positions(coordinates, "geometry.coordinates")
    if len(set(positions)) < 2:
        raise Unusable("geometry.coordinates", "a line needs two places")
    return LineString(positions)


def _geometry(feature: Any) -> tuple[Any, Any]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise Unusable("geometry", "is missing")
    return geometry.get("type"), geometry.get("coordinates")


def _positions(listed: Any, place: str) -> list[tuple[float, float]]:
    """Longitude and latitude of each; a height that stands behind them is left out."""
    if not isinstance(listed, list):
        raise Unusable(place, "must be a list of positions")
    return [_position(one, f"{place}[{index}]") for index, one in enumerate(listed)]


def _position(one: Any, place: str) -> tuple[float, float]:
    if not isinstance(one, list) or len(one) not in (2, 3):
        raise Unusable(place, "must be [longitude, latitude]")
    if any(isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) for value in one):
        raise Unusable(place, f"holds no number: {one!r}")
    longitude, latitude = float(one[0]), float(one[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Unusable(place, f"{one!r} are no degrees of longitude and latitude (WGS 84)")
    return longitude, latitude
