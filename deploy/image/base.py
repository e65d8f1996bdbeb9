"""A base of Debian's own packages, for machines that reach no registry: what the image `debian:bookworm-slim` holds."""

import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from deploy.image.buildah import Buildah

SUITE = "bookworm"  # as the base that the Dockerfile pins
# What that base leaves out of every package; it stays in force for what is installed later.
LEFT_OUT = ("doc", "info", "lintian", "linda", "locale", "man")
KEPT = "/usr/share/doc/*/copyright"


def base(buildah: Buildah, now: datetime | None = None) -> str:
    """The image's name; it is made anew in each week, for Debian's security updates."""
    week = (now or datetime.now(UTC)).strftime("%G-%V")
    name = f"localhost/onestop-base:{SUITE}-{week}"
    if not buildah.has(name):
        print(f"making a base from Debian's packages: {name}", flush=True)
        _make(buildah, name)
    return name


def _make(buildah: Buildah, name: str) -> None:
    buildah.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=buildah.home) as aside:
        tree = Path(aside) / "base.tar"
        excludes = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT]
        options = ["--quiet", "--variant=minbase", *excludes, f"--dpkgopt=path-include={KEPT}"]
        subprocess.run(["mmdebstrap", *options, SUITE, str(tree)], check=True)
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, str(tree), "/")
        buildah("config", "--cmd", '["bash"]', container)
        buildah("commit", "--quiet", "--rm", container, name)
