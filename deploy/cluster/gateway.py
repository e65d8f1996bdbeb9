"""Plays the gateway of a cluster that has none: takes the HTTPRoutes as they stand there, and sends each request to a
pod that is ready, by Caddy. A pod that is on its way out gets none any more once the API server says so.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from deploy.cluster.kubectl import Kubectl, Refused
from deploy.local.part import Part, tcp_ready
from deploy.local.ports import free_ports
from deploy.local.runner import Runner

LOOK_SECONDS = 1.0  # a pod on its way out still answers for five
START_SECONDS = 30.0
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A path, exact or as a beginning, and the Service behind it; without one nobody answers."""

    path: str
    is_exact: bool
    service: str = ""
    port: int = 0

    def matches(self) -> list[str]:
        """As Caddy writes it. A beginning ends at a slash: `/desk` is not the beginning of `/desktop`."""
        if self.is_exact:
            return [self.path]
        stem = self.path.rstrip("/")
        return [stem, f"{stem}/*"] if stem else ["/*"]


class Gateway:
    """`with Gateway(home, kubectl) as gateway`: serves at `gateway.origin` what the namespace's routes say, from the
    first line of the block on."""

    def __init__(self, home: Path, kubectl: Kubectl) -> None:
        self._kubectl = kubectl
        self._port, self._admin = free_ports(2)
        home.mkdir(parents=True, exist_ok=True)
        start = home / "gateway.json"
        start.write_text(json.dumps({"admin": {"listen": f"127.0.0.1:{self._admin}"}}))
        argv = ["caddy", "run", "--config", str(start)]
        env = {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "data")}
        part = Part("gateway", argv, ready=lambda: tcp_ready(self._admin), env=env)
        self._runner = Runner(home, [part])
        self._ended, self._serving = threading.Event(), threading.Event()
        self._watch = threading.Thread(target=self._follow, daemon=True)

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._runner.up()
        self._watch.start()
        if not self._serving.wait(START_SECONDS):
            self.__exit__(None, None, None)
            raise TimeoutError(f"the gateway had nothing to serve after {START_SECONDS:.0f} s")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()
        self._runner.down()

    def _follow(self) -> None:
        before: Object = {}
        while not self._ended.wait(LOOK_SECONDS):
            with suppress(Refused, httpx.TransportError):  # the next look comes soon
                found = self._look()
                if found != before:
                    httpx.post(f"http://127.0.0.1:{self._admin}/load", json=found, timeout=10).raise_for_status()
                    before = found
                self._serving.set()

    def _look(self) -> Object:
        objects = self._kubectl.items("httproutes.gateway.networking.k8s.io,endpointslices.discovery.k8s.io")
        routes = [one for one in objects if one["kind"] == "HTTPRoute"]
        slices = [one for one in objects if one["kind"] == "EndpointSlice"]
        return configuration(rules(routes), ready_pods(slices), self._port, self._admin)


def rules(routes: Iterable[Object]) -> list[Rule]:
    """Of all routes; what is more exact comes first, and of two beginnings the longer one."""
    found = [
        _rule(match.get("path", {"type": "PathPrefix", "value": "/"}), rule.get("backendRefs", []))
        for route in routes
        for rule in route["spec"]["rules"]
        for match in rule.get("matches", [{}])
    ]
    return sorted(found, key=lambda rule: (not rule.is_exact, -len(rule.path), rule.path))


def _rule(path: Mapping[str, str], backends: Sequence[Object]) -> Rule:
    if path["type"] not in ("Exact", "PathPrefix"):
        raise ValueError(f"the gateway here knows no paths of type {path['type']}: {path['value']}")
    where = (backends[0]["name"], backends[0]["port"]) if backends else ("", 0)
    return Rule(path["value"], path["type"] == "Exact", *where)


def ready_pods(slices: Iterable[Object]) -> dict[str, list[str]]:
    """The addresses of each Service's pods that are ready, by the Service's name."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in slices:
        service = one["metadata"].get("labels", {}).get("kubernetes.io/service-name", "")
        for endpoint in one.get("endpoints") or ():
            if endpoint.get("conditions", {}).get("ready"):
                found[service] += [f"{endpoint['addresses'][0]}:{port['port']}" for port in one.get("ports") or ()]
    return {service: sorted(addresses) for service, addresses in found.items()}


def configuration(rules: Sequence[Rule], pods: Mapping[str, Sequence[str]], port: int, admin: int) -> Object:
    """For Caddy."""
    routes = [_route(rule, pods.get(rule.service, ())) for rule in rules]
    server = {"listen": [f"127.0.0.1:{port}"], "routes": routes, "automatic_https": {"disable": True}}
    return {"admin": {"listen": f"127.0.0.1:{admin}"}, "apps": {"http": {"servers": {"gateway": server}}}}


def _route(rule: Rule, pods: Sequence[str]) -> Object:
    """Tried again for 3 s where no pod could be reached at all, as by every gateway."""
    nobody = {"handler": "static_response", "status_code": 503 if rule.service else 404}
    in_turn = {"selection_policy": {"policy": "round_robin"}, "try_duration": "3s", "try_interval": "100ms"}
    upstreams = [{"dial": pod} for pod in pods]
    to_pods = {"handler": "reverse_proxy", "upstreams": upstreams, "load_balancing": in_turn}
    return {"match": [{"path": rule.matches()}], "handle": [to_pods if pods else nobody], "terminal": True}
