"""The town that runs in the box lacks nothing that its manifests ask for: found here, not after minutes of waiting."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.beside import Beside
from tests.support.manifests import Manifest, named, pods, render
from tests.support.strimzi import grants, secrets
from tests.support.town_overlay import MET_AS, NAMESPACE, WORKERS, given_secrets, images, write_overlay
from tools.operate import acls


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    """Made, and not started."""
    made = Beside(*MET_AS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def town(beside: Beside, tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, ...]:
    return render(write_overlay(tmp_path_factory.mktemp("town") / "overlay", beside))


def asked_for(spec: Any) -> set[tuple[str, str]]:
    """Secrets that a pod does not start without, each with its keys; a whole one has the key `*`."""
    found = set()
    for volume in spec["volumes"]:
        sources = [source["secret"] for source in volume.get("projected", {}).get("sources", []) if "secret" in source]
        if whole := volume.get("secret"):
            sources.append({**whole, "name": whole["secretName"]})
        for source in sources:
            found |= {(source["name"], item["key"]) for item in source.get("items", [{"key": "*"}])}
    return found


def test_every_secret_of_every_pod_is_given(town: tuple[Manifest, ...], beside: Beside) -> None:
    given = [*given_secrets(beside), *secrets(named(town, "KafkaUser"), beside)]
    there = {
        (one["metadata"]["name"], key)
        for one in given
        for key in (*{**one.get("stringData", {}), **one.get("data", {})}, "*")
    }
    wanted = {
        secret for one, spec in pods(town) if one["metadata"]["name"] != "collector" for secret in asked_for(spec)
    }
    assert wanted
    assert wanted - there == set()


def test_our_images_are_those_that_were_built_and_nobody_elses_is_run(town: tuple[Manifest, ...]) -> None:
    run = {spec["containers"][0]["image"] for one, spec in pods(town) if one["spec"].get("replicas") != 0}
    assert run == set(images().values())


def test_everything_is_in_the_towns_namespace_and_the_broker_is_met_by_the_name_that_is_stood_in_for(
    town: tuple[Manifest, ...], beside: Beside
) -> None:
    assert {one["metadata"].get("namespace", NAMESPACE) for one in town} == {NAMESPACE}
    (settings,) = [one for one in named(town, "ConfigMap") if one["metadata"]["name"].startswith("settings")]
    name, _, port = settings["data"]["KAFKA_BOOTSTRAP_SERVERS"].rpartition(":")
    assert port == "9093"
    assert beside.secured is not None
    assert name in beside.secured.known_as


def test_two_workers_of_every_service_share_its_work_as_in_a_town_where_keda_acts(town: tuple[Manifest, ...]) -> None:
    least = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["minReplicaCount"] for one in named(town, "ScaledObject")
    }
    run = {one["metadata"]["name"]: one["spec"].get("replicas") for one in named(town, "Deployment")}
    assert least
    assert {name: run[name] for name in least} == least == dict.fromkeys(least, WORKERS)


def test_the_objects_of_the_users_grant_what_the_catalogue_says(town: tuple[Manifest, ...]) -> None:
    read = {grant for user in named(town, "KafkaUser") for grant in grants(user)}
    assert read == set(acls.grants())


def test_the_overlay_is_written_beside_and_not_into_the_projects_own(tmp_path: Path, beside: Beside) -> None:
    assert list(write_overlay(tmp_path / "one", beside).iterdir()) == [tmp_path / "one" / "kustomization.yaml"]
