"""From an extract to a town's map: what is read, what is drawn, what can be found, and what is said about it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmium
import pytest
from pmtiles.reader import MmapSource, Reader
from shapely.geometry import LineString, mapping

from shared.maps.files import OVERVIEW, PLACES, TILES
from tests.support.extract import overpass
from tools.town_map import mercator, schema
from tools.town_map.__main__ import main
from tools.town_map.extract import Box, Element, read
from tools.town_map.features import Feature, features

BOX: Box = (98.885, 18.715, 98.99, 18.785)
TOWN = "bounds: {south: 18.715, west: 98.885, north: 18.785, east: 98.99}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "town").mkdir()
    (tmp_path / "town/town.yaml").write_text(TOWN)
    return tmp_path / "town"


def _json(path: Path, answer: dict[str, Any]) -> Path:
    path.write_text(json.dumps(answer, ensure_ascii=False))
    return path


def _geojson(path: Path) -> Path:
    """The same village as a town's own geographers keep it."""
    found = [
        {"type": "Feature", "properties": dict(one.tags), "geometry": mapping(one.geometry)}
        for one in read(_json(path.with_name("source.json"), overpass()), BOX)
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
    "overpass.json": lambda path: _json(path, overpass()),
    "overpass-nodes.json": lambda path: _json(path, overpass(with_nodes=True)),
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
    return features(read(_json(tmp_path_factory.mktemp("village") / "v.json", overpass()), BOX))


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


def test_a_landmark_mapped_twice_is_one() -> None:
    temple = {"amenity": "place_of_worship", "name": "วัด"}
    point = LineString([(98.9501, 18.7401), (98.9502, 18.7402)]).centroid
    found = features([Element(temple, point), Element(temple, point.buffer(0.0002))])
    assert [one.kind.layer for one in found].count("labels") == 1


def test_a_name_is_in_the_language_of_its_letters() -> None:
    assert schema.names({"name": "วัด", "name:en": "Temple"}) == schema.Names("วัด", "Temple")
    assert schema.names({"name": "KFC"}) == schema.Names("", "KFC")
    assert not schema.names({"name:de": "Tempel"})


# --- the files


@pytest.fixture
def made(folder: Path, tmp_path: Path) -> Path:
    assert main([str(folder), str(_json(tmp_path / "v.json", overpass()))]) == 0
    return folder


def test_the_tiles_say_where_they_are_from_and_what_they_cover(made: Path) -> None:
    with (made / TILES).open("rb") as file:
        reader = Reader(MmapSource(file))
        header, about = reader.header(), reader.metadata()
        x, y = (int(place * 2**15) for place in mercator.world(98.964, 18.7433))
        middle = gzip.decompress(reader.get(15, x, y) or b"")
    assert (header["min_lon_e7"], header["max_lat_e7"]) == (988850000, 187850000)
    assert header["max_zoom"] == schema.LAST_ZOOM
    assert (about["attribution"], about["licence"]) == ("© OpenStreetMap contributors", "ODbL-1.0")
    assert {layer["id"] for layer in about["vector_layers"]} == {"land", "water", "buildings", "roads", "labels"}
    for name in ("ถนนเชียงใหม่-หางดง", "Town Hall", "buildings"):
        assert name.encode() in middle


def test_making_it_twice_makes_the_same(made: Path, tmp_path: Path) -> None:
    before = {name: (made / name).read_bytes() for name in (TILES, PLACES, OVERVIEW)}
    assert main([str(made), str(tmp_path / "v.json")]) == 0
    assert {name: (made / name).read_bytes() for name in before} == before


def _listed(folder: Path) -> list[dict[str, str]]:
    return [one["properties"] for one in json.loads((folder / PLACES).read_text())["features"]]


def test_the_index_has_landmarks_before_roads_and_each_once(made: Path) -> None:
    listed = _listed(made)
    assert [one.get("th") for one in listed].count("ถนนเชียงใหม่-หางดง") == 1
    kinds = [one["kind"] for one in listed]
    assert kinds.index("road") > kinds.index("temple")
    assert set(kinds[kinds.index("road") :]) == {"road"}


def test_two_roads_of_one_name_far_apart_are_two(folder: Path, tmp_path: Path) -> None:
    answer = {"elements": overpass()["elements"] + overpass((98.90, 18.73), first_id=10_000)["elements"]}
    assert main([str(folder), str(_json(tmp_path / "two.json", answer))]) == 0
    assert [one.get("th") for one in _listed(folder)].count("ซอยบ้านใหม่ 3") == 2


def test_the_picture_is_drawn_in_shapes_alone(made: Path) -> None:
    text = (made / OVERVIEW).read_text()
    assert "<script" not in text
    assert "style=" not in text
    assert text.count("<path") > 5


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", "{", "is not JSON"), ("x.json", "[]", "neither `elements`"), ("x.txt", "", "give an .osm.pbf"),
        ("x.osm.pbf", "no", "x.osm.pbf: "), ("x.json", '{"elements": []}', "nothing inside the bounds"),
        ("x.geojson.gz", "no", "is not JSON"), (None, "", "there is no file"),
    ],
)  # fmt: skip
def test_what_is_no_extract_is_said_to_be_none(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str | None, content: str, said: str
) -> None:
    path = tmp_path / (name or "nowhere.json")
    if name:
        path.write_text(content)
    assert main([str(folder), str(path)]) == 1
    assert said in capsys.readouterr().err
    assert not (folder / TILES).exists()


def test_a_town_without_bounds_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "x.json"]) == 1
    assert "bounds" in capsys.readouterr().err


# --- the shipped map


def test_the_shipped_map_is_made_of_the_shipped_extract(tmp_path: Path) -> None:
    shipped = Path("deploy/municipalities/maehia")
    (tmp_path / "maehia").mkdir()
    (tmp_path / "maehia/town.yaml").write_text((shipped / "town.yaml").read_text())
    assert main([str(tmp_path / "maehia"), str(shipped / "map/extract.geojson.gz")]) == 0
    assert _tiles(tmp_path / "maehia") == _tiles(shipped)
    for name in (PLACES, OVERVIEW):
        assert (tmp_path / "maehia" / name).read_text() == (shipped / name).read_text()


def _tiles(folder: Path) -> dict[tuple[int, int, int], bytes]:
    """By zoom, x and y, unpacked: another zlib packs otherwise."""
    found = {}
    (left, top), (right, bottom) = mercator.world(BOX[0], BOX[3]), mercator.world(BOX[2], BOX[1])
    with (folder / TILES).open("rb") as file:
        reader = Reader(MmapSource(file))
        for zoom in range(schema.FIRST_ZOOM, schema.LAST_ZOOM + 1):
            for x in range(int(left * 2**zoom), int(right * 2**zoom) + 1):
                for y in range(int(top * 2**zoom), int(bottom * 2**zoom) + 1):
                    if content := reader.get(zoom, x, y):
                        found[zoom, x, y] = gzip.decompress(content)
    assert found
    return found
