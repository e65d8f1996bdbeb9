"""Every object of every overlay is one that an API server takes, of the oldest and of the newest release we say."""

from typing import Any

import pytest

from tests.support.kubernetes_schemas import faults, strict
from tests.support.manifests import OF_CLUSTER, OVERLAYS, Manifest, overlay

OLDEST, NEWEST = "1.30", "1.37"  # deploy/kubernetes/README.md


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("name", [*OVERLAYS, OF_CLUSTER])
def test_every_object_obeys_the_schema_of_its_kind(name: str, version: str) -> None:
    found = [
        f"{one['kind']} {one['metadata']['name']} {fault}" for one in overlay(name) for fault in faults(one, version)
    ]

    assert found == []


@pytest.mark.parametrize("name", [*OVERLAYS, OF_CLUSTER])
def test_no_object_is_there_twice(name: str) -> None:
    ids = [(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in overlay(name)]

    assert sorted(ids, key=str) == sorted(set(ids), key=str)


def of(api_version: str, kind: str, spec: Any) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec}


TOPIC = {"partitions": 12, "replicas": 3, "config": {"retention.ms": 1}}
FAULTY = [
    (of("apps/v1", "Deployment", {"replicaz": 1}), "replicaz"),
    (of("kafka.strimzi.io/v1", "KafkaTopic", {**TOPIC, "partitions": 0}), "spec.partitions"),
    (of("kafka.strimzi.io/v1", "KafkaTopic", {**TOPIC, "retention": 1}), "retention"),
    (of("kafka.strimzi.io/v1", "KafkaUser", {"authorization": {"type": "simple", "acl": []}}), "acl"),
    (of("keda.sh/v1alpha1", "ScaledObject", {"triggers": [], "minReplicaCount": "a"}), "spec.minReplicaCount"),
    (of("gateway.networking.k8s.io/v1", "HTTPRoute", {"hostname": ["a"]}), "hostname"),
    (of("monitoring.coreos.com/v1", "PodMonitor", {"podMetricsEndpoints": [{"interval": "15secs"}]}), "interval"),
]


@pytest.mark.parametrize(("one", "said"), FAULTY, ids=[f"{one['kind']}-{said}" for one, said in FAULTY])
def test_a_faulty_object_is_found(one: Manifest, said: str) -> None:
    assert any(said in fault for fault in faults(one, NEWEST))


def test_what_a_schema_leaves_open_stays_open() -> None:
    free = {"type": "object", "properties": {"a": {}}, "x-kubernetes-preserve-unknown-fields": True}

    assert "additionalProperties" not in strict(free)
    assert strict({"type": "object", "properties": {"type": {"type": "string"}}})["additionalProperties"] is False
