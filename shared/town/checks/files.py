"""Files that the profile names must exist: the map must be PMTiles, a layer GeoJSON with an attribution."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.town.checks.raw import Finding, find

MAP = "map/town.pmtiles"
_PMTILES = b"PMTiles\x03"


def findings(data: dict[str, Any], directory: Path) -> Iterator[Finding]:
    """Missing files, layers that are no FeatureCollection or have no attribution."""
    for location, name in find(data, "branding.logo"):
        if not (directory / str(name)).is_file():
            yield location, f"there is no file {name!r} in the town's folder"
    for location, name in find(data, "layers.*.file"):
        reason = _layer(directory / str(name))
        if reason:
            yield location, f"{name}: {reason}"
    for location, base in find(data, "map"):
        if isinstance(base, dict) and not base.get("tiles") and not _is_map(directory / MAP):
            yield location, f"has no `tiles`, and the town's folder no {MAP}: make it with `make map`"


def _is_map(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return opened.read(len(_PMTILES)) == _PMTILES


def _layer(path: Path) -> str | None:
    try:
        content = json.loads(path.read_bytes())
    except OSError:
        return "there is no such file in the town's folder"
    except ValueError as error:
        return f"not JSON: {error}"
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        return "must be a GeoJSON FeatureCollection"
    return None if content.get("attribution") else "has no attribution"
