"""The town plan's section: its layers are there. What is in them is looked at by `shared.town.ground.check`, which
brings geometry that most services never need."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.town.checks.raw import Finding, find


def findings(data: dict[str, Any], directory: Path) -> Iterator[Finding]:
    """Missing files."""
    for location, name in find(data, "plan.*.file"):
        if not (directory / str(name)).is_file():
            yield location, f"there is no file {name!r} in the town's folder"
