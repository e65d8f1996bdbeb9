"""An image of one program is an archive in the form that container runtimes load."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.cluster import images


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tarfile.TarFile]:
    program = tmp_path / "pause"
    program.write_bytes(b"a program")
    with tarfile.open(images.write_archive(tmp_path / "pause.tar", images.PAUSE, program)) as opened:
        yield opened


def read(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found is not None
    return found.read()


def blob(archive: tarfile.TarFile, descriptor: dict[str, Any]) -> bytes:
    """What the descriptor names, checked by its size and digest."""
    content = read(archive, f"blobs/{descriptor['digest'].replace(':', '/')}")
    assert len(content) == descriptor["size"]
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == descriptor["digest"]
    return content


def test_the_index_names_the_image_and_leads_to_its_program(archive: tarfile.TarFile) -> None:
    assert json.loads(read(archive, "oci-layout")) == {"imageLayoutVersion": "1.0.0"}
    (named,) = json.loads(read(archive, "index.json"))["manifests"]
    assert named["annotations"]["io.containerd.image.name"] == images.PAUSE
    manifest = json.loads(blob(archive, named))
    config = json.loads(blob(archive, manifest["config"]))
    (layer,) = manifest["layers"]
    assert config["rootfs"]["diff_ids"] == [layer["digest"]]
    assert config["config"] == {"User": "65535:65535", "Entrypoint": ["/pause"]}
    with tarfile.open(fileobj=io.BytesIO(blob(archive, layer))) as root:
        (only,) = root.getmembers()
        assert (only.name, only.mode, read(root, "pause")) == ("pause", 0o755, b"a program")
