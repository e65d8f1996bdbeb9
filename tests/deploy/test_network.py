"""What the network policies let through is what the services need: no plugin enforces them here, so they are read.

Only objects are checked. Whether a cluster's network plugin does what they say is that cluster's to try.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.deployed import variables
from tests.support.manifests import KUBERNETES, OURS, Manifest, label, named, overlay, pods, render, services, template

WITH_POLICIES = [("town", "onestop"), ("province", "maehia"), ("province", "nong-bua-noi")]
WITH_KAFKA = [("town", "onestop"), ("province", "kafka")]
DATABASE, MAIL, HTTPS, NAMES = 27017, {465, 587}, 443, 53
SCANNER = 3310  # clamd's own

every_town = pytest.mark.parametrize(("name", "namespace"), WITH_POLICIES)


def within(name: str, namespace: str, kind: str) -> list[Manifest]:
    return [one for one in named(overlay(name), kind) if one["metadata"]["namespace"] == namespace]


def selects(selector: Any, labels: dict[str, str]) -> bool:
    """Of a label selector."""
    exact = selector.get("matchLabels", {}).items() <= labels.items()
    return exact and all(
        labels.get(wanted["key"]) in wanted["values"] for wanted in selector.get("matchExpressions", ())
    )


def let_out(name: str, namespace: str, pod: Manifest) -> set[Any]:
    """The ports that the pods of this workload may connect to, wherever."""
    return ports_out(name, namespace, template(pod)["metadata"]["labels"])


def ports_out(name: str, namespace: str, labels: dict[str, str]) -> set[Any]:
    """The ports that a pod with these labels may connect to, wherever."""
    return ports_among(within(name, namespace, "NetworkPolicy"), labels)


def ports_among(objects: Iterable[Manifest], labels: dict[str, str]) -> set[Any]:
    """The same, by the policies among objects of one namespace."""
    rules = [
        rule
        for policy in objects
        if policy["kind"] == "NetworkPolicy"
        if "Egress" in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get("egress", ())
    ]
    return {port["port"] for rule in rules for port in rule.get("ports", ())}


@every_town
def test_by_itself_nothing_goes_in_or_out(name: str, namespace: str) -> None:
    (closed,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "nothing"]

    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@every_town
def test_every_service_reaches_what_its_settings_name(name: str, namespace: str) -> None:
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        told = dict(variables(overlay(name), pod))
        needed = {
            DATABASE,
            int(told["KAFKA_BOOTSTRAP_SERVERS"].rpartition(":")[2]),
            urlsplit(told["OTEL_EXPORTER_OTLP_ENDPOINT"]).port,
        }

        assert needed <= let_out(name, namespace, pod), pod["metadata"]["name"]


@every_town
def test_mail_leaves_by_notify_alone_and_the_web_is_asked_by_those_who_answer_or_seal(
    name: str, namespace: str
) -> None:
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        out = let_out(name, namespace, pod)

        assert (out & MAIL == MAIL) is ((label(pod, "name"), label(pod, "component")) == ("notify", "worker"))
        seals = (label(pod, "name"), label(pod, "component")) == ("permits", "worker")  # asks for the time
        assert (HTTPS in out) is (label(pod, "component") == "api" or seals)


@every_town
def test_letters_of_decisions_are_fetched_by_who_sends_mail_alone(name: str, namespace: str) -> None:
    """`PERMITS_URL` names the Service of permits' pages, and no other process reaches another service."""
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        asked = urlsplit(dict(variables(overlay(name), pod))["PERMITS_URL"])
        sends = (label(pod, "name"), label(pod, "component")) == ("notify", "worker")

        assert (asked.port in let_out(name, namespace, pod)) is sends
        assert asked.hostname in {one["metadata"]["name"] for one in within(name, namespace, "Service")}
    (let_in,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "letters-in"]
    assert let_in["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "permits"


@every_town
def test_what_applicants_hand_in_may_be_shown_to_a_scanner_by_permits_forms_alone(name: str, namespace: str) -> None:
    """`CLAMAV_ADDRESS` is empty until a town has one; then it must be reached."""
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        shows = (label(pod, "name"), label(pod, "component")) == ("permits", "api")

        assert (SCANNER in let_out(name, namespace, pod)) is shows


@pytest.mark.parametrize("name", ["town", "province"])
def test_who_is_let_in_to_the_pages_is_the_way_in_that_the_town_has(name: str) -> None:
    """A controller of Ingresses is not where gateways are."""
    for policy in named(overlay(name), "NetworkPolicy", "requests"):
        (rule,) = policy["spec"]["ingress"]
        (peer,) = rule["from"]
        by_ingress = within(name, policy["metadata"]["namespace"], "Ingress")
        wanted = "ingress-nginx" if by_ingress else "gateways"

        assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": wanted}


def test_every_process_reaches_the_maker_of_tokens_with_the_patch_of_the_guide(tmp_path: Path) -> None:
    guide = (KUBERNETES / "README.md").read_text("utf-8")
    patches = guide.partition("(`KAFKA_TOKEN_URL`)")[2].partition("```yaml\n")[2].partition("```")[0]
    town = os.path.relpath(KUBERNETES / "overlays/town", tmp_path)
    (tmp_path / "kustomization.yaml").write_text(f"kind: Kustomization\nresources: [{town}]\n{patches}")
    found = render(tmp_path)
    made = [one for one, _ in pods(found) if label(one, "component") in (*OURS, "prepare", "operator")]

    assert len(made) > len(services(found))
    for one in made:
        assert HTTPS in ports_among(found, template(one)["metadata"]["labels"]), one["metadata"]["name"]


@every_town
def test_every_named_port_that_is_let_in_is_one_of_the_pods_selected(name: str, namespace: str) -> None:
    made = [(one, pod) for one, pod in pods(overlay(name)) if one["metadata"]["namespace"] == namespace]
    for policy in within(name, namespace, "NetworkPolicy"):
        allowed = {port["port"] for rule in policy["spec"].get("ingress", ()) for port in rule.get("ports", ())}
        for one, pod in made:
            if selects(policy["spec"]["podSelector"], template(one)["metadata"]["labels"]):
                open_ports = {port["name"] for container in pod["containers"] for port in container.get("ports", ())}
                assert {port for port in allowed if isinstance(port, str)} <= open_ports, policy["metadata"]["name"]


@pytest.mark.parametrize(("name", "namespace"), WITH_KAFKA)
def test_kafkas_own_nodes_reach_each_other_the_api_server_and_the_clusters_names(name: str, namespace: str) -> None:
    (policy,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "kafka"]
    (kafka,) = within(name, namespace, "Kafka")
    nodes = {"strimzi.io/cluster": kafka["metadata"]["name"]}

    assert policy["spec"]["podSelector"]["matchLabels"] == nodes
    assert {"to": [{"podSelector": {"matchLabels": nodes}}]} in policy["spec"]["egress"]
    assert {HTTPS, NAMES} <= ports_out(name, namespace, nodes)
