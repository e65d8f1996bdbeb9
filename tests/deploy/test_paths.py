"""Gateway and Ingress send each path where the proxy of a developer's machine sends it."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from services.dispatch.api.teams import LONGEST_SECONDS
from shared.events.catalogue import SERVICES
from tests.support.manifests import KUBERNETES
from tests.support.source import ROOT

CADDY = (ROOT / "deploy/proxy/Caddyfile").read_text("utf-8")
NOBODY = "nobody"
THE_REST = "intake-api"
STREAMS = "/api/v1/teams"  # …/{team}/stream


def wanted() -> dict[str, set[str]]:
    """Beginnings of paths by the Service that answers them, from the proxy's table."""
    table = {name: paths.split() for name, paths in re.findall(r"@(\w+) path (.*)", CADDY)}
    ours = {f"{name}-api": {_beginning(path) for path in table[name]} for name in SERVICES if name in table}
    return {**ours, NOBODY: set(table["inner"]), THE_REST: {"/"}}


def _beginning(path: str) -> str:
    return path.removesuffix("/*")


def load(file: str) -> Any:
    return yaml.safe_load((KUBERNETES / "components" / file).read_text("utf-8"))


def routed() -> Iterator[tuple[str, str, str, str]]:
    """Service, path, how it is compared, and for how long a request may take."""
    for rule in load("gateway/route.yaml")["spec"]["rules"]:
        (backend,) = rule["backendRefs"]
        for match in rule["matches"]:
            yield backend["name"], match["path"]["value"], match["path"]["type"], rule["timeouts"]["request"]


def by_service(found: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for service, path in found:
        table.setdefault(service, set()).add(path)
    return table


def test_the_gateway_has_the_proxys_table() -> None:
    assert by_service((service, path) for service, path, _, _ in routed()) == wanted()


def test_the_ingress_has_the_proxys_table() -> None:
    (rule,) = load("ingress/ingress.yaml")["spec"]["rules"]
    found = ((path["backend"]["service"]["name"], path["path"]) for path in rule["http"]["paths"])

    assert by_service(found) == wanted()


def test_what_is_for_those_who_run_the_services_is_sent_to_nobody() -> None:
    exact = {path for service, path, how, _ in routed() if service == NOBODY and how == "Exact"}

    assert exact == set(wanted()[NOBODY])
    assert all("selector" not in load(f"{folder}/nobody.yaml")["spec"] for folder in ("gateway", "ingress"))


def test_a_stream_is_never_cut_off_and_an_upload_not_before_the_proxy_would() -> None:
    patience = {path: time for _, path, _, time in routed()}
    (proxy,) = re.findall(r"read_body (\w+)", CADDY)
    ingress = load("ingress/ingress.yaml")["metadata"]["annotations"]

    assert patience.pop(STREAMS) == "0s"
    assert {time for path, time in patience.items() if path not in wanted()[NOBODY]} == {proxy}
    assert ingress["nginx.ingress.kubernetes.io/proxy-read-timeout"] == str(int(proxy.removesuffix("m")) * 60)


def test_the_proxy_ends_what_nobody_reads_and_neither_an_upload_nor_a_stream() -> None:
    (upload,) = re.findall(r"read_body (\d+)m", CADDY)
    (answer,) = re.findall(r"write (\d+)m", CADDY)

    assert max(int(upload) * 60, LONGEST_SECONDS) < int(answer) * 60 <= 30 * 60


def test_a_body_may_be_as_large_as_at_the_proxy() -> None:
    (most,) = re.findall(r"max_size (\d+)MB", CADDY)

    annotations = load("ingress/ingress.yaml")["metadata"]["annotations"]

    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{most}m"
