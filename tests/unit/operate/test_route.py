"""`onestop route try`: a town's rules asked at the terminal, with the town's own file or a changed one."""

import json
from pathlib import Path

import pytest

from tests.support.work import ROOT
from tools.operate.__main__ import main

TOWN = ["--town", str(ROOT / "deploy/municipalities/maehia")]
RULES = ROOT / "deploy/municipalities/maehia/routing.yaml"


def test_it_says_where_a_report_goes_and_why_earlier_rules_did_not_take_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", "try", "water-leak", "ท่อประปาแตก", "--at", "2026-11-23T12:00:00Z", *TOWN]) == 0
    shown = capsys.readouterr().out
    assert "  wire-down-answered       categories: water-leak\n" in shown
    assert "→ burst-off-hours          takes it\n" in shown
    assert "civil-defence for pwa, high, utilities, by rule burst-off-hours of 2026.11-" in shown


def test_programs_have_every_rule_with_its_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--place", "18.7425", "98.9438", "--answer", "danger=ใช่", "--kind", "problem", "--channel", "line"]
    assert main(["route", "try", "power-cut", *place, *TOWN, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["routed"]["rule"] == "wire-down-answered"
    answered = next(one for one in answer["rules"] if one["rule"] == "wire-down-answered")
    assert answered["checks"][1] == {
        "condition": "answers.danger", "wanted": ["yes", "true"], "found": "yes", "holds": True,
    }  # fmt: skip


def test_a_report_that_no_rule_takes_waits_in_triage_and_the_status_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", "try", "other", "?", *TOWN]) == 1
    assert "triage, normal, triage, by no rule: triage" in capsys.readouterr().out


def test_a_changed_file_is_asked_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(RULES.read_text("utf-8").replace("then: {team: works-lights,", "then: {team: works-roads,"))
    assert main(["route", "try", "street-light", "--rules", str(changed), *TOWN]) == 0
    assert "works-roads, normal, repair, by rule light of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("routing: {version: '1', rules: [], fallback: {team: moon, priority: normal, service_level: triage}}\n",
         ":1: there is no team 'moon'"),
        ("teams: {}\n", ":1: 'teams' does not belong here: only `routing` is read"),
        ("- rules\n", ":1: must be a mapping of keys"),
        ("", ":1: must begin with `routing:`"),
        ("routing: {version: '1'}\n", ":1: routing.rules: is missing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_with_its_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = tmp_path / "changed.yaml"
    file.write_text(text)
    assert main(["route", "try", "other", "--rules", str(file), *TOWN]) == 2
    assert f"{file}{said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["garden"], "there is no category garden, only water-leak"),
        (["power-cut", "--answer", "colour=red"], "no such answer to colour; its questions: extent, danger"),
        (["power-cut", "--answer", "danger=perhaps"], "no such answer to danger"),
        (["other", "--rules", "/nowhere/routing.yaml"], "/nowhere/routing.yaml cannot be read"),
    ],
)
def test_what_the_town_does_not_know_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["route", "try", *arguments, *TOWN]) == 2
    assert said in capsys.readouterr().err
