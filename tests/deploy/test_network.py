"""What the network policies let through is what the services need: no plugin enforces them here, so they are read.
What each pod must reach is test_reached.py's matter; here it is who may, and who alone.

Only objects are checked. Whether a cluster's network plugin does what they say is that cluster's to try.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.town import Town, load_town
from shared.town.work import Webhook
from tests.support.deployed import variables
from tests.support.manifests import KUBERNETES, OURS, Manifest, label, named, overlay, pods, render, services, template
from tests.support.policies import selects
from tests.support.source import ROOT

WITH_POLICIES = [("town", "onestop"), ("province", "maehia"), ("province", "nong-bua-noi")]
WITH_KAFKA = [("town", "onestop"), ("province", "kafka")]
DATABASE, MAIL, HTTPS, NAMES = 27017, {465, 587}, 443, 53
SCANNER = 3310  # clamd's own
POSTS = ("notify", "worker")  # sends mails and messages to agencies
SEALS = ("permits", "worker")  # asks for the time

every_town = pytest.mark.parametrize(("name", "namespace"), WITH_POLICIES)


def within(name: str, namespace: str, kind: str) -> list[Manifest]:
    return [one for one in named(overlay(name), kind) if one["metadata"]["namespace"] == namespace]


def let_out(name: str, namespace: str, pod: Manifest) -> set[Any]:
    """The ports of TCP that the pods of this workload may connect to, wherever."""
    return ports_out(name, namespace, template(pod)["metadata"]["labels"])


def who(one: Manifest) -> tuple[str, str]:
    """Which service's, and which part of it."""
    return label(one, "name"), label(one, "component")


def port(url: str) -> int:
    """The one that is met."""
    parts = urlsplit(url)
    return parts.port or {"http": 80, "https": HTTPS}[parts.scheme]


def webhook_ports(town: Town) -> set[int]:
    """Those at which the programs of a town's agencies are met."""
    return {port(agency.webhook.url) for agency in town.agencies.values() if agency.webhook}


def guides(after: str) -> str:
    """The patches of the first example that stands behind these words in the guide."""
    guide = (KUBERNETES / "README.md").read_text("utf-8")
    assert guide.count(after) == 1, after
    return guide.partition(after)[2].partition("```yaml\n")[2].partition("```")[0]


def patched(patches: str, folder: Path) -> tuple[Manifest, ...]:
    """The town's overlay with them."""
    town = os.path.relpath(KUBERNETES / "overlays/town", folder)
    (folder / "kustomization.yaml").write_text(f"kind: Kustomization\nresources: [{town}]\n{patches}")
    return render(folder)


def ports_out(name: str, namespace: str, labels: dict[str, str]) -> set[Any]:
    """The ports of TCP that a pod with these labels may connect to, wherever."""
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
    return {port["port"] for rule in rules for port in rule.get("ports", ()) if port["protocol"] == "TCP"}


@every_town
def test_by_itself_nothing_goes_in_or_out(name: str, namespace: str) -> None:
    (closed,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "nothing"]

    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@every_town
def test_mail_leaves_by_notify_alone_and_the_web_is_met_by_those_who_answer_seal_or_tell_agencies(
    name: str, namespace: str
) -> None:
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        out = let_out(name, namespace, pod)

        assert (out & MAIL == MAIL) is (who(pod) == POSTS)
        assert (HTTPS in out) is (label(pod, "component") == "api" or who(pod) in (SEALS, POSTS))


@every_town
def test_the_provider_is_met_at_the_port_that_its_address_has(name: str, namespace: str) -> None:
    """By who answers people, and by the doctor."""
    for pod in within(name, namespace, "Deployment"):
        if label(pod, "component") in ("api", "operator"):
            told = dict(variables(overlay(name), pod))
            assert port(told["OIDC_ISSUER"]) in let_out(name, namespace, pod), pod["metadata"]["name"]


@pytest.mark.parametrize("code", sorted(one.parent.name for one in ROOT.glob("deploy/municipalities/*/town.yaml")))
def test_the_programs_of_a_shipped_towns_agencies_are_met_by_who_posts_to_them(code: str) -> None:
    (posting,) = [one for one in within("town", "onestop", "Deployment") if who(one) == POSTS]

    assert webhook_ports(load_town(ROOT / "deploy/municipalities" / code)) <= let_out("town", "onestop", posting)


@pytest.mark.parametrize(("url", "met_at"), [("https://pea.example/in", HTTPS), ("https://pea.example:8443/in", 8443)])
def test_the_port_of_an_agencys_program_is_read_from_its_address(url: str, met_at: int) -> None:
    town = load_town(ROOT / "deploy/municipalities/maehia")
    code, agency = next(iter(town.agencies.items()))
    posted = agency.model_copy(update={"webhook": Webhook(url=url)})

    assert webhook_ports(town.model_copy(update={"agencies": {code: posted}})) == {met_at}


@every_town
def test_letters_of_decisions_are_fetched_by_who_sends_mail_alone(name: str, namespace: str) -> None:
    """`PERMITS_URL` names the Service of permits' pages, and no other process reaches another service."""
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        asked = urlsplit(dict(variables(overlay(name), pod))["PERMITS_URL"])

        assert (asked.port in let_out(name, namespace, pod)) is (who(pod) == POSTS)
        assert asked.hostname in {one["metadata"]["name"] for one in within(name, namespace, "Service")}
    (let_in,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "letters-in"]
    assert let_in["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "permits"


@every_town
def test_what_applicants_hand_in_may_be_shown_to_a_scanner_by_permits_forms_alone(name: str, namespace: str) -> None:
    """`CLAMAV_ADDRESS` is empty until a town has one; then it must be reached."""
    for pod in (one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace):
        assert (SCANNER in let_out(name, namespace, pod)) is (who(pod) == ("permits", "api"))


@every_town
def test_the_doctor_reaches_whatever_it_asks(name: str, namespace: str) -> None:
    (operator,) = [one for one in within(name, namespace, "Deployment") if label(one, "component") == "operator"]
    permits = urlsplit(dict(variables(overlay(name), operator))["PERMITS_URL"]).port
    (let_in,) = [one for one in within(name, namespace, "NetworkPolicy") if one["metadata"]["name"] == "letters-in"]
    (rule,) = let_in["spec"]["ingress"]

    assert {DATABASE, HTTPS, *MAIL, SCANNER, permits} <= let_out(name, namespace, operator)
    assert any(selects(peer["podSelector"], template(operator)["metadata"]["labels"]) for peer in rule["from"])


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
    found = patched(guides("(`KAFKA_TOKEN_URL`)"), tmp_path)
    made = [one for one, _ in pods(found) if label(one, "component") in (*OURS, "prepare", "operator")]

    assert len(made) > len(services(found))
    for one in made:
        assert HTTPS in ports_among(found, template(one)["metadata"]["labels"]), one["metadata"]["name"]


def test_what_a_town_has_at_other_ports_is_reached_with_the_patches_of_the_guide(tmp_path: Path) -> None:
    relay, provider, program = 25, 8443, 9443
    found = patched(guides("has at another port"), tmp_path)
    for one in (one for one, _ in pods(found) if label(one, "component") in (*OURS, "operator")):
        out = ports_among(found, template(one)["metadata"]["labels"])
        asks = label(one, "component") == "operator"

        assert (relay in out) is (who(one) == POSTS or asks)
        assert (provider in out) is (label(one, "component") == "api" or asks)
        assert (program in out) is (who(one) == POSTS)


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
