"""Our Kubernetes manifests as kustomize renders them, and ways to look into them."""

import functools
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.source import ROOT

Manifest = dict[str, Any]
KUBERNETES = ROOT / "deploy/kubernetes"
OVERLAYS = tuple(sorted(path.parent.name for path in (KUBERNETES / "overlays").glob("*/kustomization.yaml")))
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
OF_CLUSTER = "../cluster"  # beside the overlays: what a cluster has once
OURS = ("api", "worker")  # the components of the four services
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LEAST = (1, 27)  # of kubectl: the kustomize inside of it must know components and load files by bases beside them


@functools.cache
def overlay(name: str) -> tuple[Manifest, ...]:
    """Every object of one of our overlays, or `OF_CLUSTER`."""
    return render(KUBERNETES / "overlays" / name)


def render(folder: Path) -> tuple[Manifest, ...]:
    """Every object of a kustomization. Skips the test where there is no kubectl of this decade."""
    done = subprocess.run([_kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{folder} cannot be rendered: {done.stderr}")
    return tuple(yaml.load_all(done.stdout, Loader=_Loader))


@functools.cache
def _kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not on the PATH: install Kubernetes' client, 1.27 or newer, to have manifests rendered")
    said = subprocess.run([found, "version", "--client", "-o", "json"], capture_output=True, text=True, check=True)
    version = json.loads(said.stdout)["clientVersion"]["gitVersion"]
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < LEAST:
        pytest.skip(f"kubectl {version} is older than 1.27: its kustomize does not know what the manifests use")
    return found


def named(objects: tuple[Manifest, ...], kind: str, name: str | None = None) -> list[Manifest]:
    """The objects of a kind, or those of a name."""
    return [one for one in objects if one["kind"] == kind and name in (None, one["metadata"]["name"])]


def label(one: Manifest, name: str) -> str:
    """The value of one of the labels `app.kubernetes.io/…`; empty where it has none."""
    return str(one["metadata"].get("labels", {}).get(f"app.kubernetes.io/{name}", ""))


def services(objects: tuple[Manifest, ...]) -> list[Manifest]:
    """The Deployments of the four services."""
    return [one for one in named(objects, "Deployment") if label(one, "component") in OURS]


def template(one: Manifest) -> Manifest:
    """What a workload makes its pods of: their labels, and their spec."""
    made: Manifest = one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"]
    return dict(made["template"])


def pods(objects: tuple[Manifest, ...]) -> Iterator[tuple[Manifest, Manifest]]:
    """Every object that makes pods, with the spec of these."""
    return ((one, template(one)["spec"]) for one in objects if one["kind"] in WORKLOADS)


def settings(objects: tuple[Manifest, ...], namespace: str | None = None) -> Mapping[str, str]:
    """The ConfigMap that all services read."""
    found = [
        one
        for one in named(objects, "ConfigMap")
        if one["metadata"]["name"].startswith("settings-") and namespace in (None, one["metadata"].get("namespace"))
    ]
    assert len(found) == 1, [one["metadata"] for one in found]
    data: Mapping[str, str] = found[0]["data"]
    return data


def environment(container: Manifest) -> dict[str, str]:
    """What is set for the container alone; a value that is taken from elsewhere is empty here."""
    return {one["name"]: one.get("value", "") for one in container.get("env", ())}
