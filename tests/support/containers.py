"""Runs a built image with runc, as a cluster's nodes do: files read-only, nobody's rights, /tmp alone to write in."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.image import archive
from deploy.image.build import Built, mount_image
from deploy.image.buildah import Buildah, cache
from deploy.local.machine import ROOT
from shared.events.ids import new_id

TOWNS = "/etc/onestop/towns"
_TMPFS = ["nosuid", "nodev", "mode=1777"]
_MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [*_TMPFS, "size=64m"]},
    {"destination": "/tmp", "type": "tmpfs", "source": "tmp", "options": [*_TMPFS, "size=512m"]},
]  # fmt: skip


@dataclass(frozen=True)
class Image:
    """Its files and how it is started."""

    tree: Path
    config: dict[str, Any]

    def command(self) -> list[str]:
        """What runs when nobody asks for something else."""
        return [*self.config["Entrypoint"], *self.config["Cmd"]]

    def environment(self) -> dict[str, str]:
        """What its processes are given by the image."""
        return dict(entry.split("=", 1) for entry in self.config["Env"])


@contextmanager
def unpacked(built: Built) -> Iterator[Image]:
    """The image's files for as long as the block lasts."""
    with mount_image(Buildah(cache()), built.id) as tree:
        yield Image(tree, archive.read(built.archive).config)


@dataclass
class Containers:
    """Containers of one test; none is left when it ends."""

    home: Path
    names: list[str] = field(default_factory=list)

    def make(self, image: Image, env: Mapping[str, str], command: list[str] | None = None) -> list[str]:
        """The command that starts one in the foreground and hands it every signal. It shares this machine's network."""
        name = f"onestop-{new_id().lower()}"
        bundle = self.home / name
        bundle.mkdir(parents=True)
        (bundle / "config.json").write_text(json.dumps(_specification(image, env, command or image.command())))
        self.names.append(name)
        return ["runc", "--root", str(self.home / "state"), "run", "--bundle", str(bundle), name]

    def run(self, image: Image, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A command of its own in a new container, to its end."""
        return subprocess.run(
            self.make(image, env, ["tini", "--", *command]), check=False, capture_output=True, text=True
        )

    def remove(self) -> None:
        """Whatever still runs."""
        for name in self.names:
            subprocess.run(
                ["runc", "--root", str(self.home / "state"), "delete", "--force", name],
                check=False, capture_output=True,
            )  # fmt: skip


@contextmanager
def containers(home: Path) -> Iterator[Containers]:
    """To be made in the folder, and gone with the block."""
    with ExitStack() as ending:
        found = Containers(home)
        ending.callback(found.remove)
        yield found


def _specification(image: Image, env: Mapping[str, str], command: list[str]) -> dict[str, Any]:
    user, group = (int(part) for part in image.config["User"].split(":"))
    towns = {
        "destination": TOWNS, "type": "bind", "source": str(ROOT / "deploy/municipalities"), "options": ["rbind", "ro"],
    }  # fmt: skip
    hosts = {"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["bind", "ro"]}
    given = {**image.environment(), **env}
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": user, "gid": group},
            "args": command,
            "env": [f"{name}={value}" for name, value in given.items()],
            "cwd": image.config["WorkingDir"],
            "capabilities": {},
            "noNewPrivileges": True,
        },
        "root": {"path": str(image.tree), "readonly": True},
        "hostname": os.uname().nodename,
        "mounts": [*_MOUNTS, hosts, towns],  # every engine gives a container the names of its machine
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]},
    }
