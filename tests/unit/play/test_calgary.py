"""How a permit of another city is told as an application: by rows made up here, in the file's columns."""

from collections.abc import Mapping

import pytest

from services.permits.domain.form import read
from services.permits.domain.rules import rules_of
from shared.town import load_town
from tests.support.calgary import FILE, OURS, row_of, rows
from tests.support.reports import MAEHIA

TOWN = load_town(MAEHIA)
LINE = {
    "permitnum": "BP0000-00001", "workclass": "New", "permitclassgroup": "Single Family", "permitclass": "1106 - House",
    "description": "A house", "total_m2": "150.0", "originaladdress": "1 A ST", "issueddate": "2024-02-01",
    "latitude": "51.0", "longitude": "-114.1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "kind", "against"),
    [
        ({}, "house-new", set()),
        ({"total_m2": "150.1"}, "house-new", {"usable-area"}),
        ({"total_m2": ""}, "house-new", set()),
        ({"description": "A new, Three Storey house"}, "house-new", {"storeys"}),
        ({"description": "2-storey"}, "house-new", {"storeys"}),
        ({"permitclassgroup": "Two Family"}, "house-new", {"residential-use"}),
        ({"permitclassgroup": "Garage"}, "house-new", {"residential-use"}),
        ({"workclass": "Addition"}, "alteration", set()),
        ({"workclass": "Demolition", "issueddate": ""}, "demolition", set()),
        ({"workclass": "Fire/ Security Alarm"}, "fire-security-alarm", set()),
    ],
)
def test_a_row_is_the_application_that_it_says(changed: Mapping[str, str], kind: str, against: set[str]) -> None:
    row = row_of({**LINE, **changed})

    assert (row.body["type"], row.speaks_against_haste) == (kind, against)
    assert row.is_offered == (kind in TOWN.permits)
    if row.is_offered:
        form, faults = read(rules_of(TOWN, kind).permit, row.form)
        assert faults == []
        assert form["storeys"] == str(row.form["storeys"])


def test_places_lie_in_the_town_as_they_lay_in_theirs() -> None:
    south_west = row_of({**LINE, "latitude": "50.85", "longitude": "-114.29"}).body["location"]
    north_east = row_of({**LINE, "latitude": "51.2", "longitude": "-113.88"}).body["location"]

    assert (south_west["latitude"], south_west["longitude"]) == OURS[:2]
    assert (north_east["latitude"], north_east["longitude"]) == (18.7563, 98.97)


@pytest.mark.skipif(not FILE.exists(), reason=f"needs {FILE.name} beside the repository")
def test_every_row_of_the_file_can_be_told() -> None:
    told = list(rows())

    assert len({row.number for row in told}) == len(told) == 3000
    assert sum(row.is_offered for row in told) > 2900
