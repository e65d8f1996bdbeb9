"""Builds the images by the Dockerfile and lays them down as archives, which any registry and any cluster takes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.image import archive
from deploy.image.base import base
from deploy.image.buildah import Buildah, cache
from deploy.local.machine import ROOT
from shared import release

# By target of the Dockerfile, what the image is called: in the manifests, in the compose file, in a registry.
NAMES = {"service": "onestop", "oidc": "onestop-oidc"}
TARGETS = ("service",)  # what a town runs; the other is the development provider
ARCHIVES = ROOT / ".local" / "image"
_TRUST = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Source:
    """What is built: a commit, with whatever was changed since. Every file of an image has the commit's time, so that
    the same source gives the same image."""

    version: str
    revision: str
    committed: int  # seconds since 1970

    @property
    def created(self) -> str:
        """As labels have it."""
        return datetime.fromtimestamp(self.committed, UTC).isoformat()


@dataclass(frozen=True)
class Built:
    """An image in the store and as an archive."""

    name: str
    id: str  # the name may be another clone's by now
    archive: Path
    unpacked: int  # bytes of its files
    packed: int  # bytes that a node pulls

    def __str__(self) -> str:
        mega = f"{self.unpacked / 1e6:.0f} MB unpacked, {self.packed / 1e6:.0f} MB to pull"
        return f"{self.name}: {mega}\n  {self.archive}"


def source(root: Path = ROOT) -> Source:
    """Of a clone."""
    changed = "-changed" if _git(root, "status", "--porcelain") else ""
    revision = _git(root, "rev-parse", "HEAD") + changed
    return Source(release.read(root).version, revision, int(_git(root, "log", "-1", "--format=%ct")))


def build(target: str, base_image: str | None = None, tag: str = "local") -> Built:
    """One of them; `base_image` in place of a base made here, `pinned` for the one that the Dockerfile names."""
    buildah, what = Buildah(cache()), source()
    name = f"docker.io/library/{NAMES[target]}:{tag}"  # in full what every engine makes of a bare `onestop:local`
    chosen = base_image or base(buildah)
    arguments = {"VERSION": what.version, "REVISION": what.revision, "CREATED": what.created}
    if chosen != "pinned":
        arguments["BASE"] = chosen
    pull = "false" if chosen == "pinned" else "never"
    trust = os.environ.get("SSL_CERT_FILE") or _TRUST
    ARCHIVES.mkdir(parents=True, exist_ok=True)
    file, identity = ARCHIVES / f"{target}.tar", ARCHIVES / f"{target}.id"
    buildah(
        "build", "--quiet", "--layers", "--isolation", "chroot", "--network", "host", f"--pull={pull}",
        *(f"--build-arg={key}={value}" for key, value in arguments.items()),
        *([f"--secret=id=trust,src={trust}"] if Path(trust).is_file() else []),
        f"--timestamp={what.committed}", "--target", target, "--file", str(ROOT / "deploy/image/Dockerfile"),
        "--iidfile", str(identity), "--tag", name, str(ROOT),
    )  # fmt: skip
    image = identity.read_text("utf-8").strip().removeprefix("sha256:")
    file.unlink(missing_ok=True)
    buildah("push", "--quiet", image, f"oci-archive:{file}:{name}")
    return Built(name, image, file, measure_unpacked(buildah, image), archive.read(file).packed)


def measure_unpacked(buildah: Buildah, image: str) -> int:
    """Bytes of the files as they stand in a container."""
    with mount_image(buildah, image) as tree:
        said = subprocess.run(["du", "-sxb", str(tree)], check=True, capture_output=True, text=True).stdout
        return int(said.split()[0])


@contextmanager
def mount_image(buildah: Buildah, image: str) -> Iterator[Path]:
    """The root of the image's files; what is written there is forgotten."""
    container = buildah("from", "--pull=never", image)
    try:
        yield Path(buildah("mount", container))
    finally:
        buildah("rm", container)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()
