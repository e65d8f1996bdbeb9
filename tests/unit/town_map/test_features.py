"""From an extract to what the map shows, whichever way the extract was got."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest
from shapely.geometry import LineString, mapping

from tests.support.extract import BOX, overpass, written
from tools.town_map import schema
from tools.town_map.extract import Element, read
from tools.town_map.features import Feature, features


def _geojson(path: Path) -> Path:
    """The same village as a town's own geographers keep it."""
    found = [
        {"type": "Feature", "properties": dict(one.tags), "geometry": mapping(one.geometry)}
        for one in read(written(path.with_name("source.json"), overpass()), BOX)
    ]
    path.write_bytes(gzip.compress(json.dumps({"type": "FeatureCollection", "features": found}).encode()))
    return path


def _pbf(path: Path) -> Path:
    elements = overpass(with_nodes=True)["elements"]
    with osmium.SimpleWriter(str(path)) as writer:
        for one in elements:
            if one["type"] == "node":
                at = (one["lon"], one["lat"])
                writer.add_node(osmium.osm.mutable.Node(id=one["id"], location=at, tags=one.get("tags", {})))
        for one in elements:
            if one["type"] == "way":
                writer.add_way(osmium.osm.mutable.Way(id=one["id"], nodes=one["nodes"], tags=one["tags"]))
    return path


SOURCES: dict[str, Callable[[Path], Path]] = {
    "overpass.json": lambda path: written(path, overpass()),
    "overpass-nodes.json": lambda path: written(path, overpass(with_nodes=True)),
    "village.geojson.gz": _geojson,
    "village.osm.pbf": _pbf,
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_holds_the_same_village(name: str, tmp_path: Path) -> None:
    found = features(read(SOURCES[name](tmp_path / name), BOX))
    assert {one.names.th for one in found} >= {"ถนนเชียงใหม่-หางดง", "วัดบ้านใหม่", "ตลาดสด", "บ้านใหม่", "แม่น้ำปิง"}
    kinds = {(one.kind.layer, one.kind.name) for one in found}
    assert kinds >= {
        ("roads", "main"), ("roads", "street"), ("roads", "rail"), ("water", "river"), ("land", "green"),
        ("land", "grounds"), ("buildings", "building"), ("labels", "temple"), ("labels", "school"),
        ("labels", "settlement"),
    }  # fmt: skip
    assert sum(one.kind.layer == "buildings" for one in found) == 216


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> list[Feature]:
    return features(read(written(tmp_path_factory.mktemp("village") / "v.json", overpass()), BOX))


def test_a_lake_keeps_its_island(village: list[Feature]) -> None:
    (lake,) = [one for one in village if one.kind.name == "lake"]
    assert lake.geometry.boundary.geom_type == "MultiLineString"  # an outer line and an inner one


def test_a_road_in_pieces_is_one(village: list[Feature]) -> None:
    (main_road,) = [one for one in village if one.kind.name == "main"]
    assert isinstance(main_road.geometry, LineString)
    assert main_road.ref == "108"


def test_a_roundabout_is_a_road_and_no_square(village: list[Feature]) -> None:
    streets = [one.geometry for one in village if one.kind.name == "street"]
    assert any(line.is_ring for street in streets for line in getattr(street, "geoms", [street]))


def test_a_school_has_grounds_and_its_name_once_in_their_middle(village: list[Feature]) -> None:
    (label,) = [one for one in village if one.names.en == "Ban Mai School"]
    assert label.kind == schema.Kind("labels", "school", 13, 1)
    assert any(one.kind.name == "grounds" and one.geometry.contains(label.geometry) for one in village)


def test_an_area_whose_edge_goes_out_and_back_is_an_area(tmp_path: Path) -> None:
    corners = [(98.95, 18.74), (98.951, 18.74), (98.9515, 18.7405), (98.951, 18.74), (98.951, 18.741), (98.95, 18.741)]
    edge = [{"lon": longitude, "lat": latitude} for longitude, latitude in [*corners, corners[0]]]
    way = {
        "type": "way",
        "id": 1,
        "tags": {"building": "school", "name": "โรงเรียน", "amenity": "school"},
        "geometry": edge,
    }
    building, label = features(read(written(tmp_path / "spike.json", {"elements": [way]}), BOX))
    assert (building.kind.name, building.geometry.geom_type) == ("building", "Polygon")
    assert (label.kind.name, label.geometry.geom_type) == ("school", "Point")


def test_a_landmark_mapped_twice_is_one() -> None:
    temple = {"amenity": "place_of_worship", "name": "วัด"}
    point = LineString([(98.9501, 18.7401), (98.9502, 18.7402)]).centroid
    found = features([Element(temple, point), Element(temple, point.buffer(0.0002))])
    assert [one.kind.layer for one in found].count("labels") == 1


def test_a_name_is_in_the_language_of_its_letters() -> None:
    assert schema.names({"name": "วัด", "name:en": "Temple"}) == schema.Names("วัด", "Temple")
    assert schema.names({"name": "KFC"}) == schema.Names("", "KFC")
    assert not schema.names({"name:de": "Tempel"})
