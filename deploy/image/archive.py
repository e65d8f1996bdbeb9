"""Reads an image's archive (OCI image layout in a tar): what a registry would say about it."""

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Archive:
    """One image, as it is pulled and as it is started."""

    packed: int  # bytes of its compressed layers, which a node pulls
    config: dict[str, Any]  # Env, Entrypoint, Cmd, User, WorkingDir, Labels


def read(path: Path) -> Archive:
    """Of an archive that holds one image for one platform."""
    with tarfile.open(path) as files:
        (entry,) = _json(files, "index.json")["manifests"]
        manifest = _json(files, _blob(entry))
        config = _json(files, _blob(manifest["config"]))
    return Archive(sum(layer["size"] for layer in manifest["layers"]), config["config"])


def _blob(entry: dict[str, Any]) -> str:
    return "blobs/" + str(entry["digest"]).replace(":", "/")


def _json(files: tarfile.TarFile, member: str) -> dict[str, Any]:
    file = files.extractfile(member)
    if file is None:
        raise LookupError(f"the archive holds no {member}")
    found: dict[str, Any] = json.load(file)
    return found
