"""Which release a process runs: said in metrics, logs, traces and pages, so that a fault finds its source."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Release:
    """The version that people speak of, and the commit it was built from."""

    version: str
    revision: str  # empty in a working copy, which is no release

    def __str__(self) -> str:
        return f"{self.version}+{self.revision[:10] or 'working-copy'}"


@cache
def read_own() -> Release:
    """The release of this process, by the files beside its code."""
    return read(ROOT)


def read(root: Path) -> Release:
    """The project's file names the version; `REVISION` beside it is written where a release is built or installed."""
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    built = root / "REVISION"
    return Release(version, built.read_text("utf-8").strip() if built.is_file() else "")
