"""A town may have authorities of its own: a file that a setting names is there in every pod that reads the setting."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.manifests import KUBERNETES, OVERLAYS, Manifest, named, overlay, pods, render

AUTHORITIES = "/etc/onestop/authorities/"


def unmounted(objects: tuple[Manifest, ...]) -> Iterator[str]:
    """Files that the ConfigMap of settings names, and that a pod which reads it does not have."""
    for one, pod in pods(objects):
        for container in pod["containers"]:
            mounted = [mount["mountPath"] + "/" for mount in container.get("volumeMounts", ())]
            for source in container.get("envFrom", ()):
                (told,) = (
                    made["data"] for made in named(objects, "ConfigMap", source["configMapRef"]["name"])
                    if made["metadata"].get("namespace") == one["metadata"].get("namespace")
                )  # fmt: skip
                for name, value in told.items():
                    if value.startswith("/") and not value.startswith(tuple(mounted)):
                        yield f"{name}={value} in {one['kind']} {one['metadata']['name']}"


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_file_that_a_setting_names_is_mounted(name: str) -> None:
    assert list(unmounted(overlay(name))) == []


def test_a_town_with_authorities_of_its_own_has_them_in_every_pod_with_the_lines_of_the_guide(tmp_path: Path) -> None:
    guide = (KUBERNETES / "README.md").read_text("utf-8").partition("### Authorities of your own")[2]
    lines = guide.partition("```yaml\n")[2].partition("```")[0]
    files = [name.strip() for name in lines.partition("files: [")[2].partition("]")[0].split(",")]
    for name in files:
        (tmp_path / name).write_text("-----BEGIN CERTIFICATE-----\n")
    town = os.path.relpath(KUBERNETES / "overlays/town", tmp_path)
    (tmp_path / "kustomization.yaml").write_text(
        f"kind: Kustomization\nnamespace: onestop\nresources: [{town}]\n{lines}"
    )
    found = render(tmp_path)

    assert list(unmounted(found)) == []
    (told,) = [one["data"] for one in named(found, "ConfigMap") if one["metadata"]["name"].startswith("settings-")]
    assert {value.removeprefix(AUTHORITIES) for value in told.values() if value.startswith(AUTHORITIES)} == set(files)
    (made,) = [one for one in named(found, "ConfigMap") if one["metadata"]["name"].startswith("authorities-")]
    assert set(made["data"]) == set(files)
    readers = [pod for _, pod in pods(found) if any("envFrom" in container for container in pod["containers"])]
    assert readers
    assert {
        volume["configMap"]["name"] for pod in readers for volume in pod["volumes"] if volume["name"] == "authorities"
    } == {made["metadata"]["name"]}


def test_a_file_that_no_pod_has_is_found() -> None:
    settings = {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"SMTP_CA_FILE": "/nowhere/mail.pem"}}
    spec = {"containers": [{"envFrom": [{"configMapRef": {"name": "settings"}}], "volumeMounts": []}]}
    pod = {"kind": "Deployment", "metadata": {"name": "notify"}, "spec": {"template": {"spec": spec}}}

    assert list(unmounted((settings, pod))) == ["SMTP_CA_FILE=/nowhere/mail.pem in Deployment notify"]
