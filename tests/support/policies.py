"""What network policies let a pod do, read as a network plugin would: by protocol, port and who is at the other end.

Only objects are read. Whether a cluster's plugin does what they say is that cluster's to try.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.manifests import Manifest, named, pods, template

Labels = Mapping[str, str]
EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Place:
    """Who is at the other end. Without labels it is no pod that anybody here knows: only a rule for all will do, or for
    its `address`; with `is_public`, a rule for the whole web as well."""

    labels: Labels | None = None
    namespace: str = ""  # empty: the same
    address: str = ""
    is_public: bool = False


def selects(selector: Any, labels: Labels) -> bool:
    """Of a label selector."""
    exact = selector.get("matchLabels", {}).items() <= labels.items()
    return exact and all(
        labels.get(wanted["key"]) in wanted["values"] for wanted in selector.get("matchExpressions", ())
    )


def lets_out(policies: Iterable[Manifest], source: Labels, protocol: str, port: Any, to: Place) -> bool:
    """Whether a pod with these labels may connect to that port there."""
    rules = _rules(policies, source, "Egress")
    return any(_has_port(rule, protocol, port) and _meets(rule.get("to"), to) for rule in rules)


def lets_in(policies: Iterable[Manifest], target: Labels, protocol: str, ports: set[Any], source: Place) -> bool:
    """Whether these pods let somebody in at a port, which is called by its number or its name."""
    rules = _rules(policies, target, "Ingress")
    return any(
        any(_has_port(rule, protocol, port) for port in ports) and _meets(rule.get("from"), source) for rule in rules
    )


def _rules(policies: Iterable[Manifest], labels: Labels, way: str) -> list[Any]:
    return [
        rule
        for policy in policies
        if way in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get(way.lower(), ())
    ]


def _has_port(rule: Any, protocol: str, port: Any) -> bool:
    """One without ports is for all."""
    if "ports" not in rule:
        return True
    return any((one.get("protocol", "TCP"), one["port"]) == (protocol, port) for one in rule["ports"])


def _meets(peers: Any, place: Place) -> bool:
    return peers is None or any(_is_peer(peer, place) for peer in peers)


def _is_peer(peer: Any, place: Place) -> bool:
    if "ipBlock" in peer:
        cidr = peer["ipBlock"]["cidr"]
        inside = place.address and ipaddress.ip_address(place.address) in ipaddress.ip_network(cidr)
        return bool(inside) or (place.is_public and cidr == EVERYWHERE)
    if place.labels is None:
        return False
    there = {"kubernetes.io/metadata.name": place.namespace}
    is_home = selects(peer["namespaceSelector"], there) if "namespaceSelector" in peer else not place.namespace
    return is_home and selects(peer.get("podSelector", {}), place.labels)


@dataclass(frozen=True)
class Served:
    """What a Service leads to: the pods' labels, and the port on them by number and name."""

    labels: Labels
    number: int
    names: set[Any]


def served(objects: tuple[Manifest, ...], host: str, port: int) -> Served | None:
    """The pods behind a Service of ours; None where no Service of this name is ours."""
    for service in named(objects, "Service", host):
        (asked,) = [one for one in service["spec"]["ports"] if one["port"] == port]
        for one, pod in pods(objects):
            labels = template(one)["metadata"]["labels"]
            if service["spec"].get("selector", {"": ""}).items() <= labels.items():
                return _port(labels, pod, asked.get("targetPort", port))
    return None


def _port(labels: Labels, pod: Manifest, wanted: Any) -> Served:
    (found,) = [
        port
        for container in pod["containers"]
        for port in container.get("ports", ())
        if wanted in (port["name"], port["containerPort"])
    ]
    return Served(labels, found["containerPort"], {found["containerPort"], found["name"]})
