"""Prometheus and Grafana get in a cluster what `deploy/monitoring` holds, with the labels that its rules group by."""

import json
import re

import pytest
import yaml

from deploy.local.parts.watch import MONITORING, RULES
from tests.support.manifests import OF_CLUSTER, OURS, OVERLAYS, label, named, overlay, services
from tests.support.watching import OF_TARGET, alarms

WATCHED = ("town", "province")
HOME = "monitoring"  # where rules and pages are


def test_every_rule_is_there_once() -> None:
    files = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in RULES.glob("*.yaml")}
    found = named(overlay(OF_CLUSTER), "PrometheusRule")

    assert {one["metadata"]["name"].removeprefix("onestop-"): one["spec"] for one in found} == files
    assert {one["metadata"]["namespace"] for one in found} == {HOME}


def test_every_page_is_there_and_found_by_its_label() -> None:
    files = {file.name: json.loads(file.read_text("utf-8")) for file in (MONITORING / "dashboards").glob("*.json")}
    (found,) = named(overlay(OF_CLUSTER), "ConfigMap", "onestop-dashboards")

    assert {page: json.loads(text) for page, text in found["data"].items()} == files
    assert (found["metadata"]["labels"]["grafana_dashboard"], found["metadata"]["namespace"]) == ("1", HOME)


@pytest.mark.parametrize("name", WATCHED)
def test_backups_are_called_as_the_alarm_calls_them(name: str) -> None:
    """It asks kube-state-metrics, which tells of every CronJob there is."""
    asked = [rule["expr"] for rule in alarms() if rule["alert"].startswith("OnestopBackup")]

    assert set(re.findall(r'cronjob="([\w-]+)"', "".join(asked))) == {
        one["metadata"]["name"] for one in named(overlay(name), "CronJob")
    }


@pytest.mark.parametrize("name", OVERLAYS)
def test_no_town_brings_what_the_cluster_has_once(name: str) -> None:
    """In the namespace of each of two towns every alarm would ring twice."""
    once = {(one["kind"], one["metadata"]["name"]) for one in overlay(OF_CLUSTER)}

    assert {(one["kind"], one["metadata"]["name"]) for one in overlay(name)} & once == set()


def test_every_pod_of_ours_has_a_priority_that_the_cluster_knows() -> None:
    known = {one["metadata"]["name"] for one in named(overlay(OF_CLUSTER), "PriorityClass")}

    for name in WATCHED:
        asked = {one["spec"]["template"]["spec"]["priorityClassName"] for one in services(overlay(name))}
        assert asked == known


@pytest.mark.parametrize("name", WATCHED)
def test_every_process_is_asked_and_says_of_which_town_and_service_it_is(name: str) -> None:
    monitors = named(overlay(name), "PodMonitor", "onestop")
    towns = {one["metadata"]["namespace"] for one in services(overlay(name))}

    assert {one["metadata"]["namespace"] for one in monitors} == towns
    for one in monitors:
        (asked,) = one["spec"]["podMetricsEndpoints"]
        (kinds,) = one["spec"]["selector"]["matchExpressions"]
        assert {change["targetLabel"] for change in asked["relabelings"]} == OF_TARGET - {"instance"}
        assert (kinds["key"], set(kinds["values"])) == ("app.kubernetes.io/component", set(OURS))
    for one in services(overlay(name)):
        assert label(one, "part-of") == "onestop"
