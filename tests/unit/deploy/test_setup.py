"""What `make setup` installs, and when it does not: with tools that only note that they were called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.source import ROOT

INPUTS = ("package-lock.json", "requirements-dev.lock", "shared/web/vendor.py", "deploy/local/setup.sh", "Makefile")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Of the project, as far as its npm packages go; Python is there."""
    for name in INPUTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for tool in (".venv/bin/python", "tools/npm"):
        (tmp_path / tool).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tool).write_text(f'#!/bin/sh\necho "{tool} $*" >>called\nmkdir -p node_modules\n')
        (tmp_path / tool).chmod(0o755)
    return tmp_path


def begin(clone: Path, target: str = "node_modules/.stamp") -> subprocess.Popen[str]:
    env = {"PATH": f"{clone / 'tools'}:{os.environ['PATH']}", "HOME": str(clone)}
    pipe = subprocess.PIPE
    return subprocess.Popen(["make", target, "PYTHON=true"], cwd=clone, env=env, stdout=pipe, stderr=pipe, text=True)


def make(clone: Path, target: str = "node_modules/.stamp") -> subprocess.CompletedProcess[str]:
    with begin(clone, target) as making:
        said, told = making.communicate()
    return subprocess.CompletedProcess(making.args, making.returncode, said, told)


def installed(clone: Path) -> int:
    """How often npm was called."""
    called = clone / "called"
    return called.read_text().count("tools/npm ci") if called.exists() else 0


def test_a_fresh_checkout_of_the_same_lock_installs_nothing_and_another_lock_does(clone: Path) -> None:
    assert make(clone).returncode == 0
    assert installed(clone) == 1
    for name in INPUTS:
        os.utime(clone / name, (2**33, 2**33))  # newer than every stamp
    assert make(clone).returncode == 0
    assert installed(clone) == 1
    with (clone / "package-lock.json").open("a") as lock:
        lock.write("\n")
    os.utime(clone / "package-lock.json", (2**33, 2**33))
    assert make(clone).returncode == 0
    assert installed(clone) == 2


@pytest.mark.parametrize("folder", ["node_modules", ".venv"])
def test_what_is_linked_is_somebody_elses_and_stays_as_it_is(clone: Path, folder: str) -> None:
    others = clone / "others"
    others.mkdir()
    if (clone / folder).exists():
        (clone / folder).rename(others / folder)
    (others / folder).mkdir(exist_ok=True)
    (clone / folder).symlink_to(others / folder)

    refused = make(clone)

    assert refused.returncode != 0
    assert (
        f"{folder} is a symbolic link: what is installed here would change or empty {others / folder}" in refused.stderr
    )
    assert installed(clone) == 0
    assert not (others / folder / ".stamp").exists()


def test_what_fails_is_tried_again(clone: Path) -> None:
    npm = clone / "tools/npm"
    works = npm.read_text()
    npm.write_text(works + "exit 1\n")
    assert make(clone).returncode != 0
    npm.write_text(works)
    assert make(clone).returncode == 0
    assert installed(clone) == 2


def test_a_command_that_needs_no_part_installs_none(clone: Path) -> None:
    assert make(clone, "manifests").returncode == 0
    assert installed(clone) == 0


def test_two_at_once_install_one_after_the_other(clone: Path) -> None:
    """The second waits, says so, and finds that there is nothing left to do."""
    npm = clone / "tools/npm"
    npm.write_text(f"{npm.read_text()}mkdir at-work || exit 1\ncat go\nrmdir at-work\n")
    os.mkfifo(clone / "go")
    with begin(clone) as first:
        with (clone / "go").open("w"):  # npm waits for its end; it begins when the first is at it
            second = begin(clone)
            told = second.stderr.readline() if second.stderr else ""
        first.communicate()
    second.communicate()

    assert "another set-up is at work in this folder" in told
    assert (first.returncode, second.returncode) == (0, 0)
    assert installed(clone) == 1
