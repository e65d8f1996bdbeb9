"""The files of `deploy/monitoring` as tests look at them: which alarms and series there are, what is asked of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.local.parts.watch import MONITORING, RULES
from shared.telemetry import names
from tools.operate.backup import FIGURE

RUNBOOKS = MONITORING.parents[1] / "docs" / "operations" / "runbooks"
# What Prometheus itself and its client library tell of each target.
_PROCESS = ("resident_memory_bytes", "cpu_seconds_total", "open_fds", "max_fds")
COMMON: Mapping[str, set[str]] = {
    "up": {"namespace"},  # as Prometheus' operator gives it
    # What runs the backups tells of them.
    FIGURE: set(),
    **{f"kube_cronjob_{name}": {"namespace", "cronjob"} for name in ("status_last_successful_time", "created")},
    "kube_deployment_status_replicas_available": {"namespace", "deployment"},
    "kube_pod_status_phase": {"namespace", "pod", "phase"},
    # And the collector of itself, by either name.
    **{
        f"otelcol_exporter_{one}_spans{end}": {"namespace"} for one in ("sent", "send_failed") for end in ("", "_total")
    },
    "ALERTS": {"alertstate", "alertname", "severity"},
    **{f"process_{name}": set() for name in _PROCESS},
}
OF_TARGET = {"town", "service", "instance"}  # labels that every series has from its target
_SERIES = re.compile(r"\b(onestop[a-z0-9_:A-Z]*|up|ALERTS|(?:process|kube|otelcol)_[a-z_]+)\b(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')


@cache
def rules() -> Sequence[Mapping[str, Any]]:
    """Every rule of every file: recorded series and alarms."""
    files = [yaml.safe_load(file.read_text("utf-8")) for file in sorted(RULES.glob("*.yaml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alarms() -> list[Mapping[str, Any]]:
    """The alarms alone; one name may stand twice, for its two urgencies."""
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> set[str]:
    """Names of the series that rules make."""
    return {rule["record"] for rule in rules() if "record" in rule}


@cache
def exposed() -> Mapping[str, set[str]]:
    """Every series that our processes expose, with its labels."""
    found: dict[str, set[str]] = {}
    for metric in names.METRICS:
        labels = set(metric.labels)
        found[metric.exposed] = labels
        if metric.kind == "histogram":
            del found[metric.exposed]
            found |= {f"{metric.exposed}_{part}": labels for part in ("sum", "count")}
            found[f"{metric.exposed}_bucket"] = labels | {"le"}
    return found


def series(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each series that an expression asks for, with the labels that it is chosen by."""
    for name, chosen in _SERIES.findall(expression):
        yield name, set(_LABEL.findall(chosen))


def strangers(expression: str) -> list[str]:
    """What it asks for and nothing exposes or records; empty is well."""
    known = {**COMMON, **exposed()}
    found = []
    for name, labels in series(expression):
        if name in known:
            found += [f"{name}{{{label}}}" for label in sorted(labels - known[name] - OF_TARGET)]
        elif name not in recorded():
            found.append(name)
    return found


@cache
def tested() -> Mapping[str, list[bool]]:
    """For each alarm that `promtool` tests: whether it is to ring, check by check."""
    found: dict[str, list[bool]] = {}
    for file in sorted((MONITORING / "tests").glob("*.yaml")):
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            for check in test["alert_rule_test"]:
                found.setdefault(check["alertname"], []).append(bool(check["exp_alerts"]))
    return found


def pages() -> set[Path]:
    """The runbooks."""
    return set(RUNBOOKS.glob("*.md"))
