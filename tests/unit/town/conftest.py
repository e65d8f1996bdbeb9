"""A copy of Mae Hia, and the way in which tests change its files."""

import shutil
from pathlib import Path

import pytest

from tests.support.spoilt_town import TOWNS, Edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Mae Hia to spoil."""
    return Path(shutil.copytree(TOWNS / "maehia", tmp_path / "maehia"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replaces the first `old` in a file; answers the line on which it stood."""

    def replace(file: str, old: str, new: str) -> int:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    return replace
