"""Kafka and Zipkin from `pom.xml`, Prometheus from Debian, kept in the user's cache, so that a second clone downloads
nothing."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from deploy.local.machine import ROOT

_POM = ROOT / "deploy/local/pom.xml"


def base() -> Path:
    """The user's cache of what was downloaded, for all clones."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onestop"


def cache() -> Path:
    """Where this version of the Java parts lives."""
    return base() / f"java-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]}"


def fetch() -> Path:
    """The folder with `kafka/*.jar` and `zipkin/*.jar`, downloaded when it is not there yet."""
    home = cache()
    if home.is_dir():
        return home
    print("downloading Kafka and Zipkin (180 MB, once)", flush=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    # Downloaded elsewhere and renamed, so that an interrupted download never looks like a finished one.
    with tempfile.TemporaryDirectory(dir=home.parent) as aside:
        into = Path(aside) / "java"
        subprocess.run(
            ["mvn", "-q", "-B", "-C", "-Dstyle.color=never", "-f", str(_POM), "package", f"-Dinto={into}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        if not home.is_dir():  # another clone may have been quicker
            shutil.move(into, home)
    return home


def keep(made: Path, place: Path) -> None:
    """A copy of the folder, whole or not at all. Who was quicker has made the same, and where nothing can be written
    everybody makes their own."""
    with suppress(OSError), tempfile.TemporaryDirectory(dir=place.parent) as aside:
        Path(shutil.copytree(made, Path(aside) / place.name)).rename(place)


def prometheus_program(name: str) -> str:
    """Where `prometheus` or `promtool` is: the machine's own, else the unpacked one."""
    return shutil.which(name) or str(base() / "prometheus" / "usr" / "bin" / name)


def prometheus_pages() -> Path | None:
    """Where the unpacked program finds its pages; None: the machine's own knows by itself."""
    return None if shutil.which("prometheus") else base() / "prometheus" / "usr" / "share" / "prometheus" / "web"


def fetch_prometheus() -> None:
    """Debian's package, unpacked and not installed: an installed one starts a daemon of its own.

    apt checks it by the archive's signature, like every other package of the machine.
    """
    home = base() / "prometheus"
    if home.is_dir() or all(shutil.which(name) for name in ("prometheus", "promtool")):
        return
    print("downloading Prometheus (19 MB, once)", flush=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as aside:
        _apt_download("prometheus", aside)
        (package,) = Path(aside).glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "-x", str(package), f"{aside}/unpacked"], check=True)
        if not home.is_dir():  # another clone may have been quicker
            shutil.move(f"{aside}/unpacked", home)


def _apt_download(package: str, into: str) -> None:
    """A machine whose package lists are older than the archive needs an update first, which only root may do."""
    download = ["apt-get", "-q", "download", package]
    if subprocess.run(download, cwd=into, capture_output=True, check=False).returncode:
        subprocess.run(["apt-get", "-q", "update"], capture_output=True, check=False)
        subprocess.run(download, cwd=into, check=True, stdout=subprocess.DEVNULL)
