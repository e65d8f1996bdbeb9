"""What the administrator of a cluster does before any town is applied to it."""

from deploy.cluster.kubectl import Kubectl
from tests.support.kinds import definitions
from tests.support.manifests import KUBERNETES


def prepare(kubectl: Kubectl) -> None:
    """Operators bring their kinds, Prometheus its namespace; and what a cluster has once is there."""
    kubectl.make(*definitions())
    kubectl("wait", "--for=condition=Established", "crds", "--all", "--timeout=60s")
    kubectl.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}})
    assert kubectl.apply(kubectl("kustomize", str(KUBERNETES / "cluster"))) == "", "the API server warns of something"
