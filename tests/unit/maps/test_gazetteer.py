"""Finding a village, a landmark or a road by what people call it."""

import json
from pathlib import Path

import pytest

from shared.maps.gazetteer import Gazetteer
from shared.town import Town, load_town
from shared.town.models import Text
from shared.town.places import Zone
from tests.support.small_town import small_town
from tests.support.source import ROOT

SQUARE = (((98.93, 18.72), (98.94, 18.72), (98.94, 18.73), (98.93, 18.73), (98.93, 18.72)),)
LISTED = [
    ("temple", "วัดป่าแดด", "Wat Pa Daet"), ("market", "ตลาดวรุณ", ""), ("school", "โรงเรียนบ้านห้วยทราย", ""),
    ("hospital", "โรงพยาบาลส่งเสริมสุขภาพตำบล", ""), ("shop", "", "7-Eleven"), ("road", "ซอย 5", "Soi 5"),
    ("road", "ซอย 15", "Soi 15"), ("road", "ถนนสมโภชเชียงใหม่ 700 ปี", "Somphot Chiang Mai 700 Pi Road"),
]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "map").mkdir()
    features = [
        {"properties": {"kind": kind, "th": th, "en": en}, "geometry": {"coordinates": [98.95, 18.74]}}
        for kind, th, en in LISTED
    ]
    (tmp_path / "map/places.geojson").write_text(json.dumps({"features": features}))
    names = [("หมู่ 1 บ้านตำหนัก", "Moo 1 Ban Tamnak"), ("หมู่ 10 บ้านป่าเป้า", "Moo 10 Ban Pa Pao")]
    zones = tuple(Zone(code=f"z{at}", name=Text(th=th, en=en), polygons=(SQUARE,)) for at, (th, en) in enumerate(names))
    return small_town().model_copy(update={"directory": tmp_path, "zones": zones})


MAEHIA = load_town(ROOT / "deploy/municipalities/maehia")


def found(town: Town, text: str) -> list[str]:
    return [entry.name("th") for entry in Gazetteer(town).search(text).entries]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ม.1", "หมู่ 1 บ้านตำหนัก"), ("หมู่ที่ ๑", "หมู่ 1 บ้านตำหนัก"), ("moo 1", "หมู่ 1 บ้านตำหนัก"),
        ("M.10", "หมู่ 10 บ้านป่าเป้า"), ("ป่าเป้า", "หมู่ 10 บ้านป่าเป้า"), ("ปาเปา", "หมู่ 10 บ้านป่าเป้า"),
        ("wat pa daet", "วัดป่าแดด"), ("ป่าเเดด", "วัดป่าแดด"), ("ป่าแดด วัด", "วัดป่าแดด"),
        ("รร.บ้านห้วยทราย", "โรงเรียนบ้านห้วยทราย"), ("รพ.สต.", "โรงพยาบาลส่งเสริมสุขภาพตำบล"), ("7 eleven", "7-Eleven"),
        ("ซ.5", "ซอย 5"), ("ถ.สมโภช", "ถนนสมโภชเชียงใหม่ 700 ปี"), ("ถนน 700 ปี", "ถนนสมโภชเชียงใหม่ 700 ปี"),
        ("วัดป่าเป้า", "หมู่ 10 บ้านป่าเป้า"), ("โรงเรียน ป่าเป้า", "หมู่ 10 บ้านป่าเป้า"), ("บ้านวรุณ", "ตลาดวรุณ"),
    ],
)  # fmt: skip
def test_a_place_is_found_as_people_write_it(town: Town, text: str, name: str) -> None:
    assert found(town, text)[0] == name


def test_a_number_is_the_whole_number(town: Town) -> None:
    assert found(town, "หมู่ 1") == ["หมู่ 1 บ้านตำหนัก"]
    assert found(town, "ซอย 5") == ["ซอย 5"]


@pytest.mark.parametrize("text", ["", "ก", " . ", "ไม่มีที่นี่", "0", "วัดก", "วัดไม่มี", "ซอย 700"])
def test_what_is_not_there_finds_nothing(town: Town, text: str) -> None:
    assert found(town, text) == []


def test_degrees_are_turned_round_where_only_so_they_lie_in_town(town: Town) -> None:
    middle = (town.centre.latitude, town.centre.longitude)
    assert Gazetteer(town).search(f"{middle[1]}, {middle[0]}").point == middle
    assert Gazetteer(town).search("13.75, 100.5").point == (13.75, 100.5)


def test_a_link_that_only_its_maker_can_read_is_said_to_be_one(town: Town) -> None:
    assert Gazetteer(town).search("https://maps.app.goo.gl/abcdef").unreadable


def test_a_village_brings_its_extent(town: Town) -> None:
    (village,) = Gazetteer(town).search("ตำหนัก").entries
    assert village.box == (98.93, 18.72, 98.94, 18.73)
    assert village.name("en") == "Moo 1 Ban Tamnak"


@pytest.mark.parametrize("folder", sorted(Path("deploy/municipalities").iterdir()), ids=lambda folder: folder.name)
def test_every_village_of_a_shipped_town_is_found(folder: Path) -> None:
    town = load_town(folder)
    for zone in town.zones:
        assert Gazetteer(town).search(zone.name.th).entries[0].th == zone.name.th


@pytest.mark.parametrize("text", ["Mae Hia", "mae hia", "แม่เหียะ", "เเม่เหียะ", "แมเหียะ", "เมืองแม่เหียะ"])
def test_the_town_is_found_by_its_own_name(text: str) -> None:
    first = Gazetteer(MAEHIA).search(text).entries[0]
    assert (first.kind, first.latitude) == ("town", MAEHIA.centre.latitude)


@pytest.mark.parametrize(
    "text", ["194 หมู่ 7", "194 ม.7 ต.แม่เหียะ", "194 Moo 7", "เทศบาลเมืองแม่เหียะ", "สำนักงานเทศบาล", "town hall"]
)
def test_the_town_hall_is_found_by_what_stands_below_every_page(text: str) -> None:
    found = Gazetteer(MAEHIA).search(text).entries
    assert MAEHIA.contact.office.th in [one.th for one in found[:2]]


@pytest.mark.parametrize(
    ("text", "kind"), [("วัดอุโบสถ", "temple"), ("โรงเรียนบ้านห้วยทราย", "school"), ("หมู่ 7", "village")]
)
def test_what_is_shipped_is_found_first_by_its_own_name(text: str, kind: str) -> None:
    assert Gazetteer(MAEHIA).search(text).entries[0].kind == kind
