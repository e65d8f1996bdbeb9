"""The town that runs in the box lacks nothing that its manifests ask for: found here, not after minutes of waiting."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.cluster.images import OF_THE_CLUSTER
from deploy.cluster.programs import ALL
from tests.support.beside import Beside
from tests.support.manifests import KUBERNETES, Manifest, named, pods, render
from tests.support.strimzi import grants, secrets
from tests.support.town_overlay import (
    COLLECTOR,
    MET_AS,
    NAMESPACE,
    OVERLAY,
    WORKERS,
    given_secrets,
    images,
    write_overlay,
)
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
    wanted = {secret for _, spec in pods(town) for secret in asked_for(spec)}
    assert wanted
    assert wanted - there == set()


def test_every_image_is_one_that_was_built(town: tuple[Manifest, ...]) -> None:
    run = {spec["containers"][0]["image"] for _, spec in pods(town)}
    assert run == {*images().values(), OF_THE_CLUSTER["collector"]}


def test_the_collector_is_of_the_release_and_has_the_configuration_that_are_shipped(town: tuple[Manifest, ...]) -> None:
    (shipped,) = named(render(OVERLAY), "Deployment", "collector")
    (container,) = shipped["spec"]["template"]["spec"]["containers"]
    release = container["image"].removeprefix(f"{COLLECTOR}:")
    built = next(module.sources for module in ALL if module.name == "collector")
    assert f"go.opentelemetry.io/collector/otelcol v{release}\n" in (built / "go.mod").read_text()
    assert f'"collector", Version: "{release}"' in (built / "main.go").read_text()
    (config,) = [one for one in named(town, "ConfigMap") if one["metadata"]["name"].startswith("collector-")]
    run = yaml.safe_load(config["data"]["config.yaml"])
    assert run["exporters"]["otlp"].pop("retry_on_failure")["max_elapsed_time"] == "5s"
    assert run == yaml.safe_load((KUBERNETES / "components/collector/config.yaml").read_text("utf-8"))


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
