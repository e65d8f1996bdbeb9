"""A town's folder as ConfigMaps: its `Kustomization`, with which an overlay mounts the profile into every pod.

A key of a ConfigMap holds no slash and all its values together 1 MiB, so map and plan have a ConfigMap of their own and
every file is told the path it is mounted at. The file is called `Kustomization`, not `….yaml`: those are the profile's.
"""

from collections.abc import Sequence
from pathlib import Path

from shared.town import Town
from tools.manifests.text import Manifest, dump, text

MOST = 1024 * 1024  # bytes of a ConfigMap, by Kubernetes
ROOM = 4096  # for names and what the API server notes beside them
FILE = "Kustomization"
UNUSED = ("map/extract.geojson.gz",)  # what the map is made of; no service reads it
MAPS = {"town": "", "town-map": "map/", "town-plan": "plan/"}  # ConfigMap, and the subfolder that is its own
PODS = "app.kubernetes.io/component in (api, worker, operator, prepare)"


class TooLarge(Exception):
    """The profile fits into no ConfigMap; the text says what to do."""


def files(town: Town) -> dict[Path, str]:
    """Path and text of the town's one generated file. Raises `TooLarge`."""
    return {town.directory / FILE: text([component(town)], "the files of this folder")}


def component(town: Town) -> Manifest:
    """What an overlay names among its components."""
    folder = town.directory
    found = {name: _files(folder, name) for name in MAPS}
    kept = {name: paths for name, paths in found.items() if paths}
    for name, paths in kept.items():
        _refuse_too_large(folder, name, paths)
    return {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "configMapGenerator": [
            {"name": name, "files": [f"{_key(path)}={path}" for path in paths]} for name, paths in kept.items()
        ],
        "patches": [{"target": {"kind": "Deployment|Job", "labelSelector": PODS}, "patch": _pod(town.code, kept)}],
    }


def _files(folder: Path, name: str) -> list[str]:
    every = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    own = (path for path in every if path not in (FILE, *UNUSED))
    return [path for path in own if _map_of(path) == name]


def _map_of(path: str) -> str:
    """The ConfigMap that holds a file."""
    return next((name for name, folder in MAPS.items() if folder and path.startswith(folder)), "town")


def _key(path: str) -> str:
    """Of a file in a ConfigMap."""
    return path.replace("/", "__")


def _refuse_too_large(folder: Path, name: str, paths: Sequence[str]) -> None:
    size = sum((folder / path).stat().st_size for path in paths)
    if size > MOST - ROOM:
        raise TooLarge(
            f"{folder}: the files of ConfigMap {name} have {size:,} bytes, and it holds {MOST - ROOM:,}. Put the "
            'folder into an image instead (deploy/kubernetes/README.md, "A large profile")'
        )


def _pod(code: str, found: dict[str, list[str]]) -> str:
    """The volume `town` of every pod, with each file in its place; and whose pod it is, for figures and logs."""
    sources = [
        {"configMap": {"name": name, "items": [{"key": _key(path), "path": path} for path in paths]}}
        for name, paths in found.items()
    ]
    pod = {
        "metadata": {"labels": {"app.kubernetes.io/instance": code}},
        "spec": {"volumes": [{"name": "town", "projected": {"sources": sources}}]},
    }
    head = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "any"}}
    return dump({**head, "spec": {"template": pod}})
