"""One node: container runtime, kubelet and kube-proxy in a network namespace of their own."""

import json
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from deploy.cluster import box, network
from deploy.cluster.control import Identities
from deploy.cluster.images import PAUSE
from deploy.cluster.network import Node
from deploy.cluster.programs import program
from deploy.local.part import Part

_KUBELET_PORT = 10250
_PROXY_HEALTH_PORT = 10256


def parts(home: Path, node: Node, who: Identities) -> list[Part]:
    """In the order of their needs."""
    folder = home / node.name
    return [_runtime(folder, node), _kubelet(folder, node, who), _proxy(folder, node, who)]


def runtime_socket(home: Path, node: Node) -> Path:
    """Where its container runtime is asked."""
    return home / node.name / "containerd.sock"


def _runtime(folder: Path, node: Node) -> Part:
    config = folder / "containerd.toml"
    files = {config: _runtime_config(folder), folder / "cni" / "10-bridge.conflist": _cni(folder, node)}
    return Part(
        name=f"containerd-{node.name}",
        argv=[*node.enter, "containerd", "--config", str(config)],
        prepare=lambda: _write(files),
        ready=lambda: _listens(folder / "containerd.sock"),
    )


def _kubelet(folder: Path, node: Node, who: Identities) -> Part:
    config = folder / "kubelet.json"
    group = f"{box.home().name}/{node.name}"
    return Part(
        name=f"kubelet-{node.name}",
        argv=[
            *node.enter, str(program("kubelet")), f"--config={config}", f"--kubeconfig={who.kubeconfig(node.name)}",
            f"--hostname-override={node.name}", f"--node-ip={node.address}",
            f"--root-dir={folder / 'kubelet'}", f"--cert-dir={folder / 'kubelet' / 'pki'}",
            # A zone each, so that what is spread over zones is spread over these.
            f"--node-labels=topology.kubernetes.io/zone={node.name}",
        ],
        needs=("api-server", f"containerd-{node.name}"),
        prepare=lambda: _admit(config, folder, node, who, group),
        ready=lambda: _connects(node.address, _KUBELET_PORT),
    )  # fmt: skip


def _proxy(folder: Path, node: Node, who: Identities) -> Part:
    config = folder / "kube-proxy.json"
    return Part(
        name=f"kube-proxy-{node.name}",
        argv=[*node.enter, str(program("kube-proxy")), f"--config={config}"],
        needs=("api-server",),
        prepare=lambda: _write({config: json.dumps(_proxy_config(node, who))}),
        ready=lambda: _connects(node.address, _PROXY_HEALTH_PORT),
    )


def _admit(config: Path, folder: Path, node: Node, who: Identities, group: str) -> None:
    """Its identity, its control group and its configuration."""
    who.client(node.name, f"system:node:{node.name}", "system:nodes")
    server = who.issue(f"{node.name}-server", node.name, hosts=(node.name, node.address))
    box.make_cgroups(group)
    config_text = json.dumps(_kubelet_config(folder, group, who, server))
    _write({folder / "resolv.conf": f"nameserver {network.DNS_SERVICE}\n", config: config_text})


def _kubelet_config(folder: Path, group: str, who: Identities, server: Path) -> Mapping[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
        "failCgroupV1": False, "failSwapOn": False, "cgroupDriver": "cgroupfs", "cgroupRoot": f"/{group}",
        "containerRuntimeEndpoint": f"unix://{folder / 'containerd.sock'}",
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True},
                           "x509": {"clientCAFile": str(who.authority.certificate)}},
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(server), "tlsPrivateKeyFile": str(server),
        "clusterDNS": [network.DNS_SERVICE], "clusterDomain": "cluster.local",
        "resolvConf": str(folder / "resolv.conf"), "podLogsDir": str(folder / "logs"),
        "volumePluginDir": str(folder / "volume-plugins"),
        # The machine is shared with whoever works on it; what is scarce there is no fault of a pod.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 99, "imageGCLowThresholdPercent": 98,
    }  # fmt: skip


def _proxy_config(node: Node, who: Identities) -> Mapping[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration", "mode": "iptables",
        "clientConnection": {"kubeconfig": str(who.kubeconfig("kube-proxy"))}, "hostnameOverride": node.name,
        "clusterCIDR": network.PODS, "healthzBindAddress": f"{node.address}:{_PROXY_HEALTH_PORT}",
        # The kernel's own limits stay as the machine has them.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }  # fmt: skip


def _runtime_config(folder: Path) -> str:
    """In a box nobody may be spared by the kernel's killer more than others, and there is no AppArmor."""
    return f"""\
version = 2
root = "{folder}/containerd"
state = "{folder}/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
"""


def _cni(folder: Path, node: Node) -> str:
    """A bridge for the node's pods. Nothing here filters: a NetworkPolicy is taken and has no effect."""
    addresses = {"type": "host-local", "dataDir": str(folder / "addresses"), "ranges": [[{"subnet": node.pods}]],
                 "routes": [{"dst": "0.0.0.0/0"}]}  # fmt: skip
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "hairpinMode": True, "ipam": addresses}
    return json.dumps({"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge]})


def _write(files: Mapping[Path, str]) -> None:
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _listens(path: Path) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        return probe.connect_ex(str(path)) == 0


def _connects(address: str, port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0
