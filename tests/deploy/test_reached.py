"""Every pod of ours reaches what its variables name: the right pods by the right protocol, which let it in."""

import copy
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.deployed import variables
from tests.support.manifests import Manifest, label, named, overlay, pods, template
from tests.support.policies import Place, lets_in, lets_out, selects, served

WITH_POLICIES = [("town", "onestop"), ("province", "maehia"), ("province", "nong-bua-noi")]
WITH_KAFKA = [("town", "onestop"), ("province", "kafka")]
DATABASE, SUBMISSION, HTTPS, NAMES = 27017, 465, 443, 53
NODES_CACHES = ("169.254.20.10", "169.254.25.10")  # NodeLocal DNSCache as most have it, and as kubespray has it
CLUSTERS_NAMES = Place({"k8s-app": "kube-dns"}, "kube-system")
DATABASES_PODS = {"app": "mongodb-svc"}  # as the operator labels them

every_town = pytest.mark.parametrize(("name", "namespace"), WITH_POLICIES)


def of_namespace(name: str, namespace: str) -> tuple[Manifest, ...]:
    return tuple(one for one in overlay(name) if one["metadata"].get("namespace") == namespace)


def ours(objects: tuple[Manifest, ...]) -> list[Manifest]:
    """All that run our image: services, jobs, the operator's pod and the backup's."""
    return [one for one, pod in pods(objects) if pod["containers"][0]["name"] == "onestop"]


def unreached(objects: tuple[Manifest, ...]) -> list[str]:
    """Whom a pod's variables name and its policies keep it from."""
    policies = named(objects, "NetworkPolicy")
    return [
        f"{one['metadata']['name']}: {what}"
        for one in ours(objects)
        for what, is_reached in _reached(objects, policies, one)
        if not is_reached
    ]


def _reached(objects: tuple[Manifest, ...], policies: list[Manifest], one: Manifest) -> Iterator[tuple[str, bool]]:
    told, labels = dict(variables(objects, one)), template(one)["metadata"]["labels"]
    if "MONGODB_URI_FILE" in told:
        yield "the database", lets_out(policies, labels, "TCP", DATABASE, Place())
        if named(objects, "MongoDBCommunity"):
            yield "the database's pods", lets_in(policies, DATABASES_PODS, "TCP", {DATABASE}, Place(labels))
    broker = int(told["KAFKA_BOOTSTRAP_SERVERS"].rpartition(":")[2])
    yield "Kafka", lets_out(policies, labels, "TCP", broker, Place())
    yield "the collector", _at(objects, policies, labels, told["OTEL_EXPORTER_OTLP_ENDPOINT"])
    if "SMTP_URL_FILE" in told:
        yield "the mail server", lets_out(policies, labels, "TCP", SUBMISSION, Place(is_public=True))
    if "AGENCY_SECRETS" in told:
        yield "agencies' programs", lets_out(policies, labels, "TCP", HTTPS, Place(is_public=True))
    if "OIDC_CLIENT_SECRET_FILE" in told:
        yield "sign-in", lets_out(policies, labels, "TCP", HTTPS, Place(is_public=True))
    if (label(one, "name"), label(one, "component")) == ("notify", "worker"):
        yield "the letters", _at(objects, policies, labels, told["PERMITS_URL"])


def _at(objects: tuple[Manifest, ...], policies: list[Manifest], labels: dict[str, str], url: str) -> bool:
    """Out to the pods behind the Service, and in at them."""
    asked = urlsplit(url)
    assert asked.hostname
    found = served(objects, asked.hostname, asked.port or HTTPS)
    if found is None:
        return False
    is_out = lets_out(policies, labels, "TCP", found.number, Place(found.labels))
    return is_out and lets_in(policies, found.labels, "TCP", found.names, Place(labels))


@every_town
def test_every_pod_of_ours_reaches_what_its_variables_name(name: str, namespace: str) -> None:
    objects = of_namespace(name, namespace)

    assert len(ours(objects)) > 8, "the four services' and those of the operator, the jobs and the backup"
    assert unreached(objects) == []


def policy(objects: tuple[Manifest, ...], name: str) -> Manifest:
    (found,) = named(objects, "NetworkPolicy", name)
    return found


def another_protocol(objects: tuple[Manifest, ...]) -> None:
    for rule in policy(objects, "work")["spec"]["egress"]:
        for port in rule["ports"]:
            port["protocol"] = "UDP"


def renamed_peers(objects: tuple[Manifest, ...]) -> None:
    for rule in policy(objects, "work")["spec"]["egress"]:
        rule["to"] = [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "nobody-at-all"}}}]


def renamed_collector(objects: tuple[Manifest, ...]) -> None:
    (collector,) = named(objects, "Deployment", "collector")
    (service,) = named(objects, "Service", "collector")
    for labels in (template(collector)["metadata"]["labels"], service["spec"]["selector"]):
        labels["app.kubernetes.io/name"] = "traces"


def closed_letters(objects: tuple[Manifest, ...]) -> None:
    policy(objects, "letters-in")["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] = "intake"


def without_the_operator(objects: tuple[Manifest, ...]) -> None:
    (kinds,) = policy(objects, "work")["spec"]["podSelector"]["matchExpressions"]
    kinds["values"].remove("operator")


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        (another_protocol, {"the database", "Kafka", "the collector"}),
        (renamed_peers, {"the database", "Kafka", "the collector"}),
        (renamed_collector, {"the collector"}),
        (closed_letters, {"the letters"}),
        (without_the_operator, {"the database", "Kafka", "the collector"}),
    ],
)
def test_a_policy_that_means_somebody_else_is_found(
    changed: Callable[[tuple[Manifest, ...]], None], missed: set[str]
) -> None:
    objects = copy.deepcopy(of_namespace("town", "onestop"))
    changed(objects)

    assert {one.partition(": ")[2] for one in unreached(objects)} == missed


@every_town
def test_prometheus_is_let_in_where_figures_are(name: str, namespace: str) -> None:
    objects = of_namespace(name, namespace)
    for monitor in named(objects, "PodMonitor"):
        (asked,) = monitor["spec"]["podMetricsEndpoints"]
        chosen = [template(one)["metadata"]["labels"] for one, _ in pods(objects)]
        chosen = [labels for labels in chosen if selects(monitor["spec"]["selector"], labels)]

        assert chosen
        for labels in chosen:
            ports = {asked["port"]}
            assert lets_in(named(objects, "NetworkPolicy"), labels, "TCP", ports, Place({}, "monitoring")), labels


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
@pytest.mark.parametrize(("name", "namespace"), sorted({*WITH_POLICIES, *WITH_KAFKA}))
def test_everybody_may_ask_for_names_in_the_cluster_and_on_a_node_that_keeps_them(
    name: str, namespace: str, protocol: str
) -> None:
    """A node's own cache is no pod: a policy that names pods alone leaves everything without any name."""
    objects = of_namespace(name, namespace)
    asking = [template(one)["metadata"]["labels"] for one, _ in pods(objects)]
    asking += [{"strimzi.io/cluster": one["metadata"]["name"]} for one in named(objects, "Kafka")]

    assert asking
    for labels in asking:
        for place in (CLUSTERS_NAMES, *(Place(address=address) for address in NODES_CACHES)):
            assert lets_out(named(objects, "NetworkPolicy"), labels, protocol, NAMES, place), (labels, place)
