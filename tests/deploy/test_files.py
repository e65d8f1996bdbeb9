"""Every file under deploy/kubernetes is part of some overlay, and every component stands in the guide."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.support.manifests import KUBERNETES, OF_CLUSTER, OVERLAYS
from tests.support.source import ROOT

GUIDE = (KUBERNETES / "README.md").read_text("utf-8")


def reached(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """Every file that a kustomization reads, those of its bases and components included."""
    file = next(found for name in ("kustomization.yaml", "Kustomization") if (found := folder / name).is_file())
    if file in seen:
        return
    seen.add(file)
    yield file
    content: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    for name in (*content.get("resources", ()), *content.get("components", ())):
        path = (folder / name).resolve()
        yield from reached(path, seen) if path.is_dir() else [path]
    yield from ((folder / patch["path"]).resolve() for patch in content.get("patches", ()) if "path" in patch)
    for made in content.get("configMapGenerator", ()):
        named = (*made.get("files", ()), *made.get("envs", ()))
        yield from ((folder / name.rpartition("=")[2]).resolve() for name in named)


def test_every_file_is_part_of_what_is_applied() -> None:
    applied = [*OVERLAYS, OF_CLUSTER]
    used = {path for name in applied for path in reached((KUBERNETES / "overlays" / name).resolve(), set())}
    there = {path.resolve() for path in KUBERNETES.rglob("*") if path.is_file()}

    assert sorted(there - used - {KUBERNETES.resolve() / "README.md"}) == []


def test_every_component_is_explained_and_every_one_explained_exists() -> None:
    table = GUIDE.partition("| component |")[2].partition("\n\n")[0]
    explained = {name for row in table.splitlines()[2:] for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}

    assert explained == {path.parent.name for path in (KUBERNETES / "components").glob("*/kustomization.yaml")}


def test_every_overlay_that_we_ship_is_explained() -> None:
    table = GUIDE.partition("| overlay |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) <= set(OVERLAYS)
    assert "demo" in table


def test_what_the_guide_points_at_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", GUIDE)
    folders = re.findall(r"-k (deploy/\S+)", GUIDE)

    assert [link for link in links if not (KUBERNETES / link).exists()] == []
    assert [folder for folder in folders if "chiang-dao" not in folder and not (ROOT / folder).is_dir()] == []
