"""Prometheus beside the local stack takes what is written for it, and targets have the labels that rules group by."""

import subprocess
from pathlib import Path

import yaml

from deploy.local.downloads import prometheus_program
from deploy.local.parts.watch import prometheus
from deploy.local.ports import Ports
from shared.events.catalogue import SERVICES


def written(home: Path) -> Path:
    """Its configuration, as it is before it starts."""
    prometheus(home, Ports(), {"TOWN_DIR": "deploy/municipalities/maehia"}).prepare()
    return home / "prometheus.yaml"


def test_it_takes_the_configuration_and_the_rules(tmp_path: Path) -> None:
    checker = [prometheus_program("promtool"), "check", "config", str(written(tmp_path))]

    assert subprocess.run(checker, capture_output=True, check=False).returncode == 0


def test_every_service_is_asked_and_says_whose_it_is(tmp_path: Path) -> None:
    (job,) = yaml.safe_load(written(tmp_path).read_text())["scrape_configs"]

    assert {(one["labels"]["town"], one["labels"]["service"]) for one in job["static_configs"]} == {
        ("maehia", service) for service in SERVICES
    }
