"""The lock files are read whole: what is not read is not audited."""

import json
import re
from pathlib import Path

import pytest

from tests.support.source import ROOT
from tools.audit.licences import wrong_licences
from tools.audit.parts import Package, licence_of, read_parts


def test_every_pin_of_the_locks_is_a_part() -> None:
    parts = read_parts(ROOT)
    pins = set(
        re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / "requirements-dev.lock").read_text("utf-8"), re.MULTILINE)
    )
    npm = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    assert {part.name for part in parts if part.ecosystem == "PyPI"} == pins
    assert {part.name for part in parts if part.ecosystem == "npm"} == {
        one.get("name", path.rpartition("node_modules/")[2]) for path, one in npm.items() if path
    }


def test_what_runs_is_told_from_what_builds() -> None:
    runs = {part.name for part in read_parts(ROOT) if part.runs}

    assert {"fastapi", "uvicorn", "maplibre-gl"} <= runs
    assert runs.isdisjoint({"pytest", "ruff", "maildev"})


def test_a_lock_is_read_with_its_hashes(tmp_path: Path) -> None:
    text = f"A_b.c[x]==1.0 \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{'1' * 64}\nd==2\n"
    (tmp_path / "requirements.lock").write_text(text)
    (tmp_path / "requirements-dev.lock").write_text(text + "e==3\n")
    packages = {"": {}, "node_modules/@s/p": {"version": "4", "license": "(MIT OR GPL-3.0)", "dev": True}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))

    assert read_parts(tmp_path) == [
        Package("npm", "@s/p", "4", False, "MIT OR GPL-3.0"),
        Package("PyPI", "a-b-c", "1.0", True, "", ("0" * 64, "1" * 64)),
        Package("PyPI", "d", "2", True, ""),
        Package("PyPI", "e", "3", False, ""),
    ]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("BSD-3-Clause AND 0BSD", True),
        ("(Apache-2.0 OR BSD-2-Clause)", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("SSPL-1.0", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_if_one_choice_of_it_is(licence: str, allowed: bool) -> None:
    assert (not list(wrong_licences([Package("PyPI", "a", "1", True, licence)]))) is allowed


def test_what_is_delivered_may_be() -> None:
    assert list(wrong_licences(read_parts(ROOT))) == []


@pytest.mark.parametrize(
    ("told", "file", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0", None, "MIT OR Apache-2.0"),
        ("License: BSD License", None, "BSD-3-Clause"),
        ("Classifier: License :: OSI Approved :: MIT License", None, "MIT"),
        ("Keywords: silent", "MIT License\n\nCopyright …", "MIT"),
        ("Keywords: silent", "All rights reserved\n", "All rights reserved"),
        ("Keywords: silent", None, ""),
    ],
)
def test_a_licence_is_read_wherever_the_package_tells_it(
    told: str, file: str | None, licence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made_up-1.dist-info"
    (folder / "licenses").mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: made-up\nVersion: 1\n{told}\n")
    (folder / "RECORD").write_text("made_up-1.dist-info/licenses/LICENSE,,\n" if file else "")
    if file:
        (folder / "licenses" / "LICENSE").write_text(file)
    monkeypatch.syspath_prepend(tmp_path)

    assert licence_of("made-up") == licence


def test_what_only_builds_may_have_any_licence() -> None:
    assert not list(wrong_licences([Package("npm", "a", "1", False, "GPL-3.0-only")]))
