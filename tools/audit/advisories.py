"""Known weaknesses of what the locks name, by the advisories of OSV (https://osv.dev): a file for each ecosystem.

The files are what OSV publishes as `all.zip`. They are fetched where there is a network, and read from a folder where
there is none, so that the same check runs behind a closed door.
"""

import json
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from packaging.version import InvalidVersion, Version

from tools.audit.parts import Package

SOURCE = "https://osv-vulnerabilities.storage.googleapis.com/{ecosystem}/all.zip"
ECOSYSTEMS = ("PyPI", "npm")
FRESH_SECONDS = 24 * 3600


class NotAsked(Exception):
    """Nobody could be asked; the text says why and what to do."""


def fetch(folder: Path) -> None:
    """Today's advisories; a file that is fresh stays. `NotAsked` without a network."""
    folder.mkdir(parents=True, exist_ok=True)
    for ecosystem in ECOSYSTEMS:
        file = folder / f"{ecosystem}.zip"
        if file.exists() and time.time() < file.stat().st_mtime + FRESH_SECONDS:
            continue
        address = SOURCE.format(ecosystem=ecosystem)
        part = file.with_suffix(".part")
        try:
            with httpx.stream("GET", address, timeout=60, follow_redirects=True) as answer, part.open("wb") as into:
                answer.raise_for_status()
                for piece in answer.iter_bytes():
                    into.write(piece)
        except httpx.HTTPError as error:
            part.unlink(missing_ok=True)
            raise NotAsked(
                f"{address} gives no answer ({type(error).__name__}): fetch it elsewhere as {file.name} and name its "
                "folder with ADVISORIES=…"
            ) from error
        part.rename(file)


def weaknesses(parts: Iterable[Package], folder: Path) -> Iterator[str]:
    """Each package with the advisories about its version. `NotAsked` when a file is not there."""
    wanted: dict[tuple[str, str], list[Package]] = {}
    for part in parts:
        wanted.setdefault((part.ecosystem, part.name), []).append(part)
    for ecosystem in ECOSYSTEMS:
        file = folder / f"{ecosystem}.zip"
        if not file.exists():
            raise NotAsked(f"{file} is not there")
        for advisory in _advisories(file):
            yield from _hits(advisory, wanted)


def _advisories(file: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            advisory: dict[str, Any] = json.loads(archive.read(name))
            if "withdrawn" not in advisory:
                yield advisory


def _hits(advisory: Mapping[str, Any], wanted: Mapping[tuple[str, str], list[Package]]) -> Iterator[str]:
    for affected in advisory.get("affected", []):
        about = affected.get("package", {})
        for part in wanted.get((about.get("ecosystem", ""), about.get("name", "").lower()), []):
            if is_affected(part.version, affected):
                where = "runs" if part.runs else "builds and tests"
                yield f"{part.purl} ({where}): {advisory['id']} {advisory.get('summary', '')}".rstrip()


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """By the list of versions, or by a range of them (OSV schema 1.6: events in order)."""
    if version in affected.get("versions", ()):
        return True
    ranges = (each for each in affected.get("ranges", ()) if each["type"] in ("ECOSYSTEM", "SEMVER"))
    return any(_within(version, each["events"]) for each in ranges)


def _within(version: str, events: Iterable[Mapping[str, str]]) -> bool:
    """What cannot be compared is taken for the worse: introduced before it, and not fixed yet."""
    inside = False
    for event in events:
        (kind, bound), *_ = event.items()
        order = _compare_versions(version, bound)
        if kind == "introduced" and (bound == "0" or order != -1):
            inside = True
        elif (kind == "fixed" and order in (0, 1)) or (kind == "last_affected" and order == 1):
            inside = False
    return inside


def _compare_versions(version: str, bound: str) -> int | None:
    """-1: older, 0: the same, 1: newer; both ecosystems' versions compare alike. None: one of them cannot be read."""
    try:
        ours, theirs = Version(version), Version(bound)
    except InvalidVersion:
        return None
    return (ours > theirs) - (ours < theirs)
