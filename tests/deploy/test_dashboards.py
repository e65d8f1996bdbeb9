"""The dashboards of `deploy/monitoring`, linted: Grafana draws whatever it is given, and shows a mistake as nothing."""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.parts.watch import MONITORING
from shared.telemetry import names
from tests.deploy.test_alarms import promtool
from tests.support import watching

Board = Mapping[str, Any]
FILES = sorted((MONITORING / "dashboards").glob("*.json"))


def board(file: Path) -> Board:
    found: Board = json.loads(file.read_text("utf-8"))
    return found


def panels(one: Board) -> list[Mapping[str, Any]]:
    """Those that show something."""
    return [panel for panel in one["panels"] if panel["type"] != "row"]


def expressions(one: Board) -> Iterator[str]:
    """Everything that Prometheus is asked, with values in place of the variables."""
    for panel in panels(one):
        for target in panel["targets"]:
            if target["datasource"]["type"] == "prometheus":
                yield target["expr"].replace("$town", "maehia").replace("$service", "intake")


def overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not beside and not above


def test_there_is_one_for_a_town_a_service_and_a_case() -> None:
    assert {file.stem for file in FILES} == {"town", "service", "case"}
    assert {board(file)["uid"] for file in FILES} == {"onestop-town", "onestop-service", "onestop-case"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_panel_has_a_place_of_its_own_a_title_a_meaning_and_a_unit(file: Path) -> None:
    one = board(file)
    places = [panel["gridPos"] for panel in one["panels"]]

    assert len({panel["id"] for panel in one["panels"]}) == len(places)
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]
    for panel in panels(one):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["targets"]
        assert panel["type"] == "logs" or panel["fieldConfig"]["defaults"]["unit"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_uses_every_variable_that_it_offers_and_no_other(file: Path) -> None:
    """A data source that stands in the file by its id is there in one Grafana only."""
    one = board(file)
    offered = {variable["name"] for variable in one["templating"]["list"]}
    text = json.dumps([one["panels"], [variable.get("query") for variable in one["templating"]["list"]]])

    assert {name for name in offered if f"${name}" in text or f"${{{name}}}" in text} == offered
    sources = {panel["datasource"]["uid"] for panel in panels(one)}
    assert sources <= {f"${{{name}}}" for name in offered}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_asks_for_series_and_labels_that_exist(file: Path) -> None:
    assert [(asked, strange) for asked in expressions(board(file)) if (strange := watching.strangers(asked))] == []


def test_prometheus_understands_what_it_is_asked(tmp_path: Path) -> None:
    asked = [expression for file in FILES for expression in expressions(board(file))]
    rules = [{"record": f"asked:{number}", "expr": expression} for number, expression in enumerate(asked)]
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))

    promtool("check", "rules", file)


def test_every_metric_is_on_a_dashboard_or_in_an_alarm() -> None:
    """One that nobody looks at is not worth its room."""
    drawn = [expression for file in FILES for expression in expressions(board(file))]
    asked = " ".join([*drawn, *(rule["expr"] for rule in watching.rules())])

    assert [metric.exposed for metric in names.METRICS if metric.exposed not in asked] == []


def test_a_case_is_looked_for_by_the_attributes_that_its_spans_carry() -> None:
    text = (MONITORING / "dashboards" / "case.json").read_text("utf-8")

    for attribute in (names.REFERENCE, names.OUTBOX_WAIT, names.KAFKA_WAIT):
        assert f"span.{attribute}" in text
