"""Prometheus in the box asks whom Prometheus' operator would have it ask, by the monitors that the project ships."""

from typing import Any

import pytest

from tests.support.cluster_alarms import targets
from tests.support.manifests import Manifest, named, overlay

NAMESPACE = "onestop"


def pod(name: str, *, phase: str = "Running") -> Manifest:
    """One of a Deployment of the overlay, as it would run."""
    (deployment,) = named(overlay("town"), "Deployment", name)
    template = deployment["spec"]["template"]
    metadata = {**template["metadata"], "name": f"{name}-1", "namespace": NAMESPACE}
    return {"metadata": metadata, "spec": template["spec"], "status": {"podIP": "10.244.1.7", "phase": phase}}


def found(*pods: Manifest) -> list[Any]:
    return list(targets(named(overlay("town"), "PodMonitor"), pods))


def test_a_service_is_told_by_its_town_its_name_and_its_namespace() -> None:
    (one,) = found(pod("dispatch-worker"))
    assert one["targets"] == ["10.244.1.7:8080"]
    assert {"town": "maehia", "service": "dispatch", "namespace": NAMESPACE}.items() <= one["labels"].items()


def test_the_collector_is_asked_for_its_own_figures() -> None:
    (one,) = found(pod("collector"))
    assert one["targets"] == ["10.244.1.7:8888"]
    assert one["labels"]["namespace"] == NAMESPACE
    assert "service" not in one["labels"]


def test_neither_operators_nor_strangers_nor_pods_that_have_ended_are_asked() -> None:
    stranger = pod("intake-api")
    stranger["metadata"]["namespace"] = "elsewhere"
    assert found(pod("operator"), stranger, pod("intake-api", phase="Succeeded")) == []


def test_a_choice_that_is_not_known_here_is_refused() -> None:
    monitor = {
        "metadata": {"namespace": NAMESPACE},
        "spec": {"selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}},
    }
    with pytest.raises(ValueError, match="Exists"):
        list(targets([monitor], [pod("intake-api")]))
