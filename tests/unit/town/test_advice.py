"""What a town's files say that is no mistake, and is pointed out all the same."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.spoilt_town import TOWNS, Edit, problems
from tools.operate.town import main


def test_what_a_copy_still_says_of_the_town_beside_it_is_pointed_out(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder, copy := folder.parent / "chiang-dao")
    assert main(["check", str(copy)]) == 0
    assert "code 'maehia' is not what the folder is called: 'chiang-dao' (may stay)" in capsys.readouterr().out
    (copy / "town.yaml").write_text((copy / "town.yaml").read_text().replace("code: maehia", "code: chiang-dao"))

    assert main(["check", str(copy)]) == 0
    told = capsys.readouterr().out.replace(f"{copy}/", "")
    assert re.search(r"permits.yaml:\d+: payments.payee.en names maehia, the town beside this one", told)
    assert re.search(r"permits.yaml:\d+: signatories.0.title.en names maehia.*; of signatories 6 texts do", told)
    assert re.search(r"teams.yaml:\d+: teams.works-roads.email names maehia.*; of teams 44 texts do", told)
    assert main(["check", str(folder)]) == 0
    assert "may stay" not in capsys.readouterr().out


def test_a_short_latin_word_is_pointed_out_and_may_stay(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    line = edit("routing.yaml", "words: [ภาษี, ", "words: [tax, ภาษี, ")

    assert main(["check", str(folder)]) == 0
    assert f"{folder}/routing.yaml:{line}: word 'tax' has fewer than 4 letters" in capsys.readouterr().out


@pytest.mark.parametrize("town", ["maehia", "nong-bua-noi"])
def test_the_towns_that_ship_need_no_advice(town: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(TOWNS / town)]) == 0
    assert "may stay" not in capsys.readouterr().out


def test_a_zone_that_lies_in_an_earlier_one_is_a_mistake_and_a_shared_strip_is_pointed_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def square(code: str, west: float, east: float) -> dict[str, object]:
        ring = [[west, 18.73], [east, 18.73], [east, 18.74], [west, 18.74], [west, 18.73]]
        properties = {"code": code, "name_th": code, "name_en": code}
        return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    def drawn(*zones: dict[str, object]) -> None:
        lines = ",\n".join(json.dumps(zone) for zone in zones)
        (folder / "zones.geojson").write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}]}}')

    drawn(square("east", 98.95, 98.96), square("inside", 98.952, 98.955), square("beside", 98.96, 98.97))
    inside = "zones.geojson:3: no report is ever in zone 'inside': zone 'east' before it holds all of it"
    assert problems(folder) == [inside]
    drawn(square("east", 98.95, 98.96), square("half", 98.955, 98.97))
    assert main(["check", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "zones.geojson:3: 586," in shown
    assert "m² (33.3%) of zone 'half' lie in zone 'east' too, which is before it and counts there" in shown


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ท่อประปา…แตก", "adds nothing: 'ท่อ…แตก' is found wherever it is"),
        ("ท", "is one letter, which almost every text"),
    ],
)
def test_a_word_that_changes_nothing_or_everything_is_pointed_out(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str], word: str, said: str
) -> None:
    line = edit("routing.yaml", "words: [ท่อ…แตก, ", f"words: [ท่อ…แตก, {word}, ")
    assert main(["check", str(folder)]) == 0
    assert f"routing.yaml:{line}: word {word!r} {said}" in capsys.readouterr().out


def test_a_rung_on_which_nobody_stands_for_a_team_is_pointed_out(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = "      crew: {title: {th: หัวหน้างานบริหารการศึกษา, "
    edit("teams.yaml", lead + 'en: "Team lead, Education"}, email: education-lead@maehia.example}\n', "")
    assert main(["check", str(folder)]) == 0
    assert "nobody is crew of team 'education', whom the escalation tells: add a post" in capsys.readouterr().out
