"""The guide for a new town, followed in a temporary folder as it stands."""

import re
import shutil
from pathlib import Path

import pytest

from shared.town import load_town
from shared.web.safety import refuse_unsafe
from tests.support.deployed import read
from tests.support.kubernetes_schemas import faults
from tests.support.manifests import KUBERNETES, Manifest, label, named, pods, render, services
from tests.support.scaled import unreachable
from tests.support.source import ROOT
from tools.manifests.__main__ import main as write

GUIDE = (KUBERNETES / "README.md").read_text("utf-8")
MODEL, TOWN = "nong-bua-noi", "chiang-dao"


def block(after: str) -> str:
    """The first YAML of a part of the guide."""
    found = re.search(r"^( *)```yaml\n(.*?)^ *```", GUIDE.partition(after)[2], re.MULTILINE | re.DOTALL)
    assert found, after
    return "".join(line.removeprefix(found[1]) for line in found[2].splitlines(keepends=True))


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """A copy of what overlays are made of, with the profile of a town more."""
    for part in ("kubernetes", "proxy"):
        shutil.copytree(ROOT / "deploy" / part, tmp_path / part)
    profile = tmp_path / "municipalities" / TOWN
    shutil.copytree(ROOT / "deploy/municipalities" / MODEL, profile)
    town = profile / "town.yaml"
    town.write_text(town.read_text("utf-8").replace(f"code: {MODEL}", f"code: {TOWN}"), "utf-8")
    return tmp_path


def overlaid(deploy: Path, kustomization: str) -> tuple[Manifest, ...]:
    folder = deploy / "kubernetes/overlays" / TOWN
    folder.mkdir(exist_ok=True)
    (folder / "kustomization.yaml").write_text(kustomization, "utf-8")
    return render(folder)


def test_ten_lines_and_a_profile_are_a_town(deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = deploy / "municipalities" / TOWN
    assert load_town(profile).code == TOWN
    assert write([str(profile)]) == 0
    objects = overlaid(deploy, block("**Overlay.**"))

    assert [fault for one in objects for fault in faults(one, "1.30")] == []
    assert unreachable(objects) == []
    for one in services(objects):
        refuse_unsafe(read(objects, one, tmp_path / "pod", monkeypatch), label(one, "name"))
    (route,) = named(objects, "HTTPRoute")
    assert route["spec"]["hostnames"] == ["onestop.example"]
    assert len(block("**Overlay.**").splitlines()) <= 11


def test_a_profile_too_large_for_a_configmap_comes_in_an_image(deploy: Path) -> None:
    own = deploy / "kubernetes/overlays" / TOWN / "profile"
    own.mkdir(parents=True)
    (own / "kustomization.yaml").write_text(block("## A large profile"), "utf-8")
    objects = overlaid(deploy, re.sub(r"[^\s\[]+municipalities/[\w-]+", own.name, block("**Overlay.**")))
    mounted = [volume for _, pod in pods(objects) for volume in pod.get("volumes", ()) if volume["name"] == "town"]

    assert len(mounted) > len(services(objects)), "the operator's, the jobs' and the backup's too"
    for town in mounted:
        assert town == {"name": "town", "image": {"reference": f"registry.example/{TOWN}:2026-11"}}
    assert [fault for one in objects for fault in faults(one, "1.37")] == []
