"""The shipped cases and maps fit the town that they are about, and show what they promise."""

from zoneinfo import ZoneInfo

import pytest
import yaml

from deploy.local.machine import ROOT
from services.permits.domain import form as forms
from services.permits.domain.rules import rules_of
from shared.events.reports import ReportKind
from shared.town import Town, load_town
from tools.play.mapping import load_map
from tools.play.options import CASES
from tools.play.paper import pdf
from tools.play.permits import permit_cases
from tools.play.rows import Columns, Row, read_rows

TRAFFY = ROOT / "tools/play/traffy-categories.yaml"


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(ROOT / "deploy/municipalities/maehia")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows(CASES, Columns(), None, ZoneInfo("Asia/Bangkok"))


def test_there_are_about_forty_and_each_is_another(rows: list[Row]) -> None:
    assert len(rows) >= 40
    assert len({row.text for row in rows}) == len(rows)


def test_every_category_of_the_town_is_played(town: Town, rows: list[Row]) -> None:
    assert {row.body["category"] for row in rows} == set(town.categories)


def test_answers_are_to_questions_of_the_category(town: Town, rows: list[Row]) -> None:
    for row in rows:
        questions = {one.code: one for one in town.categories[row.body["category"]].questions}
        for code, given in row.body.get("answers", {}).items():
            choices = [choice.code for choice in questions[code].choices]
            assert not choices or given in choices, row.text


def test_it_shows_the_unusual_ones_too(town: Town, rows: list[Row]) -> None:
    places = [row.body["location"] for row in rows if "latitude" in row.body.get("location", {})]
    outside = [place for place in places if not town.bounds.holds(place["latitude"], place["longitude"])]
    assert len(outside) >= 2
    assert any(row.body.get("kind") == "suggestion" for row in rows)
    assert any(row.language == "en" for row in rows)
    assert any("reporter" not in row.body for row in rows)
    assert any(list(row.body.get("location", {})) == ["address"] for row in rows)
    assert any(town.categories[row.body["category"]].sensitive for row in rows)


def test_nobody_real_is_written_to(rows: list[Row]) -> None:
    addresses = [row.body["reporter"]["email"] for row in rows if "email" in row.body.get("reporter", {})]
    addresses += [case.request["applicant"]["email"] for case in permit_cases()]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_traffys_types_become_categories_of_the_town(town: Town) -> None:
    found = load_map(TRAFFY)
    targets = [*found.types.values(), found.fallback]
    assert {one.category for one in targets} <= set(town.categories)
    assert {one.kind for one in targets} - {None} <= set(ReportKind.__args__)  # type: ignore[attr-defined]


def test_no_type_is_mapped_twice() -> None:
    names = [line.strip().partition(": ")[0] for line in TRAFFY.read_text().partition("types:\n")[2].splitlines()]
    names = [name for name in names if name and not name.startswith("#")]
    assert len(names) == len(set(names)) == len(yaml.safe_load(TRAFFY.read_text())["types"])


def test_the_applications_fill_in_the_form_of_their_type(town: Town) -> None:
    for case in permit_cases():
        permit = rules_of(town, case.request["type"]).permit
        values, faults = forms.read(permit, case.request["form"])
        assert (faults, forms.list_missing(permit, values)) == ([], [])
        assert case.lane in {lane.code for lane in permit.lanes}


def test_one_application_takes_each_lane() -> None:
    assert [case.lane for case in permit_cases()] == ["fast", "normal"]


def test_a_paper_is_a_pdf_whose_table_points_at_its_objects() -> None:
    paper = pdf("plans: MH-1")
    assert paper.startswith(b"%PDF-")
    table = paper[paper.rindex(b"\nxref\n") + 1 :].splitlines()
    places = [int(line[:10]) for line in table[3:9]]
    assert [paper[place : place + 7] for place in places] == [b"%d 0 obj" % number for number in range(1, 7)]
    assert int(paper.split()[-2]) == paper.rindex(b"xref\n0")
