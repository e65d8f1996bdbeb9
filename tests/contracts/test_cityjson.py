"""What goes out as CityJSON is CityJSON by the specification's own schemas, and its indexes and families hold."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from shapely import Polygon

from shared.town import load_town
from shared.town.ground import Building
from shared.town.ground.cityjson_blocks import utm_of, write

TOWNS = Path("deploy/municipalities")
SCHEMAS = Path(__file__).parent / "cityjson"
RING = [[98.95, 18.74], [98.9501, 18.74], [98.9501, 18.7401], [98.95, 18.7401], [98.95, 18.74]]
COURT = [[98.95003, 18.74003], [98.95003, 18.74006], [98.95006, 18.74006], [98.95003, 18.74003]]
House = tuple[str, Building]


@cache
def official() -> Draft7Validator:
    """The specification's schemas, each by the address by which they name each other."""
    known = [Resource.from_contents(json.loads(file.read_text())) for file in sorted(SCHEMAS.glob("*.schema.json"))]
    registry: Registry[Any] = Registry().with_resources((str(one.id()), one) for one in known)
    [whole] = [one.contents for one in known if str(one.id()).endswith("/cityjson.schema.json")]
    return Draft7Validator(whole, registry=registry)


def faults(city: dict[str, Any]) -> list[str]:
    """By the schemas; then what no schema sees: each corner is there, is used, and stands there once."""
    found = [f"{one.json_path}: {one.message[:200]}" for one in official().iter_errors(city)]
    used = [*_corners(one["boundaries"] for each in city["CityObjects"].values() for one in each["geometry"])]
    there = range(len(city["vertices"]))
    found += [f"corner {index} is not there" for index in set(used) - set(there)]
    found += [f"corner {index} is never used" for index in set(there) - set(used)]
    twice = [corner for corner, times in Counter(map(tuple, city["vertices"])).items() if times > 1]
    return found + [f"corner {corner} stands there twice" for corner in twice]


def _corners(boundaries: Any) -> Iterator[int]:
    for one in boundaries:
        if isinstance(one, int):
            yield one
        else:
            yield from _corners(one)


def city(*buildings: House, title: str = "ตัวอย่าง") -> dict[str, Any]:
    """As it goes over the network."""
    written: dict[str, Any] = json.loads(json.dumps(write(buildings, utm_of(98.95, 18.74), title)))
    return written


def test_a_whole_town_is_cityjson() -> None:
    buildings = load_town(TOWNS / "maehia").ground.buildings

    assert len(buildings) > 100
    assert faults(city(*((one.code or f"b{number}", one) for number, one in enumerate(buildings)))) == []


@pytest.mark.parametrize(
    "building",
    [
        Building("b", 6.5, Polygon(RING), 2, "house"),
        Building("b", 3.0, Polygon(RING)),
        Building("b", 3.0, Polygon(RING, [COURT])),
        Building("b", 0.1, Polygon(RING), 1, "ร้านค้า"),
    ],
    ids=["storeys and use", "height alone", "a court", "a use in Thai"],
)
def test_each_form_of_a_building_is_cityjson(building: Building) -> None:
    assert faults(city(("b", building))) == []


def test_a_town_without_buildings_is_cityjson() -> None:
    assert faults(city()) == []


def test_what_is_none_is_found() -> None:
    made = city(("b", Building("b", 6.5, Polygon(RING), 2, "house")))
    [thing] = made["CityObjects"].values()
    thing["type"] = "House"
    thing["geometry"][0]["boundaries"][0][0][0][0] = 99
    made["vertices"].append(made["vertices"][1])

    found = faults(made)

    assert found[0].startswith("$.CityObjects.b: ")
    assert "'House'" in found[0]
    assert found[1] == "corner 99 is not there"
    assert found[2].endswith("is never used")
    assert found[-1].endswith("stands there twice")
