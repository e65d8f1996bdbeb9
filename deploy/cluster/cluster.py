"""A cluster in its box: a control plane, as many nodes as asked for, and what every cluster brings: names, metrics."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.cluster import network, node
from deploy.cluster.control import Identities, control_plane
from deploy.cluster.images import write_archives
from deploy.cluster.kubectl import Kubectl, Refused
from deploy.cluster.network import Node
from deploy.local.runner import Runner, StackError

ADDONS = Path(__file__).with_name("addons")


class Cluster:
    """`with Cluster(home, nodes=2) as cluster`; without nodes it takes objects and makes pods that nobody runs."""

    def __init__(self, home: Path, nodes: int = 0) -> None:
        self.home = home
        self.nodes = tuple(Node(number) for number in range(1, nodes + 1))
        who = Identities.make(home / "identities")
        self.kubectl = Kubectl(who.kubeconfig("admin"))
        parts = [part for one in self.nodes for part in node.parts(home, one, who)]
        self._runner = Runner(home, [*control_plane(home, who), *parts], lambda text: print(text, flush=True))

    def __enter__(self) -> Self:
        network.connect(self.nodes)
        self._runner.up()
        if self.nodes:
            self.load(write_archives(self.home / "images"))
            self._equip()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._runner.down()

    def load(self, archives: Sequence[Path]) -> None:
        """Make images known to every node, as a registry would."""
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(self._load, one, archives) for one in self.nodes]:
                done.result()

    def tag(self, image: str, new: str) -> None:
        """Give an image that the nodes know a second name."""
        for one in self.nodes:
            self._images(one, "tag", image, new)

    def log(self, part: str) -> str:
        """The last words of `kubelet-n1`, `api-server` …"""
        return self._runner.tail(part)

    def _load(self, one: Node, archives: Sequence[Path]) -> None:
        for archive in archives:
            self._images(one, "import", str(archive))

    def _images(self, one: Node, *what: str) -> None:
        socket = str(node.runtime_socket(self.home, one))
        command = ["ctr", "--address", socket, "--namespace", "k8s.io", "images", *what]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def _equip(self) -> None:
        try:
            for one in self.nodes:
                self.kubectl("wait", "--for=create", f"node/{one.name}", "--timeout=60s")
            self.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")
        except Refused as refused:
            said = [f"kubelet-{one.name} said last:\n{self.log(f'kubelet-{one.name}')}" for one in self.nodes]
            raise StackError("\n".join([str(refused), *said])) from refused
        for addon in sorted(ADDONS.glob("*.yaml")):
            self.kubectl.apply(addon.read_text())
        system = self.kubectl.within("kube-system")
        system("rollout", "status", "daemonset/coredns", "--timeout=90s")
        system("rollout", "status", "deployment/metrics-server", "--timeout=90s")
