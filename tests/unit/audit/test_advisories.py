"""A weakness is found by the package's version, whatever way the advisory says which versions are meant."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tools.audit.advisories import NotAsked, fetch, is_affected, weaknesses
from tools.audit.parts import Package

JINJA = Package("PyPI", "jinja2", "3.1.4", True, "BSD-3-Clause")


def events(*pairs: tuple[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": [{name: version} for name, version in pairs]}]}


@pytest.mark.parametrize(
    ("version", "affected", "hit"),
    [
        ("3.1.4", {"versions": ["3.1.3", "3.1.4"]}, True),
        ("3.1.5", {"versions": ["3.1.3", "3.1.4"]}, False),
        ("3.1.4", events(("introduced", "0"), ("fixed", "3.1.5")), True),
        ("3.1.5", events(("introduced", "0"), ("fixed", "3.1.5")), False),
        ("3.1.10", events(("introduced", "3.1.9"), ("fixed", "3.2")), True),
        ("2.9", events(("introduced", "3.0"), ("fixed", "3.1")), False),
        ("3.1.4", events(("introduced", "0"), ("last_affected", "3.1.4")), True),
        ("3.1.5", events(("introduced", "0"), ("last_affected", "3.1.4")), False),
        ("2.1", events(("introduced", "0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.2")), True),
        ("1.7", events(("introduced", "0"), ("fixed", "1.5"), ("introduced", "2.0"), ("fixed", "2.2")), False),
        ("5.0.0-beta.1", events(("introduced", "0"), ("fixed", "5.0.0"), kind="SEMVER"), True),
        ("1.0", events(("introduced", "0"), kind="GIT"), False),
        ("1.0", events(("introduced", "0"), ("fixed", "2.0.0-canary.7"), kind="SEMVER"), True),
        ("1.0-canary.7", events(("introduced", "0.9"), ("fixed", "2.0"), kind="SEMVER"), True),
    ],
)
def test_a_version_is_inside_or_outside(version: str, affected: Mapping[str, Any], hit: bool) -> None:
    assert is_affected(version, affected) is hit


def write(folder: Path, **advisories: list[dict[str, Any]]) -> None:
    for ecosystem in ("PyPI", "npm"):
        with zipfile.ZipFile(folder / f"{ecosystem}.zip", "w") as archive:
            for advisory in advisories.get(ecosystem, []):
                archive.writestr(f"{advisory['id']}.json", json.dumps(advisory))


def about(name: str, ecosystem: str = "PyPI", **more: Any) -> dict[str, Any]:
    affected = {"package": {"ecosystem": ecosystem, "name": name}, **events(("introduced", "0"))}
    return {"id": "X-1", "summary": "lets anybody in", "affected": [affected]} | more


def test_a_weakness_is_named_with_its_package(tmp_path: Path) -> None:
    write(tmp_path, PyPI=[about("Jinja2"), about("flask", id="X-2")])

    assert list(weaknesses([JINJA], tmp_path)) == ["pkg:pypi/jinja2@3.1.4 (runs): X-1 lets anybody in"]


def test_an_advisory_that_was_withdrawn_or_is_about_another_ecosystem_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, PyPI=[about("jinja2", withdrawn="2026-01-01T00:00:00Z")], npm=[about("jinja2", "npm")])

    assert list(weaknesses([JINJA], tmp_path)) == []


def test_a_file_that_is_not_there_is_no_clean_bill(tmp_path: Path) -> None:
    with pytest.raises(NotAsked):
        list(weaknesses([JINJA], tmp_path))


def test_without_a_network_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise httpx.ConnectError("no network")

    monkeypatch.setattr(httpx, "stream", away)
    with pytest.raises(NotAsked, match="ADVISORIES"):
        fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []
