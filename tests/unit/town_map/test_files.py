"""The files of a town's map: tiles, the index that is searched, the picture, and what is said when there is none."""

import gzip
import json
from pathlib import Path

import pytest
from pmtiles.reader import MmapSource, Reader
from shapely.geometry import Point, box, shape

from shared.maps.files import OVERVIEW, PLACES, TILES
from tests.support.extract import BOX, overpass, written
from tools.town_map import mercator, schema
from tools.town_map.__main__ import main

TOWN = "bounds: {south: 18.715, west: 98.885, north: 18.785, east: 98.99}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "town").mkdir()
    (tmp_path / "town/town.yaml").write_text(TOWN)
    return tmp_path / "town"


@pytest.fixture
def made(folder: Path, tmp_path: Path) -> Path:
    assert main([str(folder), str(written(tmp_path / "v.json", overpass()))]) == 0
    return folder


def test_the_tiles_say_where_they_are_from_and_what_they_cover(made: Path) -> None:
    with (made / TILES).open("rb") as file:
        reader = Reader(MmapSource(file))
        header, about = reader.header(), reader.metadata()
        x, y = (int(place * 2**15) for place in mercator.to_world(Point(98.964, 18.7433)).coords[0])
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
    assert main([str(folder), str(written(tmp_path / "two.json", answer))]) == 0
    assert [one.get("th") for one in _listed(folder)].count("ซอยบ้านใหม่ 3") == 2


def test_what_reaches_beyond_the_town_is_found_inside_it(folder: Path, tmp_path: Path) -> None:
    """The middle of a road or a park that ends in the next province is no place of this town."""
    road = {"type": "way", "id": 1, "tags": {"highway": "primary", "name": "ถนนยาว"},
            "geometry": [{"lon": 98.95, "lat": 18.75}, {"lon": 99.95, "lat": 18.75}]}  # fmt: skip
    corners = [(98.98, 18.72), (99.9, 18.72), (99.9, 18.74), (98.98, 18.74), (98.98, 18.72)]
    park = {"type": "way", "id": 2, "tags": {"leisure": "park", "name": "สวนใหญ่"},
            "geometry": [{"lon": longitude, "lat": latitude} for longitude, latitude in corners]}  # fmt: skip
    assert main([str(folder), str(written(tmp_path / "long.json", {"elements": [road, park]}))]) == 0
    places = json.loads((folder / PLACES).read_text())["features"]
    assert [one["properties"]["th"] for one in places] == ["สวนใหญ่", "ถนนยาว"]
    assert all(box(*BOX).contains(shape(one["geometry"])) for one in places)


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
    left, top, right, bottom = mercator.to_world(box(*BOX)).bounds
    with (folder / TILES).open("rb") as file:
        reader = Reader(MmapSource(file))
        for zoom in range(schema.FIRST_ZOOM, schema.LAST_ZOOM + 1):
            for x in range(int(left * 2**zoom), int(right * 2**zoom) + 1):
                for y in range(int(top * 2**zoom), int(bottom * 2**zoom) + 1):
                    if content := reader.get(zoom, x, y):
                        found[zoom, x, y] = gzip.decompress(content)
    assert found
    return found
