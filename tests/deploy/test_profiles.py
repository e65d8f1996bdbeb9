"""A town's profile arrives in the pods as it lies in its folder."""

import base64
import shutil
from pathlib import Path

import pytest

from shared.town import load_town
from tests.support.manifests import Manifest, named, overlay, pods, services, template
from tests.support.source import ROOT
from tools.manifests import town
from tools.manifests.__main__ import main

TOWNS = ROOT / "deploy/municipalities"
MOST = 1024 * 1024  # bytes of a ConfigMap, by Kubernetes
MOUNTED = [
    ("demo", "onestop-demo", "maehia"),
    ("town", "onestop", "maehia"),
    ("province", "nong-bua-noi", "nong-bua-noi"),
]


def unpack(objects: tuple[Manifest, ...], pod: Manifest, into: Path) -> None:
    """Lay out the volume `town` of a Deployment as the kubelet does."""
    (volume,) = [one for one in template(pod)["spec"]["volumes"] if one["name"] == "town"]
    for source in volume["projected"]["sources"]:
        (found,) = [
            one
            for one in named(objects, "ConfigMap", source["configMap"]["name"])
            if one["metadata"]["namespace"] == pod["metadata"]["namespace"]
        ]
        data = {key: text.encode() for key, text in found.get("data", {}).items()}
        data |= {key: base64.b64decode(packed) for key, packed in found.get("binaryData", {}).items()}
        for item in source["configMap"]["items"]:
            file = into / item["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data[item["key"]])


@pytest.mark.parametrize(("name", "namespace", "code"), MOUNTED)
def test_every_pod_finds_the_profile_complete(name: str, namespace: str, code: str, tmp_path: Path) -> None:
    objects = overlay(name)
    own = [one for one, pod in pods(objects) if one["metadata"]["namespace"] == namespace and _mounts(pod)]
    unpack(objects, own[0], tmp_path)

    mounted, profile = load_town(tmp_path), load_town(TOWNS / code)
    assert mounted.model_copy(update={"directory": profile.directory}) == profile
    for folder in ("map", "layers"):
        assert {path.name for path in (tmp_path / folder).glob("*")} >= _read(TOWNS / code / folder)
    assert all(_volume(one) == _volume(own[0]) for one in own)


def _read(folder: Path) -> set[str]:
    """What a service reads of it."""
    return {path.name for path in folder.glob("*") if not path.name.startswith("extract.")}


def _mounts(pod: Manifest) -> bool:
    return any(volume["name"] == "town" for volume in pod.get("volumes", ()))


def _volume(pod: Manifest) -> Manifest:
    (volume,) = [one for one in template(pod)["spec"]["volumes"] if one["name"] == "town"]
    return dict(volume)


@pytest.mark.parametrize("name", ["demo", "town", "province"])
def test_no_configmap_is_larger_than_kubernetes_takes(name: str) -> None:
    for one in named(overlay(name), "ConfigMap"):
        size = sum(len(value) for part in ("data", "binaryData") for value in one.get(part, {}).values())

        assert size < MOST, one["metadata"]["name"]


def test_a_profile_that_fits_into_no_configmap_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(TOWNS / "nong-bua-noi", tmp_path / "large"))
    (folder / town.FILE).unlink()
    (folder / "map").mkdir()
    (folder / "map/town.pmtiles").write_bytes(b"x" * MOST)

    assert main([str(folder)]) == 2
    assert "ConfigMap town-map" in capsys.readouterr().err
    assert not (folder / town.FILE).exists()


def test_checking_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "somewhere"
    shutil.copytree(TOWNS / "nong-bua-noi", folder, ignore=shutil.ignore_patterns(town.FILE))

    assert main([str(folder), "--check"]) == 1
    assert not (folder / town.FILE).exists()
    assert main([str(folder)]) == 0
    assert main([str(folder), "--check"]) == 0
    assert "is behind" in capsys.readouterr().out


def test_a_profile_with_a_fault_is_refused_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "town.yaml").write_text("code: Some Where\n")

    assert main([str(tmp_path)]) == 2
    assert f"{tmp_path}/town.yaml:1: code" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "namespace", "code"), MOUNTED)
def test_every_pod_says_whose_it_is(name: str, namespace: str, code: str) -> None:
    own = [one for one in services(overlay(name)) if one["metadata"]["namespace"] == namespace]

    assert {one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/instance"] for one in own} == {code}
