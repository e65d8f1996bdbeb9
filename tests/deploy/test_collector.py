"""The collector's configuration agrees with the pod it runs in and with what the services are told of it."""

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.support.manifests import KUBERNETES, Manifest, environment, named, overlay, settings

TEXT = (KUBERNETES / "components/collector/config.yaml").read_text("utf-8")
CONFIG: dict[str, Any] = yaml.safe_load(TEXT)
RECEIVER = CONFIG["receivers"]["otlp"]["protocols"]["http"]


@pytest.fixture(scope="module")
def pod() -> Manifest:
    (found,) = named(overlay("town"), "Deployment", "collector")
    spec: Manifest = found["spec"]["template"]["spec"]
    return spec


def port(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


def figures() -> Manifest:
    """Where it tells of itself."""
    (reader,) = CONFIG["service"]["telemetry"]["metrics"]["readers"]
    found: Manifest = reader["pull"]["exporter"]["prometheus"]
    return found


@pytest.mark.parametrize("name", ["town", "province"])
def test_it_is_watched_and_every_town_says_where_its_traces_go(name: str) -> None:
    towns = {one["metadata"]["namespace"] for one in named(overlay(name), "Deployment", "collector")}
    monitors = named(overlay(name), "PodMonitor", "collector")
    asked = {port["port"] for one in monitors for port in one["spec"]["podMetricsEndpoints"]}

    assert {one["metadata"]["namespace"] for one in monitors} == towns
    assert (asked, figures()["host"]) == ({"figures"}, "0.0.0.0")
    for one in named(overlay(name), "Deployment", "collector"):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        told = environment(container)
        assert ".invalid" not in told["TRACES_ENDPOINT"]
        assert told["TRACES_PLAINTEXT"] in ("true", "false")


def test_it_listens_where_its_pod_and_the_services_say(pod: Manifest) -> None:
    (container,) = pod["containers"]
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    (service,) = named(overlay("town"), "Service", "collector")
    told = urlsplit(settings(overlay("town"))["OTEL_EXPORTER_OTLP_ENDPOINT"])

    assert ports == {
        "otlp": port(RECEIVER["endpoint"]),
        "health": port(CONFIG["extensions"]["health_check"]["endpoint"]),
        "figures": figures()["port"],
    }
    assert (told.scheme, told.hostname) == ("https", service["metadata"]["name"])
    assert (told.port, "otlp") == (service["spec"]["ports"][0]["port"], service["spec"]["ports"][0]["targetPort"])


def test_its_certificate_is_mounted_where_it_looks_and_names_it(pod: Manifest) -> None:
    (container,) = pod["containers"]
    mounted = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    (certificate,) = named(overlay("town"), "Certificate", "collector")
    folders = {str(PurePosixPath(RECEIVER["tls"][key]).parent) for key in ("cert_file", "key_file")}
    secrets = {one["name"]: one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one}

    assert {secrets[mounted[folder]] for folder in folders} == {certificate["spec"]["secretName"]}
    assert certificate["spec"]["dnsNames"] == ["collector"]


def test_every_variable_it_asks_for_is_given(pod: Manifest) -> None:
    asked = set(re.findall(r"\$\{env:(\w+)\}", TEXT))

    assert asked
    assert asked <= set(environment(pod["containers"][0]))


def test_whatever_its_pipelines_use_is_configured_and_nothing_else() -> None:
    used: dict[str, set[str]] = {"extensions": set(CONFIG["service"]["extensions"])}
    for pipeline in CONFIG["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            used.setdefault(kind, set()).update(names)

    assert used == {kind: set(CONFIG[kind]) for kind in ("extensions", "receivers", "processors", "exporters")}


def test_it_collects_garbage_before_it_refuses_spans(pod: Manifest) -> None:
    (container,) = pod["containers"]
    limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))
    hard = limit * CONFIG["processors"]["memory_limiter"]["limit_percentage"] / 100

    assert int(environment(container)["GOMEMLIMIT"].removesuffix("MiB")) <= 0.81 * hard
