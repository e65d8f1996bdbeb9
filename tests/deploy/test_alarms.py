"""The rules of `deploy/monitoring`: each alarm rings at what it is for, asks for what is there, and leads to a page."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.downloads import prometheus_program
from deploy.local.parts.watch import MONITORING, RULES
from shared.events.catalogue import SERVICES
from shared.telemetry import names
from tests.support import watching
from tests.support.alarms import shortened
from tests.support.source import ROOT

ALARMS = watching.alarms()
NAMES = sorted({alarm["alert"] for alarm in ALARMS})
PAGE = (ROOT / "docs" / "operations" / "alarms.md").read_text("utf-8")


def promtool(*arguments: str | Path) -> None:
    """Prometheus' own checker; what it complains of is the test's message."""
    ran = subprocess.run([prometheus_program("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", sorted(RULES.glob("*.yaml")), ids=lambda file: file.stem)
def test_prometheus_takes_the_rules(file: Path) -> None:
    promtool("check", "rules", file)


@pytest.mark.parametrize("file", sorted((MONITORING / "tests").glob("*.yaml")), ids=lambda file: file.stem)
def test_each_alarm_rings_at_its_fault_and_at_nothing_else(file: Path) -> None:
    promtool("test", "rules", file)


def test_the_rules_stay_rules_when_their_times_are_shortened_to_ring_them(tmp_path: Path) -> None:
    """What the campaign rings is what is shipped, but for times: of these none may stay as it is."""
    for file in RULES.glob("*.yaml"):
        text = shortened(file.read_text("utf-8"))
        (tmp_path / file.name).write_text(text, "utf-8")
        promtool("check", "rules", tmp_path / file.name)
        assert not re.search(r"\[\d+[mhd]\]|for: \d+[mhd]|> (60|120|300|1800|23400,?|4 \* 3600)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_an_alarm_is_tested_for_ringing_and_for_keeping_quiet(name: str) -> None:
    assert set(watching.tested()[name]) == {True, False}


def test_no_test_is_for_an_alarm_that_is_gone() -> None:
    assert set(watching.tested()) == set(NAMES)


@pytest.mark.parametrize("rule", watching.rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_for_series_and_labels_that_exist(rule: Mapping[str, Any]) -> None:
    assert watching.strangers(rule["expr"]) == []


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: f"{alarm['alert']}-{alarm['labels']['severity']}")
def test_an_alarm_says_how_urgent_it_is_whom_it_concerns_and_what_to_do(alarm: Mapping[str, Any]) -> None:
    assert alarm["labels"]["severity"] in ("page", "ticket")
    assert alarm["annotations"]["summary"].startswith("{{ $labels.town }}: ")
    assert alarm["annotations"]["runbook"] == f"docs/operations/runbooks/{alarm['alert']}.md"
    assert (ROOT / alarm["annotations"]["runbook"]).is_file()


def test_every_page_belongs_to_an_alarm() -> None:
    assert {page.stem for page in watching.pages()} == set(NAMES)


@pytest.mark.parametrize("page", sorted(watching.pages()), ids=lambda page: page.stem)
def test_a_page_says_what_it_means_how_to_look_what_to_do_and_how_it_was_tried(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.startswith(f"# {page.stem}\n")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## What it means", "## Look", "## Do", "## Afterwards", "## Tried"]


@pytest.mark.parametrize("name", NAMES)
def test_every_alarm_is_listed_with_its_urgency(name: str) -> None:
    severities = " ".join(sorted({alarm["labels"]["severity"] for alarm in ALARMS if alarm["alert"] == name}))

    assert f"| [{name}](runbooks/{name}.md) | {severities} |" in PAGE


def test_the_objectives_are_bounds_of_their_histograms() -> None:
    """A bound between two buckets would count too few or too many."""
    asked = {("routed", 10), ("told", 300)}

    assert {bound for _, bound in asked} <= set(names.PATIENCE)
    text = (RULES / "objectives.yaml").read_text("utf-8")
    for name, bound in asked:
        assert f'onestop_{name}_seconds_bucket{{le="{bound:.1f}"}}' in text


def test_the_alarms_on_processes_name_every_service() -> None:
    """A fifth one would be missed by nobody."""
    asked = " ".join(
        alarm["expr"]
        for alarm in ALARMS
        if alarm["alert"] in ("OnestopServiceGone", "OnestopProcessGone", "OnestopWorkerAlone")
    )

    assert set(re.findall(r'service=~"([a-z|]+)",town!=""', asked)) == {"|".join(SERVICES)}
    assert re.findall(r'absent_over_time\(up\{service="([a-z]+)",town!=""\}\[1d\]\)', asked) == list(SERVICES)
    assert re.findall(r'deployment=~"\(([a-z|]+)\)-worker"', asked) == ["|".join(SERVICES)]


def test_no_alarm_asks_whether_a_strangers_service_of_the_same_name_is_up() -> None:
    """In a cluster others have one too, which Prometheus' operator calls by its name: only ours are of a town."""
    asked = [chosen for alarm in ALARMS for chosen in re.findall(r"\bup\{([^}]*)\}", alarm["expr"])]

    assert asked
    assert [chosen for chosen in asked if 'town!=""' not in chosen] == []


def test_a_cluster_gives_every_target_the_labels_that_the_rules_group_by() -> None:
    monitor = yaml.safe_load((ROOT / "deploy/kubernetes/components/monitoring/pods.yaml").read_text("utf-8"))
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]

    assert {"town", "service"} <= {one["targetLabel"] for one in endpoint["relabelings"]}
