"""Images of one static program each, as archives that containerd loads: no registry and no container engine needed."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.cluster.programs import program

PAUSE = "onestop.invalid/pause:1"
OF_THE_CLUSTER = {  # by program: `.invalid`, because they can be pulled from nowhere
    "pause": PAUSE,
    "coredns": "onestop.invalid/coredns:1",
    "metrics-server": "onestop.invalid/metrics-server:1",
    "collector": "onestop.invalid/collector:1",
}
_NOBODY = "65535:65535"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def write_archives(folder: Path) -> list[Path]:
    """One archive for each of the cluster's own images."""
    return [write_archive(folder / f"{name}.tar", image, program(name)) for name, image in OF_THE_CLUSTER.items()]


def write_archive(file: Path, image: str, binary: Path) -> Path:
    """An OCI archive: blobs by their digest, an index that names the image, and the layout's version."""
    file.parent.mkdir(parents=True, exist_ok=True)
    blobs: dict[str, bytes] = {}
    layer = _keep(blobs, _LAYER, _layer(binary))
    config = _keep(blobs, _CONFIG, _json({
        "architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        "config": {"User": _NOBODY, "Entrypoint": [f"/{binary.name}"]},
    }))  # fmt: skip
    manifest = _keep(blobs, _MANIFEST, _json({
        "schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": [layer],
    }))  # fmt: skip
    named = {**manifest, "annotations": {"io.containerd.image.name": image}}
    index = {"schemaVersion": 2, "manifests": [named]}
    with tarfile.open(file, "w") as archive:
        for name, content in (("oci-layout", _json({"imageLayoutVersion": "1.0.0"})), ("index.json", _json(index))):
            _add(archive, name, content)
        for digest, content in blobs.items():
            _add(archive, f"blobs/sha256/{digest}", content)
    return file


def _layer(binary: Path) -> bytes:
    """A root file system that holds the program."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        _add(layer, binary.name, binary.read_bytes(), 0o755)
    return buffer.getvalue()


def _keep(blobs: dict[str, bytes], kind: str, content: bytes) -> Mapping[str, Any]:
    """Its descriptor."""
    digest = hashlib.sha256(content).hexdigest()
    blobs[digest] = content
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _json(what: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return json.dumps(what, sort_keys=True).encode()
