"""The cluster's programs are of pinned versions, and kept by what they are made of."""

import re
from pathlib import Path

import pytest

from deploy.cluster import programs
from deploy.cluster.programs import ALL, KUBERNETES, MODULES, Module
from deploy.local.machine import ROOT
from deploy.local.runner import StackError


def test_every_folder_of_modules_is_built_and_every_module_has_one() -> None:
    assert {folder.name for folder in MODULES.iterdir()} == {module.name for module in ALL}


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.name)
def test_every_version_that_a_module_needs_has_a_checksum(module: Module) -> None:
    text = (module.sources / "go.mod").read_text()
    required = dict(re.findall(r"^(?:require|\t)\s*(\S+) (v\S+)", text, re.MULTILINE))
    wanted = required | {
        name: version for name, version in re.findall(r"^\t(\S+) => \S+ (v\S+)", text, re.MULTILINE) if name in required
    }
    sums = (module.sources / "go.sum").read_text() if wanted else ""
    assert [one for one in wanted.items() if f"{one[0]} {one[1]}/go.mod h1:" not in sums] == []


def test_the_programs_are_of_the_version_that_they_report() -> None:
    kubernetes = next(module for module in ALL if module.name == "kubernetes")
    assert f"k8s.io/kubernetes {KUBERNETES}" in (kubernetes.sources / "go.mod").read_text()
    assert kubernetes.stamp["k8s.io/component-base/version.gitVersion"] == KUBERNETES
    assert kubernetes.stamp["k8s.io/component-base/version.gitMinor"] == KUBERNETES.split(".")[1]


def test_another_version_is_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MODULES", tmp_path)
    module = Module("one", {"one": "."})
    module.sources.mkdir()
    (module.sources / "go.mod").write_text("go 1.24")
    before = module.home
    (module.sources / "go.mod").write_text("go 1.25")
    assert module.home != before


def test_what_is_not_built_says_how_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(StackError, match="kubelet is not built: make cluster"):
        programs.program("kubelet")


def test_without_a_compiler_it_says_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StackError, match=rf"Go {re.escape(programs.go())} or newer"):
        programs.build(lambda _: None)


def test_the_guide_names_the_compiler_that_all_of_them_need() -> None:
    assert f"Go {programs.go()} or newer" in (ROOT / "docs/operations/cluster.md").read_text("utf-8")
