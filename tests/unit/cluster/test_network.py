"""Nodes have addresses of their own, and pods of a node those of the node's own range."""

import ipaddress
from itertools import combinations

from deploy.cluster import network
from deploy.cluster.network import Node


def test_no_two_ranges_of_the_box_overlap() -> None:
    nodes = [Node(1), Node(2), Node(3)]
    bridge = ipaddress.ip_network(f"{network.HUB}/24", strict=False)
    ranges = [bridge, ipaddress.ip_network(network.SERVICES), *(ipaddress.ip_network(node.pods) for node in nodes)]
    assert not [pair for pair in combinations(ranges, 2) if pair[0].overlaps(pair[1])]
    assert all(ipaddress.ip_network(node.pods).subnet_of(ipaddress.ip_network(network.PODS)) for node in nodes)  # type: ignore[arg-type]
    assert len({network.HUB, *(node.address for node in nodes)}) == 4
    assert all(ipaddress.ip_address(node.address) in bridge for node in nodes)


def test_the_clusters_own_services_are_in_their_range() -> None:
    services = ipaddress.ip_network(network.SERVICES)
    assert all(ipaddress.ip_address(one) in services for one in (network.API_SERVICE, network.DNS_SERVICE))
