"""Prometheus and Grafana get in a cluster what `deploy/monitoring` holds, with the labels that its rules group by."""

import json

import pytest
import yaml

from deploy.local.parts.watch import MONITORING, RULES
from tests.support.manifests import OURS, label, named, overlay, services
from tests.support.watching import OF_TARGET

WATCHED = {"town": "onestop", "province": "monitoring"}  # where rules and pages are
every_watched = pytest.mark.parametrize(("name", "namespace"), WATCHED.items())


@every_watched
def test_every_rule_is_there_once(name: str, namespace: str) -> None:
    files = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in RULES.glob("*.yaml")}
    found = named(overlay(name), "PrometheusRule")

    assert {one["metadata"]["name"].removeprefix("onestop-"): one["spec"] for one in found} == files
    assert {one["metadata"]["namespace"] for one in found} == {namespace}


@every_watched
def test_every_page_is_there_and_found_by_its_label(name: str, namespace: str) -> None:
    files = {file.name: json.loads(file.read_text("utf-8")) for file in (MONITORING / "dashboards").glob("*.json")}
    (found,) = named(overlay(name), "ConfigMap", "onestop-dashboards")

    assert {page: json.loads(text) for page, text in found["data"].items()} == files
    assert (found["metadata"]["labels"]["grafana_dashboard"], found["metadata"]["namespace"]) == ("1", namespace)


@pytest.mark.parametrize("name", WATCHED)
def test_every_process_is_asked_and_says_of_which_town_and_service_it_is(name: str) -> None:
    monitors = named(overlay(name), "PodMonitor")
    towns = {one["metadata"]["namespace"] for one in services(overlay(name))}

    assert {one["metadata"]["namespace"] for one in monitors} == towns
    for one in monitors:
        (asked,) = one["spec"]["podMetricsEndpoints"]
        (kinds,) = one["spec"]["selector"]["matchExpressions"]
        assert {change["targetLabel"] for change in asked["relabelings"]} == OF_TARGET - {"instance"}
        assert (kinds["key"], set(kinds["values"])) == ("app.kubernetes.io/component", set(OURS))
    for one in services(overlay(name)):
        assert label(one, "part-of") == "onestop"
