"""What the machine itself must have: installed by apt where that is allowed, otherwise named in one command."""

import ctypes.util
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_JAVA = 17  # what Kafka 4 and Zipkin 3 are compiled for
_THAI_FONT = Path("/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf")


def has_program(*names: str) -> Callable[[], bool]:
    """Any of the programs is on the PATH."""
    return lambda: any(shutil.which(name) for name in names)


def has_java() -> bool:
    """A Java of the needed version or newer is on the PATH."""
    java = shutil.which("java")
    if java is None:
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return version is not None and int(version.group(1)) >= _JAVA


NEEDED: dict[str, Callable[[], bool]] = {
    "openjdk-17-jre-headless": has_java,  # Kafka, Zipkin
    "maven": has_program("mvn"),  # fetches both, pinned
    "caddy": has_program("caddy"),  # the proxy
    "chromium": has_program("chromium", "google-chrome"),  # a browser with the settings that people change
    "chromium-headless-shell": has_program("chromium-headless-shell"),  # journeys in a browser, for half of the time
    "fonts-noto-core": _THAI_FONT.exists,  # Thai in pictures of pages
    "kcat": has_program("kcat"),  # looking into topics
    "libcurl4": lambda: ctypes.util.find_library("curl") is not None,  # mongod links it
    "poppler-utils": has_program("pdftotext"),  # checking PDFs
}


def list_lacking(needed: Mapping[str, Callable[[], bool]] = NEEDED) -> list[str]:
    """The Debian packages that are missing."""
    return [package for package, present in needed.items() if not present()]


def install(needed: Mapping[str, Callable[[], bool]] = NEEDED) -> bool:
    """Install what is missing; False when that was not possible (the command to type has been printed)."""
    packages = list_lacking(needed)
    if not packages:
        return True
    script = ROOT / "deploy/local/apt.sh"
    return subprocess.run(["sh", str(script), *packages], check=False).returncode == 0 and not list_lacking(needed)
