"""Buildah with a store of its own in the user's cache: what a build leaves there makes the next one quick."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


def cache() -> Path:
    """Where layers and bases are kept between builds; it may be removed at any time."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "onestop" / "image"


@dataclass(frozen=True)
class Buildah:
    """One store of images."""

    home: Path

    def __call__(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """What the command said; what went wrong it says itself, on the terminal."""
        done = subprocess.run(
            [*self._command(), *arguments],
            check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
        )  # fmt: skip
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Whether the store holds it."""
        asked = [*self._command(), "inspect", "--type", "image", image]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0

    def _command(self) -> list[str]:
        folders = ["--root", str(self.home / "storage"), "--runroot", str(self.home / "run")]
        return ["buildah", *folders, "--storage-driver", "overlay"]
