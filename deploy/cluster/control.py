"""The control plane: etcd, the API server and what acts on its objects, all on the box's bridge."""

import http.client
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster import network, pki
from deploy.cluster.programs import program
from deploy.local.authority import Authority
from deploy.local.part import Part, http_ready, tcp_ready

API_PORT = 6443
_ETCD_PORT = 2379
_NAMES = (
    "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost",
    "127.0.0.1", network.HUB, network.API_SERVICE,
)  # fmt: skip
_CLIENTS = {  # a kubeconfig each: the user, and the group that gives it its rights
    "admin": ("admin", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
}


@dataclass(frozen=True)
class Identities:
    """Everybody's keys, made anew for each cluster."""

    folder: Path
    authority: Authority

    @classmethod
    def make(cls, folder: Path) -> "Identities":
        """The authority, and a kubeconfig for each client of the control plane."""
        made = cls(folder, pki.authority(folder, "cluster"))
        for name, (user, group) in _CLIENTS.items():
            made.client(name, user, group)
        return made

    def client(self, name: str, user: str, group: str = "") -> Path:
        """Its kubeconfig."""
        who = self.issue(name, user, group=group)
        return pki.kubeconfig(self.kubeconfig(name), f"https://{network.HUB}:{API_PORT}", self.authority, who)

    def issue(self, name: str, common: str, *, group: str = "", hosts: Sequence[str] = ()) -> Path:
        """Its key and certificate."""
        return pki.issue(self.authority, self.folder / f"{name}.pem", common, group=group, hosts=hosts)

    def kubeconfig(self, name: str) -> Path:
        """Where it is."""
        return self.folder / f"{name}.conf"


def control_plane(home: Path, who: Identities) -> list[Part]:
    """In the order of their needs."""
    return [_etcd(home), _api_server(who), *(_actor(name, who, flags) for name, flags in _actors(who).items())]


def _etcd(home: Path) -> Part:
    address = f"http://127.0.0.1:{_ETCD_PORT}"
    return Part(
        name="etcd",
        argv=_argv("etcd", {
            "data-dir": home / "data" / "etcd", "listen-client-urls": address, "advertise-client-urls": address,
            "unsafe-no-fsync": "true",  # it does not outlive its box
        }),
        ready=lambda: http_ready(_ETCD_PORT, "/health"),
    )  # fmt: skip


def _api_server(who: Identities) -> Part:
    admin = who.issue("probe", "probe", group="system:masters")
    return Part(
        name="api-server",
        argv=_argv("kube-apiserver", _api_flags(who)),
        needs=("etcd",),
        ready=lambda: _is_served(admin, who.authority.certificate),
    )


def _api_flags(who: Identities) -> Mapping[str, object]:
    server = who.issue("api-server", "kube-apiserver", hosts=_NAMES)
    to_kubelet = who.issue("to-kubelet", "api-server-to-kubelet", group="system:masters")
    front = pki.authority(who.folder, "front-proxy")
    to_extension = pki.issue(front, who.folder / "to-extension.pem", "front-proxy-client")
    tokens, tokens_public = pki.token_keys(who.folder)
    return {
        "etcd-servers": f"http://127.0.0.1:{_ETCD_PORT}",
        "advertise-address": network.HUB,
        "secure-port": API_PORT,
        "service-cluster-ip-range": network.SERVICES,
        "tls-cert-file": server,
        "tls-private-key-file": server,
        "client-ca-file": who.authority.certificate,
        "anonymous-auth": "false",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",  # beside the usual ones: quotas, limits, pod security …
        "allow-privileged": "true",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-signing-key-file": tokens,
        "service-account-key-file": tokens_public,
        "kubelet-client-certificate": to_kubelet,
        "kubelet-client-key": to_kubelet,
        "kubelet-certificate-authority": who.authority.certificate,
        "kubelet-preferred-address-types": "InternalIP",
        "requestheader-client-ca-file": front.certificate,
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": to_extension,
        "proxy-client-key-file": to_extension,
        "enable-aggregator-routing": "true",  # to the pods themselves: the bridge has no kube-proxy
    }


def _actors(who: Identities) -> Mapping[str, Mapping[str, object]]:
    return {
        "controller-manager": {
            "use-service-account-credentials": "true",
            "service-account-private-key-file": who.folder / "tokens.key",
            "root-ca-file": who.authority.certificate,
            "service-cluster-ip-range": network.SERVICES,
            # A test cannot wait as long as a town can.
            "horizontal-pod-autoscaler-sync-period": "5s",
            "horizontal-pod-autoscaler-initial-readiness-delay": "10s",
            "horizontal-pod-autoscaler-cpu-initialization-period": "30s",
        },
        "scheduler": {},
    }


def _actor(name: str, who: Identities, flags: Mapping[str, object]) -> Part:
    config = who.kubeconfig(name)
    own = {
        "kubeconfig": config, "authentication-kubeconfig": config, "authorization-kubeconfig": config,
        "bind-address": "127.0.0.1", "leader-elect": "false",
    }  # fmt: skip
    port = {"controller-manager": 10257, "scheduler": 10259}[name]
    return Part(
        name=name, argv=_argv(f"kube-{name}", {**own, **flags}), needs=("api-server",), ready=lambda: tcp_ready(port)
    )


def _argv(name: str, flags: Mapping[str, object]) -> list[str]:
    return [str(program(name)), *(f"--{flag}={value}" for flag, value in flags.items())]


def _is_served(who: Path, authority: Path) -> bool:
    """All of its start-up hooks have run."""
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(who)
    with closing(http.client.HTTPSConnection("127.0.0.1", API_PORT, timeout=2, context=context)) as connection:
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
