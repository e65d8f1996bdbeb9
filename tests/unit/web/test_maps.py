"""A town's map as pages get it: files in pieces, the search, and a policy that follows the profile."""

import json
import re

import pytest

from shared.settings import ServiceSettings
from shared.town import Town
from shared.town.base_map import BaseMap
from shared.web.headers import policy
from tests.support.sample_pages import Client
from tests.support.small_town import small_town

TILES = b"PMTiles\x03" + bytes(range(256)) * 40
HERE = {"kind": "temple", "th": "วัดป่าแดด", "en": "Wat Pa Daet"}
ELSEWHERE = "https://tiles.town.example:8443/{z}/{x}/{y}.png?key=a-b"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    (folder / "map").mkdir()
    (folder / "map/town.pmtiles").write_bytes(TILES)
    (folder / "map/overview.svg").write_text("<svg/>")
    place = {"properties": HERE, "geometry": {"coordinates": [98.95, 18.74]}}
    (folder / "map/places.geojson").write_text(json.dumps({"features": [place]}))
    (folder / "map/extract.geojson.gz").write_bytes(b"not for browsers")
    base = BaseMap(attribution="© OpenStreetMap contributors", licence="ODbL-1.0")
    return small_town().model_copy(update={"directory": folder, "map": base})


async def test_the_map_comes_in_the_pieces_that_are_asked_for(client: Client) -> None:
    answer = await client().get("/static/shared/town/town.pmtiles", headers={"range": "bytes=8-15"})
    assert answer.status_code == 206
    assert answer.content == TILES[8:16]
    assert answer.headers["content-range"] == f"bytes 8-15/{len(TILES)}"
    assert (await client().get("/static/shared/town/town.pmtiles")).content == TILES
    beyond = await client().get("/static/shared/town/town.pmtiles", headers={"range": "bytes=999999-"})
    assert beyond.status_code == 416


async def test_the_address_in_the_page_holds_the_files_hash(client: Client) -> None:
    page = (await client(browser=True).get("/components")).text
    found = re.search(r"/static/shared/town/town\.pmtiles\?v=[0-9a-f]{12}", page)
    assert found is not None
    answer = await client().get(found[0])
    assert "immutable" in answer.headers["cache-control"]
    assert (await client().get("/static/shared/town/town.pmtiles")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["extract.geojson.gz", "town.yaml", "..%2ftown.yaml", "", "."])
async def test_nothing_else_of_the_folder_is_served(client: Client, name: str) -> None:
    assert (await client().get(f"/static/shared/town/{name}")).status_code == 404


async def test_a_place_is_found_by_name_in_the_reader_s_language(client: Client) -> None:
    thai = (await client().get("/api/v1/places", params={"q": "ป่าแดด"})).json()["items"]
    assert thai == [{"kind": "temple", "name": "วัดป่าแดด", "latitude": 18.74, "longitude": 98.95}]
    english = await client().get("/api/v1/places", params={"q": "วัดป่าแดด"}, headers={"accept-language": "en"})
    assert english.json()["items"][0]["name"] == "Wat Pa Daet"


async def test_a_village_comes_with_its_extent_and_degrees_with_none(client: Client) -> None:
    (village,) = (await client().get("/api/v1/places", params={"q": "ม.1"})).json()["items"]
    assert village["box"] == [98.93, 18.72, 98.99, 18.77]
    (point,) = (await client().get("/api/v1/places", params={"q": "๑๘.๗๔, ๙๘.๙๕"})).json()["items"]
    assert point == {"kind": "point", "name": "18.74000, 98.95000", "latitude": 18.74, "longitude": 98.95}


@pytest.mark.parametrize(("q", "status"), [("", 200), ("x" * 2000, 200), ("x" * 2001, 422), ("\x00", 200)])
async def test_whatever_is_searched_for_is_answered(client: Client, q: str, status: int) -> None:
    answer = await client().get("/api/v1/places", params={"q": q})
    assert answer.status_code == status


def test_pages_may_load_tiles_only_from_where_the_profile_says(town: Town) -> None:
    closed = policy(ServiceSettings(), town)
    elsewhere = BaseMap(attribution="© Town", licence="own", tiles=ELSEWHERE)
    opened = policy(ServiceSettings(), town.model_copy(update={"map": elsewhere}))
    assert "https:" not in closed
    for rule in ("img-src", "connect-src"):
        assert re.search(rf"{rule} [^;]* https://tiles\.town\.example:8443(;|$)", opened)
    assert opened.count("https:") == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://tiles.example; script-src *;/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}.png; script-src *",
        "https://user:pass@tiles.example/{z}/{x}/{y}.png",
        "//tiles.example/{z}/{x}/{y}.png",
    ],
)
def test_no_tile_address_can_widen_the_policy(address: str) -> None:
    with pytest.raises(ValueError, match="tiles"):
        BaseMap(attribution="x", licence="y", tiles=address)
