"""The bill of materials of a release: every part that is delivered, in CycloneDX (ECMA-424), for a town's own tools."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tools.audit.parts import Package


def bill_of(parts: Iterable[Package], version: str, made: datetime) -> dict[str, Any]:
    """As JSON; the same parts at the same version have the same serial number."""
    delivered = [part for part in parts if part.runs]
    name = f"onestop@{version}:" + ",".join(part.purl for part in delivered)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, name)}",
        "version": 1,
        "metadata": {
            "timestamp": made.isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": "onestop",
                "name": "onestop",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_component(part) for part in delivered],
        "dependencies": [{"ref": "onestop", "dependsOn": [part.purl for part in delivered]}],
    }


def _component(part: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    if part.licence:
        component["licenses"] = [{"expression": part.licence}]
    if len(part.hashes) == 1:  # of several wheels nobody knows here which one is installed where
        component["hashes"] = [{"alg": "SHA-256", "content": part.hashes[0]}]
    return component
