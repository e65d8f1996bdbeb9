"""A real API server takes every overlay as it is: known fields, admission, quotas and pod security with it."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from deploy.cluster.cluster import Cluster
from deploy.cluster.kubectl import Kubectl, Refused
from deploy.cluster.programs import program
from deploy.local.machine import ROOT
from tests.support.administrator import prepare
from tests.support.waiting import until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
OVERLAYS = sorted(file.parent for file in (ROOT / "deploy/kubernetes/overlays").glob("*/kustomization.yaml"))


@pytest.fixture(scope="module")
def kubectl(takes_objects: Cluster) -> Kubectl:
    """As the cluster's administrator, who has prepared it for towns."""
    prepare(takes_objects.kubectl)
    return takes_objects.kubectl


@pytest.fixture(scope="module", params=OVERLAYS, ids=lambda folder: folder.name)
def overlay(request: pytest.FixtureRequest, kubectl: Kubectl) -> Iterator[str]:
    """Rendered, and taken by the API server."""
    text = kubectl("kustomize", str(request.param))
    assert kubectl.apply(text) == "", "the API server warns of something"
    yield text
    kubectl("delete", "--filename=-", "--ignore-not-found", "--wait=false", stdin=text)


@pytest.fixture
def namespaces(overlay: str, kubectl: Kubectl) -> list[Kubectl]:
    """Its own, which it makes."""
    names = [one["metadata"]["name"] for one in yaml.safe_load_all(overlay) if one["kind"] == "Namespace"]
    assert names
    return [kubectl.within(name) for name in names]


def test_taking_it_again_changes_nothing(overlay: str, namespaces: list[Kubectl], kubectl: Kubectl) -> None:
    """Once its controllers have made what it asks for: what they write meanwhile is no change of ours."""
    until(lambda: not any(unscaled(one) or lacking(one) for one in namespaces), "what the overlay asks for", 120)
    again = subprocess.run(
        [str(program("kubectl")), f"--kubeconfig={kubectl.kubeconfig}", "diff", "--server-side", "--filename=-"],
        input=overlay, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (again.returncode, again.stdout) == (0, ""), again.stderr


def test_every_pod_that_it_wants_is_admitted(namespaces: list[Kubectl]) -> None:
    """By pod security, limits and quotas: a pod that is not admitted is not made, and its maker says why."""
    for kubectl in namespaces:
        until(lambda kubectl=kubectl: not lacking(kubectl), f"the pods of {kubectl.namespace}", 120)  # type: ignore[misc]
        refused = kubectl.items("events", "--field-selector=reason=FailedCreate")
        assert [event["message"] for event in refused] == []


def lacking(kubectl: Kubectl) -> list[str]:
    """Those who have fewer pods than they want."""
    found = kubectl.items("deployments,statefulsets")
    return [
        one["metadata"]["name"] for one in found if one.get("status", {}).get("replicas", 0) < one["spec"]["replicas"]
    ]


def unscaled(kubectl: Kubectl) -> list[str]:
    """Those who have fewer pods asked for than their autoscaler lets be."""
    asked = {one["metadata"]["name"]: one["spec"]["replicas"] for one in kubectl.items("deployments")}
    scalers = [one["spec"] for one in kubectl.items("horizontalpodautoscalers")]
    return [name for one in scalers if asked[name := one["scaleTargetRef"]["name"]] < one["minReplicas"]]


def test_the_next_release_is_taken_once_jobs_of_the_last_that_never_ended_are_away(
    overlay: str, namespaces: list[Kubectl], kubectl: Kubectl
) -> None:
    """Nobody runs them here: they wait as those do whose image cannot be had. The command is the README's."""
    of_next = re.sub(r"^( *image: \S*onestop[^:\s]*):\S+$", r"\1:next", overlay, flags=re.MULTILINE)
    with pytest.raises(Refused, match="field is immutable"):
        kubectl.apply(of_next)
    for release in (of_next, overlay):
        for within in namespaces:
            within("delete", "job", "-l", "app.kubernetes.io/part-of=onestop", "--ignore-not-found")
        assert kubectl.apply(release) == ""


def test_a_pod_without_the_restrictions_is_refused(namespaces: list[Kubectl]) -> None:
    for kubectl in namespaces:
        with pytest.raises(Refused, match=r'violates PodSecurity "restricted'):
            kubectl.make(pod("as-it-comes"))


def test_a_pod_beyond_what_a_town_may_take_is_refused(namespaces: list[Kubectl]) -> None:
    """Where there is a quota: on a cluster that many towns share."""
    for kubectl in namespaces:
        if kubectl.items("resourcequotas"):
            until(lambda kubectl=kubectl: counted(kubectl), f"the count of {kubectl.namespace}")  # type: ignore[misc]
            with pytest.raises(Refused, match="exceeded quota"):
                kubectl.make(pod("as-big-as-a-house", hardened=True, memory="4Ti"))


def counted(kubectl: Kubectl) -> bool:
    """A quota holds once its controller has counted what is there."""
    return all(quota.get("status", {}).get("hard") for quota in kubectl.items("resourcequotas"))


def test_the_province_has_a_quota_for_each_of_its_towns(kubectl: Kubectl) -> None:
    (province,) = [folder for folder in OVERLAYS if folder.name == "province"]
    rendered = list(yaml.safe_load_all(kubectl("kustomize", str(province))))
    towns = {one["metadata"]["namespace"] for one in rendered if one["kind"] == "Deployment"}
    assert towns
    assert {one["metadata"]["namespace"] for one in rendered if one["kind"] == "ResourceQuota"} == towns


def pod(name: str, *, hardened: bool = False, memory: str = "16Mi") -> dict[str, Any]:
    """One that a person makes by hand."""
    spec: dict[str, Any] = {"containers": [{"name": "one", "image": "onestop.invalid/none:1"}]}
    if hardened:
        spec["securityContext"] = {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        spec["containers"][0] |= {
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "resources": {"requests": {"cpu": "1", "memory": memory}, "limits": {"cpu": "1", "memory": memory}},
        }  # fmt: skip
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
