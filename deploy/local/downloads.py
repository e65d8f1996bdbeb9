"""Kafka and Zipkin from `pom.xml`, kept in the user's cache by content, so that a second clone downloads nothing."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.machine import ROOT

_POM = ROOT / "deploy/local/pom.xml"


def cache() -> Path:
    """Where this version of the Java parts lives."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "onestop" / f"java-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]}"


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
