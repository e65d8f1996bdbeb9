"""What plays the gateway in the box follows the cluster: a pod that is not ready gets no request."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.cluster.gateway import Gateway
from deploy.cluster.kubectl import Kubectl
from tests.support.waiting import until


@dataclass(frozen=True)
class Told(Kubectl):
    """A cluster whose routes and pods are what the test says."""

    kubeconfig: Path = Path("/dev/null")
    ready: dict[str, list[int]] = field(default_factory=dict)  # ports of this machine, by Service

    def items(self, *_: str) -> list[dict[str, Any]]:
        """The routes of one site, and the pods of each Service."""
        return [ROUTE, *(_slice(service, ports) for service, ports in self.ready.items())]


def _rule(path: str, service: str) -> dict[str, Any]:
    return {"matches": [{"path": {"type": "PathPrefix", "value": path}}], "backendRefs": [{"name": service, "port": 1}]}


ROUTE = {"kind": "HTTPRoute", "spec": {"rules": [_rule("/", "intake"), _rule("/desk", "dispatch")]}}


def _slice(service: str, ports: list[int]) -> dict[str, Any]:
    """Its pods, which are all at one address here."""
    return {
        "kind": "EndpointSlice",
        "metadata": {"labels": {"kubernetes.io/service-name": service}},
        "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}} for _ in ports[:1]],
        "ports": [{"port": port} for port in ports],
    }


@contextmanager
def pod(name: str) -> Iterator[int]:
    """Something that answers with its name; the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(name.encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pods() -> Iterator[Callable[[str], int]]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(pod(name))


def test_requests_go_where_the_routes_say_and_to_ready_pods_alone(tmp_path: Path, pods: Callable[[str], int]) -> None:
    first, second, other = pods("first"), pods("second"), pods("other")
    cluster = Told(ready={"intake": [first, second], "dispatch": [other]})
    with Gateway(tmp_path, cluster) as gateway:
        until(lambda: answers(gateway, "/", "/") == {"first", "second"}, "both pods")
        assert answers(gateway, "/desk", "/desk/x") == {"other"}
        assert answers(gateway, "/desktop") <= {"first", "second"}
        cluster.ready["intake"] = [second]
        until(lambda: answers(gateway, "/", "/", "/", "/") == {"second"}, "the pod that is left")
        cluster.ready["intake"] = []
        until(lambda: httpx.get(f"{gateway.origin}/").status_code == 503, "the word that nobody is there")


def answers(gateway: Gateway, *paths: str) -> set[str]:
    """Who answers; nothing while the gateway has not heard of anybody."""
    found = set()
    for path in paths:
        try:
            found.add(httpx.get(f"{gateway.origin}{path}").raise_for_status().text)
        except httpx.HTTPError:
            return set()
    return found
