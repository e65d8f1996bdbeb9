"""The town plan's layers as GeoJSON features: zones, parcels, roads, buildings, and the permits that were issued.

A permit stands in the middle of its village, never nearer than the register says it.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shapely import MultiPolygon, Polygon, box, to_geojson, total_bounds
from shapely.geometry.base import BaseGeometry

from services.permits.domain.application import Application
from shared.files.turns import Turns
from shared.town import Town
from shared.town.ground import cityjson_blocks
from shared.town.ground.model import Box, Building, Parcel, Road
from shared.town.places import Zone
from shared.words.fold import plain_digits

Feature = dict[str, Any]
LAYERS = ("zones", "parcels", "roads", "buildings")  # held in memory; permits come from the register
KINDS = (*LAYERS, "permits")


@dataclass(frozen=True)
class Layer:
    """One layer, in the order of its file."""

    count: int
    ids: Sequence[str]
    feature: Callable[[int], Feature]
    within: Callable[[Box], Sequence[int]]

    @cached_property
    def _places(self) -> dict[str, int]:
        folded = {plain_digits(code).strip(): at for at, code in enumerate(self.ids)}
        return folded | {code: at for at, code in enumerate(self.ids)}  # as it is written goes before its digits

    def place(self, code: str) -> int | None:
        """Where in the layer a thing stands by its identifier, in whichever digits that is typed."""
        at = self._places.get(code)
        return self._places.get(plain_digits(code).strip()) if at is None else at

    def find(self, code: str) -> Feature | None:
        """By its identifier."""
        at = self.place(code)
        return None if at is None else self.feature(at)

    def inside(self, boxes: Iterable[Box]) -> list[int]:
        """What reaches into any of the boxes, each once, in the layer's order."""
        return sorted({at for corners in boxes for at in self.within(corners)})


class Layers:
    """The layers of one town, drawn as features when they are asked for."""

    def __init__(self, town: Town) -> None:
        ground = town.ground
        zones = [_shape(zone) for zone in town.land_use]
        self.town = town
        self.turns = Turns(1, waiting=20)  # a view of thousands of houses is work, and anybody may ask for one
        self._city_json: dict[str, bytes] = {}
        self.villages = {zone.code: _shape(zone).representative_point() for zone in town.zones}
        self.extent = (town.bounds.west, town.bounds.south, town.bounds.east, town.bounds.north)
        self.start = _middle(town)
        roads = identifiers([one.code for one in ground.roads])
        buildings = identifiers([one.code for one in ground.buildings])
        self.layers = {
            "zones": Layer(
                len(zones), [zone.code for zone in town.land_use], lambda at: _zone(town, at, zones[at]),
                lambda corners: [at for at, shape in enumerate(zones) if shape.intersects(box(*corners))],
            ),
            "parcels": Layer(
                len(ground.parcels), [one.deed_number for one in ground.parcels],
                lambda at: _parcel(ground.parcels[at]), lambda corners: ground.within("parcels", corners),
            ),
            "roads": Layer(
                len(ground.roads), roads, lambda at: _road(ground.roads[at], roads[at]),
                lambda corners: ground.within("roads", corners),
            ),
            "buildings": Layer(
                len(ground.buildings), buildings, lambda at: _make_building(ground.buildings[at], buildings[at]),
                lambda corners: ground.within("buildings", corners),
            ),
        }  # fmt: skip

    async def city_json(self, language: str, title: str) -> bytes:
        """All buildings as CityJSON, written once for each language: the layers stay what they are."""
        if language not in self._city_json:
            async with self.turns:
                if language not in self._city_json:
                    self._city_json[language] = await asyncio.to_thread(self._write_city_json, title)
        return self._city_json[language]

    def _write_city_json(self, title: str) -> bytes:
        centre = self.town.centre
        system = cityjson_blocks.utm_of(centre.longitude, centre.latitude)
        named = list(zip(self.layers["buildings"].ids, self.town.ground.buildings, strict=True))
        return json.dumps(
            cityjson_blocks.write(named, system, title), ensure_ascii=False, separators=(",", ":")
        ).encode()

    def villages_in(self, boxes: Iterable[Box]) -> list[str]:
        """The villages whose middle lies in one of the boxes."""
        around = [box(*corners) for corners in boxes]
        return [code for code, point in self.villages.items() if any(one.intersects(point) for one in around)]

    def permit(self, application: Application, entry: dict[str, Any]) -> Feature:
        """A permit of the register; without a place when its village is not on the map."""
        point = self.villages.get(application.zone or "")
        return {"type": "Feature", "id": entry["number"].replace("/", "-"), "properties": entry,
                "geometry": _geometry(point) if point else None}  # fmt: skip


def _middle(town: Town) -> list[float]:
    """Where to begin to look: at the parcels, or where the town is without them."""
    if not town.ground.parcels:
        return [town.centre.longitude, town.centre.latitude]
    west, south, east, north = total_bounds([parcel.shape for parcel in town.ground.parcels]).tolist()
    return [(west + east) / 2, (south + north) / 2]


def identifiers(codes: Sequence[str]) -> list[str]:
    """A thing without a code is named by its place in the file, with a dash for each other thing that has that name."""
    taken = set(codes)
    names = []
    for at, code in enumerate(codes):
        name = code or str(at + 1)
        while not code and name in taken:
            name = f"-{name}"
        taken.add(name)
        names.append(name)
    return names


def _shape(zone: Zone) -> MultiPolygon:
    return MultiPolygon([Polygon(outline, holes) for outline, *holes in zone.polygons])


def _geometry(shape: BaseGeometry) -> Feature:
    """By the library's own writer: a view has thousands of them."""
    drawn: Feature = json.loads(to_geojson(shape))
    return drawn


def feature_of(shape: BaseGeometry, **properties: Any) -> Feature:
    """A shape in degrees with what is said of it."""
    return {"type": "Feature", "properties": properties, "geometry": _geometry(shape)}


def _feature(code: str, shape: BaseGeometry, properties: Feature) -> Feature:
    return {"id": code} | feature_of(shape, **properties)


def _zone(town: Town, at: int, shape: MultiPolygon) -> Feature:
    zone = town.land_use[at]
    limits = ("max_height_m", "max_coverage_percent", "max_floor_area_ratio", "min_setback_m", "min_road_width_m")
    properties = {
        "code": zone.code, "name_th": zone.name.th, "name_en": zone.name.en, "colour": zone.colour,
        "allows": list(zone.allows), "approximate": zone.approximate,
        **{name: getattr(zone, name) for name in limits},
        "law_th": zone.law.th if zone.law else None, "law_en": zone.law.en if zone.law else None,
    }  # fmt: skip
    return _feature(zone.code, shape, properties)


def _parcel(parcel: Parcel) -> Feature:
    return _feature(parcel.deed_number, parcel.shape, {"deed_number": parcel.deed_number})


def _road(road: Road, name: str) -> Feature:
    names = {f"name_{language}": road.name.get(language) for language in ("th", "en")}
    return _feature(name, road.shape, {"width_m": road.width_m, **names})


def _make_building(building: Building, name: str) -> Feature:
    properties = {"height_m": building.height_m, "storeys": building.storeys, "use": building.use or None}
    return _feature(name, building.shape, properties)
