"""The alarms of a cluster: a real Prometheus that has its rules and its targets from the objects in the cluster, as
Prometheus' operator would give them to it, with kube-state-metrics beside it. All times of the rules are a sixtieth.
"""

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from deploy.cluster.kubectl import Kubectl, Refused
from deploy.cluster.programs import program
from deploy.local.part import Part, http_ready
from deploy.local.parts.watch import watch_with
from deploy.local.ports import free_ports
from deploy.local.runner import Runner
from tests.support.alarms import Alarms, shortened

Object = Mapping[str, Any]
SECONDS = 2  # between two looks: a minute would be one of them
LOOK_SECONDS = 3.0  # between two looks for pods that came and went
STATES = "cronjobs,deployments,pods"  # what the rules ask kube-state-metrics about
_POD_LABEL = "__meta_kubernetes_pod_label_"


class ClusterAlarms(Alarms):
    """`with ClusterAlarms(home, kubectl) as alarms`: what rings, told by the labels of the alarms."""

    def __init__(self, home: Path, kubectl: Kubectl) -> None:
        port, states, of_itself = free_ports(3)
        super().__init__(f"http://127.0.0.1:{port}")
        self._kubectl = kubectl
        self._targets = home / "targets.json"
        rules = home / "rules"
        rules.mkdir(parents=True)
        for one in self._get("prometheusrules"):
            text = yaml.safe_dump(one["spec"], width=10_000)
            (rules / f"{one['metadata']['name']}.yaml").write_text(shortened(text), "utf-8")
        jobs: list[Object] = [
            {"job_name": "pods", "file_sd_configs": [{"files": [str(self._targets)]}]},
            # What it tells of an object in a namespace is of that namespace, and not of its own.
            {"job_name": "kube-state-metrics", "honor_labels": True,
             "static_configs": [{"targets": [f"127.0.0.1:{states}"]}]},
        ]  # fmt: skip
        told = _kube_state_metrics(kubectl.kubeconfig, states, of_itself)
        self._runner = Runner(home, [told, watch_with(home, port, jobs, rules, SECONDS)])
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._runner.up(self._runner.parts)  # Prometheus too, which starts only when it is named
        self._watch.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()
        self._runner.down()

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            with suppress(Refused):  # the next look comes soon
                self._look()

    def _look(self) -> None:
        found = list(targets(self._get("podmonitors"), self._get("pods")))
        fresh = self._targets.with_suffix(".new")
        fresh.write_text(json.dumps(found))
        fresh.replace(self._targets)

    def _get(self, kind: str) -> list[dict[str, Any]]:
        return self._kubectl.items(kind, "--all-namespaces")


def _kube_state_metrics(kubeconfig: Path, port: int, of_itself: int) -> Part:
    argv = [
        str(program("kube-state-metrics")), f"--kubeconfig={kubeconfig}", f"--resources={STATES}",
        "--host=127.0.0.1", f"--port={port}", "--telemetry-host=127.0.0.1", f"--telemetry-port={of_itself}",
    ]  # fmt: skip
    return Part("kube-state-metrics", argv, ports=(port, of_itself), ready=lambda: http_ready(port, "/metrics"))


def targets(monitors: Iterable[Object], pods: Iterable[Object]) -> Iterator[Object]:
    """What each PodMonitor chooses of the pods of its namespace, with the labels that it gives them."""
    alive = [pod for pod in pods if pod["status"].get("podIP") and pod["status"]["phase"] == "Running"]
    for monitor in monitors:
        for pod in alive:
            if pod["metadata"]["namespace"] == monitor["metadata"]["namespace"] and _chooses(monitor, pod):
                yield from _of(monitor, pod)


def _chooses(monitor: Object, pod: Object) -> bool:
    selector, labels = monitor["spec"]["selector"], pod["metadata"]["labels"]
    asked = [(name, [value]) for name, value in selector.get("matchLabels", {}).items()]
    for one in selector.get("matchExpressions", ()):
        if one["operator"] != "In":
            raise ValueError(f"nobody here knows how to choose pods by {one}")
        asked.append((one["key"], one["values"]))
    return all(labels.get(name) in values for name, values in asked)


def _of(monitor: Object, pod: Object) -> Iterator[Object]:
    for endpoint in monitor["spec"]["podMetricsEndpoints"]:
        for container in pod["spec"]["containers"]:
            for port in container.get("ports", ()):
                if port["name"] == endpoint["port"]:
                    labels = {"__metrics_path__": endpoint["path"], **_labels(endpoint, pod, container["name"])}
                    yield {"targets": [f"{pod['status']['podIP']}:{port['containerPort']}"], "labels": labels}


def _labels(endpoint: Object, pod: Object, container: str) -> Mapping[str, str]:
    """Those that the operator gives by itself, and those that the monitor takes from the pod's."""
    known = {_POD_LABEL + re.sub(r"\W", "_", name): value for name, value in pod["metadata"]["labels"].items()}
    where = {name: pod["metadata"][key] for name, key in (("namespace", "namespace"), ("pod", "name"))}
    taken = {one["targetLabel"]: known.get(one["sourceLabels"][0], "") for one in endpoint.get("relabelings", ())}
    return {**where, "container": container, "endpoint": endpoint["port"], **taken}
