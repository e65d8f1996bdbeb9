"""Definitions of the kinds that operators bring to a cluster, as their projects publish them."""

import gzip
from typing import Any

import yaml

from deploy.local.machine import ROOT

FOLDER = ROOT / "tests/deploy/crds"


def definitions() -> list[dict[str, Any]]:
    """All of them."""
    return [yaml.safe_load(gzip.decompress(file.read_bytes())) for file in sorted(FOLDER.glob("*.yaml.gz"))]
