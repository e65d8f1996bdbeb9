"""A town in a cluster, and its people, who meet it at the gateway."""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from deploy.cluster import box
from deploy.cluster.kubectl import Kubectl, Refused
from tests.support.persistent_clients import Asked, PersistentClients
from tests.support.stack import Stack

OURS = "app.kubernetes.io/part-of=onestop,app.kubernetes.io/component in (api,worker)"
API = "app.kubernetes.io/part-of=onestop,app.kubernetes.io/component=api"
WORKER = "app.kubernetes.io/part-of=onestop,app.kubernetes.io/component=worker"
ROLLOUT_SECONDS = 300  # nine workloads, two at a time, on a machine of two cores


class People(PersistentClients):
    """Each request on a connection of its own, as from many phones."""

    def __init__(self, stack: Stack, origin: str) -> None:
        super().__init__(stack)
        self._origin = origin
        self._http = httpx.AsyncClient(timeout=40, limits=httpx.Limits(max_keepalive_connections=0))

    def url(self, _service: str) -> str:
        """The gateway knows which path is whose."""
        return self._origin


class Town:
    """Its workloads in their namespace."""

    def __init__(self, kubectl: Kubectl) -> None:
        self.kubectl = kubectl

    def workloads(self, which: str = OURS) -> list[str]:
        """The names of its Deployments."""
        return [one["metadata"]["name"] for one in self.kubectl.items("deployments", f"--selector={which}")]

    def pods(self, which: str = OURS) -> list[dict[str, Any]]:
        """Those that are not on their way out."""
        found = self.kubectl.items("pods", f"--selector={which}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def wait_ready(self, seconds: float = ROLLOUT_SECONDS) -> None:
        """Every workload has all its pods, of its newest release, and they are ready; else what hinders them."""
        until = time.monotonic() + seconds
        for name in self.workloads():
            left = max(1, until - time.monotonic())
            try:
                self.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={left:.0f}s", seconds=left + 30)
            except Refused as late:
                raise AssertionError(f"{late}\n" + "\n".join(self.hindrances())) from None

    def hindrances(self) -> list[str]:
        """Of each pod that is not ready what its node says of it, and its own last words."""
        found = []
        for pod in self.pods():
            for container in pod["status"].get("containerStatuses", ()):
                if not container["ready"]:
                    name = pod["metadata"]["name"]
                    log = self.kubectl("logs", name, "--tail=5") if container.get("started") is not None else ""
                    found.append(f"{name}: {container['restartCount']} restarts, {container['state']}\n{log}")
        return found

    def roll_out(self, tag: str) -> None:
        """Every workload takes its image of that release, all at once; returns when all have."""
        for one in self.kubectl.items("deployments", f"--selector={OURS}"):
            (container,) = one["spec"]["template"]["spec"]["containers"]
            new = f"{container['image'].rpartition(':')[0]}:{tag}"
            self.kubectl("set", "image", f"deployment/{one['metadata']['name']}", f"{container['name']}={new}")
        self.wait_ready()

    def roll_back(self) -> None:
        """To the release before, all workloads at once."""
        for name in self.workloads():
            self.kubectl("rollout", "undo", f"deployment/{name}")
        self.wait_ready()

    def evict(self, pod: str) -> None:
        """As a drain asks for it; `Refused` when the budget does not allow it now."""
        namespace = self.kubectl.namespace
        eviction = f'{{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {{"name": "{pod}"}}}}'
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
        self.kubectl("create", "--raw", path, "--filename=-", stdin=eviction)

    def kill(self, name: str) -> None:
        """`kill -9` of all that runs in the pod's containers."""
        uid = self.kubectl.get("pod", name)["metadata"]["uid"]
        for listed in (box.CGROUPS / "pids" / box.home().name).glob(f"**/pod{uid}/*/cgroup.procs"):
            for pid in listed.read_text().split():
                with suppress(FileNotFoundError, ProcessLookupError):  # gone with the first of its container
                    if Path(f"/proc/{pid}/comm").read_text().strip() != "pause":
                        os.kill(int(pid), signal.SIGKILL)

    def beyond_budget(self) -> list[str]:
        """Budgets that have fewer pods now than they must."""
        budgets = {one["metadata"]["name"]: one["status"] for one in self.kubectl.items("poddisruptionbudgets")}
        return [
            f"{name}: {now['currentHealthy']} of {now['desiredHealthy']}"
            for name, now in budgets.items()
            if now["currentHealthy"] < now["desiredHealthy"]
        ]


def noticed(asked: list[Asked]) -> Mapping[str, list[str]]:
    """What people noticed: by request, the answers that made them ask again."""
    return {one.key: one.refusals for one in asked if one.refusals}
