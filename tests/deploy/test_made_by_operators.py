"""What an operator makes of our objects must run in our namespaces too: what it does not say for itself, we say.

The names of containers and accounts are the operator's (mongodb-kubernetes-operator, and mongodb-kubernetes after it).
"""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.test_pods import unrestricted
from tests.support.manifests import KUBERNETES, Manifest, named, overlay, render

MONGODB = {
    "containers": ("mongod", "mongodb-agent"),
    "initContainers": ("mongod-posthook", "mongodb-agent-readinessprobe"),
}
ASKS_THE_CLUSTER = "has a token of the cluster"  # the agents read how their replica set is to be


def database_pod(objects: tuple[Manifest, ...]) -> Manifest:
    (database,) = named(objects, "MongoDBCommunity")
    spec: Manifest = database["spec"]["statefulSet"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in MONGODB.items() for name in names])
def test_no_container_of_the_database_is_refused_by_the_namespace(kind: str, name: str) -> None:
    """The community operator drops no capabilities, and the namespace admits no pod that keeps them."""
    pod = database_pod(overlay("town"))
    (ours,) = [one for one in pod.get(kind, ()) if one["name"] == name] or [{}]

    assert list(unrestricted(ours, pod)) == [ASKS_THE_CLUSTER]


@pytest.mark.parametrize("name", ["town", "province"])
def test_no_container_of_kafka_is_refused_by_the_namespace(name: str) -> None:
    """Its images have a user by number, which the namespace takes; and an operator of Kafka's asks the cluster."""
    (kafka,), (nodes,) = named(overlay(name), "Kafka"), named(overlay(name), "KafkaNodePool")
    of_nodes, of_entities = nodes["spec"]["template"], kafka["spec"]["entityOperator"]["template"]
    made = [
        (of_nodes["kafkaContainer"], of_nodes["pod"]),
        *((of_entities[f"{who}OperatorContainer"], of_entities["pod"]) for who in ("topic", "user")),
    ]

    for container, pod in made:
        found = list(unrestricted(container, pod))
        assert [one for one in found if one != ASKS_THE_CLUSTER and not one.startswith("leaves its user")] == []


def other_namespace(tmp_path: Path) -> tuple[Manifest, ...]:
    """The overlay's objects in a namespace of another name."""
    folder = KUBERNETES / "overlays/town"
    text = (folder / "kustomization.yaml").read_text("utf-8").replace("namespace: onestop", "namespace: elsewhere")
    (tmp_path / "kustomization.yaml").write_text(text.replace("../..", os.path.relpath(KUBERNETES, tmp_path)), "utf-8")
    return render(tmp_path)


@pytest.mark.parametrize("namespace", ["onestop", "elsewhere"])
def test_the_databases_pods_have_an_account_that_may_what_their_agents_do(namespace: str, tmp_path: Path) -> None:
    objects = overlay("town") if namespace == "onestop" else other_namespace(tmp_path)
    account = database_pod(objects)["serviceAccountName"]
    (made,) = named(objects, "ServiceAccount", account)
    (bound,) = [one for one in named(objects, "RoleBinding") if account in str(one["subjects"])]
    (role,) = named(objects, "Role", bound["roleRef"]["name"])

    assert {one["metadata"]["namespace"] for one in (made, bound, role)} == {namespace}
    assert bound["subjects"] == [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]
    assert {(kind, verb) for rule in role["rules"] for kind in rule["resources"] for verb in rule["verbs"]} == {
        ("secrets", "get"),
        *(("pods", verb) for verb in ("get", "patch", "delete")),
    }


def test_kafkas_version_is_the_operators_and_its_metadata_one_that_the_guides_operator_has() -> None:
    """Each release of Strimzi has a few versions of Kafka, and refuses all others: 4.3.1 came with 1.2."""
    for name in ("town", "province"):
        (kafka,) = named(overlay(name), "Kafka")
        asked: dict[str, Any] = kafka["spec"]["kafka"]

        assert "version" not in asked
        assert asked["metadataVersion"] == "4.3-IV0"
    assert "Strimzi 1.2 or newer" in (KUBERNETES / "README.md").read_text("utf-8")
