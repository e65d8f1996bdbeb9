"""What runs is known by its version and, where it was built, by its commit."""

from pathlib import Path

import pytest

from shared.release import Release, read
from shared.telemetry.metrics import render


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    return tmp_path


def test_a_working_copy_says_that_it_is_no_release(tree: Path) -> None:
    assert read(tree) == Release("1.2.3", "")
    assert str(read(tree)) == "1.2.3+working-copy"


def test_what_was_built_names_its_commit(tree: Path) -> None:
    (tree / "REVISION").write_text("0123456789abcdef0123456789abcdef01234567\n")

    assert read(tree).revision == "0123456789abcdef0123456789abcdef01234567"
    assert str(read(tree)) == "1.2.3+0123456789"


def test_the_figures_say_which_release_runs() -> None:
    body, _ = render()

    assert b'onestop_build_info{revision="' in body
