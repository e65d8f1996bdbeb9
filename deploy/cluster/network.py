"""The box's network: a bridge on which the control plane stands and what runs beside the cluster, and a namespace for
each node. It has no way out, so no address of a pod or a service can leave the machine.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

HUB = "10.250.0.1"  # the control plane, Kafka, MongoDB, the gateway: all that is not in a pod
SERVICES = "10.96.0.0/16"
API_SERVICE, DNS_SERVICE = "10.96.0.1", "10.96.0.10"
PODS = "10.244.0.0/16"
_BRIDGE = "box0"


@dataclass(frozen=True)
class Node:
    """A node by its number, from 1."""

    number: int

    @property
    def name(self) -> str:
        """Of the node, and of its network namespace."""
        return f"n{self.number}"

    @property
    def address(self) -> str:
        """On the bridge."""
        return f"10.250.0.{10 + self.number}"

    @property
    def pods(self) -> str:
        """The addresses of its pods."""
        return f"10.244.{self.number}.0/24"

    @property
    def enter(self) -> tuple[str, ...]:
        """What stands before a command that runs on it. (`ip netns exec` would hide the cgroups.)"""
        return ("nsenter", f"--net=/run/netns/{self.name}", "--")


def open_hub() -> None:
    """The bridge, with our own address on it. What listens on the loopback address is met there too, by nodes and pods:
    the parts of the local stack know no other.
    """
    _ip("link", "set", "lo", "up")
    _ip("link", "add", _BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{HUB}/24", "dev", _BRIDGE)
    _ip("link", "set", _BRIDGE, "up")
    # Caddy opens its port anew with each configuration and closes the old one: who waits there goes over to the new.
    # (Without it 41 of 11,000 connections were refused or cut off while it was told of other pods 300 times.)
    _run("sysctl", "-qw", f"net.ipv4.conf.{_BRIDGE}.route_localnet=1", "net.ipv4.tcp_migrate_req=1")
    to_loopback = ("-j", "DNAT", "--to-destination", "127.0.0.1")
    _run("iptables", "-t", "nat", "-A", "PREROUTING", "-i", _BRIDGE, "-d", HUB, "-p", "tcp", *to_loopback)


def connect(nodes: Sequence[Node]) -> None:
    """Each node's namespace on the bridge, each with the way to the pods of the others."""
    for node in nodes:
        _ip("netns", "add", node.name)
        _ip("link", "add", node.name, "type", "veth", "peer", "name", "eth0", "netns", node.name)
        _ip("link", "set", node.name, "master", _BRIDGE, "up")
        _ip("route", "add", node.pods, "via", node.address)
        _ip("addr", "add", f"{node.address}/24", "dev", "eth0", on=node)
        for link in ("lo", "eth0"):
            _ip("link", "set", link, "up", on=node)
        _ip("route", "add", "default", "via", HUB, on=node)
        for other in nodes:
            if other != node:
                _ip("route", "add", other.pods, "via", other.address, on=node)
        # A node passes on what is for its pods, and lets kube-proxy see what goes over its own bridge.
        _run(*node.enter, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1")


def _ip(*arguments: str, on: Node | None = None) -> None:
    _run(*(on.enter if on else ()), "ip", *arguments)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
