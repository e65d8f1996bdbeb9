"""The towns that ship: both load, say what their clerks would expect, and can be told apart without code."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.town import Town, load_town
from tools.operate.town import main

TOWNS = Path("deploy/municipalities")
BANGKOK = ZoneInfo("Asia/Bangkok")


@pytest.fixture(scope="module")
def maehia() -> Town:
    return load_town(TOWNS / "maehia")


@pytest.fixture(scope="module")
def nong_bua_noi() -> Town:
    return load_town(TOWNS / "nong-bua-noi")


def test_every_town_that_ships_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *(str(path) for path in sorted(TOWNS.iterdir()) if path.is_dir())]) == 0
    assert "Mae Hia Town Municipality is in order" in capsys.readouterr().out


def test_the_team_codes_that_tokens_carry(maehia: Town) -> None:
    assert set(maehia.teams) >= {
        "works-roads", "works-water", "works-lights", "works-building", "health-waste", "health-environment",
        "civil-defence", "triage",
    }  # fmt: skip
    assert maehia.triage == "triage"


def test_the_categories_that_other_programs_name(maehia: Town) -> None:
    assert set(maehia.categories) >= {
        "water-leak", "power-cut", "dumped-rubbish", "missed-collection", "street-light", "road-damage", "drain-flood",
        "fallen-tree", "smell-smoke", "noise", "mosquitoes", "stray-animals", "obstruction", "illegal-building",
        "other",
    }  # fmt: skip
    assert maehia.categories["noise"].sensitive
    assert not maehia.categories["illegal-building"].public


def test_each_village_centre_lies_in_exactly_one_zone(maehia: Town) -> None:
    assert len(maehia.zones) == 10
    assert all(zone.approximate for zone in (*maehia.zones, *maehia.land_use))
    for step in range(400):  # a walk over the town: zones never overlap
        latitude, longitude = 18.735 + (step // 20) * 0.0015, 98.90 + (step % 20) * 0.0038
        assert sum(zone.contains(latitude, longitude) for zone in maehia.zones) <= 1


def test_the_office_stands_in_its_village(maehia: Town) -> None:
    zone = maehia.zone_of(18.7433, 98.964)
    assert zone is not None
    assert zone.code == "ban-tamnak-mai"
    assert maehia.zone_of(0, 0) is None
    assert not maehia.bounds.holds(0, 0)


def test_data_of_others_ships_with_its_attribution(maehia: Town) -> None:
    notice = (maehia.directory / "layers" / "NOTICE").read_text()
    for layer in maehia.layers:
        assert (maehia.directory / layer.file).stat().st_size < 400_000
        assert Path(layer.file).name in notice
    assert maehia.map is not None
    assert maehia.map.attribution in notice
    assert "map/" in notice


def test_the_forest_allows_no_house(maehia: Town) -> None:
    forest, homes = maehia.land_use_of(18.76, 98.90), maehia.land_use_of(18.745, 98.95)
    assert forest is not None
    assert homes is not None
    assert "house" not in forest.allows
    assert "house" in homes.allows


def test_an_escalation_reaches_the_teams_own_people_then_the_towns(maehia: Town) -> None:
    director, mayor = maehia.post("director", "works-roads"), maehia.post("mayor", "works-roads")
    assert director is not None
    assert mayor is not None
    assert director.title.en == "Director of Public Works"
    assert mayor.title.en == "Mayor"
    assert maehia.post("head", "no-such-team") is None


def test_names_outlive_their_profile(maehia: Town) -> None:
    assert maehia.category_name("water-leak", "th") == "ท่อน้ำรั่วหรือแตก"
    assert maehia.category_name("gone", "th") == "gone"
    assert maehia.team_name(None, "en") == "One-stop service centre"
    assert maehia.team_name("gone", "en") == "gone"
    assert maehia.agency_name("gone", "en") == maehia.permit_name("gone", "en") == "gone"
    agency, permit = next(iter(maehia.agencies)), next(iter(maehia.permits))
    assert maehia.agency_name(agency, "en") == maehia.agencies[agency].name.en
    assert maehia.permit_name(permit, "th") == maehia.permits[permit].name.th


def test_the_small_town_differs_in_everything_that_matters(nong_bua_noi: Town) -> None:
    town = nong_bua_noi
    assert (town.reference_prefix, town.triage, town.zones, len(town.teams)) == ("NBN", "office", (), 3)
    limits = {one.code: one.at_most for one in town.permits["house-new"].lanes[0].conditions}
    assert limits["usable-area"] == Decimal("80.5")
