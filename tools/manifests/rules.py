"""The rules of `deploy/monitoring` as Prometheus' operator reads them. Once for a cluster: they tell towns apart
themselves, and each copy would ring again."""

from pathlib import Path

import yaml

from tools.manifests.text import Manifest, text

RULES = Path("deploy/monitoring/rules")
FILE = Path("deploy/kubernetes/cluster/rules.yaml")


def files(root: Path) -> dict[Path, str]:
    """Path and text of the one file."""
    return {FILE: text([_object(file) for file in sorted((root / RULES).glob("*.yaml"))], str(RULES))}


def _object(file: Path) -> Manifest:
    metadata = {"name": f"onestop-{file.stem}", "labels": {"app.kubernetes.io/part-of": "onestop"}}
    rules = yaml.safe_load(file.read_text("utf-8"))
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": metadata, "spec": rules}
