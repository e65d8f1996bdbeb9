"""What stands beside a cluster: Kafka, MongoDB, mail and sign-in, over TLS and by name, as pods of a town meet them."""

import time
from collections.abc import Mapping
from typing import Any, Self

from deploy.cluster.kubectl import Kubectl
from deploy.cluster.network import HUB
from deploy.local.authority import write_private
from deploy.local.oidc import people
from deploy.local.ports import free_ports
from tests.support.issuer import ServedIssuer
from tests.support.stack import Stack

NAMESPACE = "beside"
HOST = f"hub.{NAMESPACE}.svc.cluster.local"
KAFKA_PORT = 9093  # where Strimzi's bootstrap Service has its listener with TLS
NEEDED = ("mail", "kafka", "mongo")
SHIFT = 8 * 60 * 60  # seconds that a token is good for, as with the development provider


class Beside(Stack):
    """The secured stack without its services; `names`: what else the broker is called in the cluster."""

    def __init__(self, *names: str) -> None:
        super().__init__(is_secured=True, known_as=(HOST, *names))
        assert self.secured is not None
        (port,) = free_ports(1)
        self.issuer_url = f"https://{HOST}:{port}"
        certificate = self.secured.folder / "issuer.pem"
        write_private(certificate, self.secured.authority.issue("issuer", (HOST,)))
        self.issuer = ServedIssuer(self.issuer_url, port, certificate)
        self._met_at = (self.ports.kafka_outside, self.ports.mongo, self.ports.smtp, port)

    def __enter__(self) -> Self:
        self.issuer.start()
        return self.up(*NEEDED)

    def close(self) -> None:
        """Nothing is left."""
        self.issuer.stop()
        super().close()

    def token(self, sub: str) -> str:
        """A bearer token of the town's own issuer, for someone in `deploy/local/people.yaml`."""
        claims = next(person for person in people() if person["sub"] == sub)
        return self.issuer.tokens.token(**claims, exp=int(time.time()) + SHIFT)

    def introduce(self, kubectl: Kubectl) -> None:
        """Make the name known in the cluster."""
        kubectl.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        kubectl.within(NAMESPACE).make(*service("hub", {port: port for port in self._met_at}))

    def stand_in(self, kubectl: Kubectl, name: str) -> None:
        """Be what the namespace knows as that Service: a Kafka of its own."""
        kubectl.make(*service(name, {KAFKA_PORT: self.ports.kafka_outside}))


def service(name: str, ports: Mapping[int, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A Service whose endpoint is no pod: the hub, met at one port and listening at another."""
    listed = [{"name": f"at-{port}", "port": port, "protocol": "TCP"} for port in ports]
    behind = [{"name": f"at-{port}", "port": target, "protocol": "TCP"} for port, target in ports.items()]
    labels = {"kubernetes.io/service-name": name}
    return (
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": listed}},
        {
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "ports": behind,
            "metadata": {"name": name, "labels": labels},
            "endpoints": [{"addresses": [HUB], "conditions": {"ready": True}}],
        },
    )  # fmt: skip
