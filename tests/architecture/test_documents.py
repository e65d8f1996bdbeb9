"""What the documents point at is there: a reader who follows a path must not end at nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_PATH = re.compile(r"`((?:services|shared|deploy|tools|tests|docs)/[\w./-]+)`")
_STEP = re.compile(r"^\| \d+ \| `(?P<path>[\w./]+\.py)` \| (?P<what>.*?) \|", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`")


def paths(text: str) -> set[str]:
    """Files and folders of the repository, written in full between backquotes."""
    return set(_PATH.findall(text))


def named_steps(text: str) -> Iterator[tuple[str, str]]:
    """Path and function of each step of a walk through the code; words in capitals are classes of other files."""
    for step in _STEP.finditer(text):
        yield from ((step["path"], name) for name in _NAME.findall(step["what"]) if name.islower())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_of_a_page_exists(page: Path) -> None:
    missing = [path for path in sorted(paths(page.read_text("utf-8"))) if not (ROOT / path).exists()]

    assert not missing


def test_a_walk_through_the_code_names_what_is_there() -> None:
    steps = list(named_steps((ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    missing = [f"{path}: {name}" for path, name in steps if not _has((ROOT / path).read_text("utf-8"), name)]

    assert len(steps) > 10
    assert not missing


def _has(source: str, name: str) -> bool:
    """A function of that name, or a moment."""
    return bool(re.search(rf"def {name}\b|\b{name.upper()}\b", source))


def test_paths_and_steps_are_found() -> None:
    text = "| 1 | `services/intake/commands.py` | `submit_report` and `ReportSubmitted` | |\nsee `docs/decisions/`"

    assert paths(text) == {"services/intake/commands.py", "docs/decisions/"}
    assert list(named_steps(text)) == [("services/intake/commands.py", "submit_report")]
