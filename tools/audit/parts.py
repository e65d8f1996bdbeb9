"""What the locks name: every package that is built with or runs, where it comes from, and what its licence is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import quote

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_TYPES = {"PyPI": "pypi", "npm": "npm", "Debian": "deb/debian"}  # of package URLs, by ecosystem
# What packages that do not yet speak SPDX say, in SPDX.
_SPDX = {
    "Apache Software License": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


@dataclass(frozen=True)
class Package:
    """One package of a lock; `runs`: it is part of what is delivered, not only of what builds and tests it."""

    ecosystem: str  # as OSV names it: `PyPI`, `npm`, `Debian`
    name: str
    version: str
    runs: bool
    licence: str
    hashes: tuple[str, ...] = ()  # SHA-256, of which any is the right one
    qualifiers: str = ""  # what else of a package URL tells it from its like, from the `?` on

    @property
    def purl(self) -> str:
        """Package URL (https://github.com/package-url/purl-spec)."""
        kind = _TYPES[self.ecosystem]
        return f"pkg:{kind}/{quote(self.name, safe='/')}@{quote(self.version)}{self.qualifiers}"


def read_parts(root: Path) -> list[Package]:
    """Every package of the lock files, each once; one that runs and builds counts as one that runs."""
    found: dict[str, Package] = {}
    for package in (*_python(root), *_npm(root)):
        found.setdefault(package.purl, package)
    return sorted(found.values(), key=lambda package: package.purl)


def _python(root: Path) -> Iterator[Package]:
    for file, runs in (("requirements.lock", True), ("requirements-dev.lock", False)):
        text = (root / file).read_text("utf-8")
        pins = list(_PINNED.finditer(text))
        for pin, following in zip(pins, [*pins[1:], None], strict=True):
            name = re.sub(r"[-_.]+", "-", pin[1]).lower()
            hashes = _HASH.findall(text, pin.end(), following.start() if following else len(text))
            yield Package("PyPI", name, pin[2], runs, licence_of(name), tuple(hashes))


def _npm(root: Path) -> Iterator[Package]:
    lock = json.loads((root / "package-lock.json").read_text("utf-8"))
    for path, one in lock["packages"].items():
        if path and not one.get("link"):
            name = one.get("name") or path.rpartition("node_modules/")[2]
            yield Package("npm", name, one["version"], not one.get("dev"), str(one.get("license", "")).strip("()"))


def licence_of(name: str) -> str:
    """The SPDX expression of an installed Python package; empty when it is not installed or does not say."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return ""
    told = installed.metadata
    if expression := told.json.get("license_expression"):
        return str(expression)
    said = str(told.json.get("license", "")).partition("\n")[0].strip()
    if said and len(said) < 40:
        return _SPDX.get(said, said)
    classified = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License")]
    return " OR ".join(_SPDX.get(each, each) for each in classified) or " AND ".join(_headings(installed))


def _headings(installed: Distribution) -> Iterator[str]:
    """What the licence files that a silent package brings call themselves in their first line."""
    for file in installed.files or ():
        if file.parent.name == "licenses":
            heading = file.read_text("utf-8").lstrip().partition("\n")[0].strip()
            yield _SPDX.get(heading, heading)
