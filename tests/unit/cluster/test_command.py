"""`make cluster` prepares first, and hands on to pytest what is meant for it."""

from collections.abc import Sequence

import pytest

from deploy.cluster.__main__ import main
from deploy.local.runner import StackError


class Box:
    """Notes what is done, in order; a command in it ends with 3."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []

    def prepare(self) -> None:
        self.done.append(["prepared"])

    def run(self, command: Sequence[str]) -> int:
        self.done.append(list(command))
        return 3

    def main(self, *arguments: str) -> int:
        return main(arguments, self.prepare, self.run)


def test_pytest_gets_its_arguments_and_says_how_it_ended() -> None:
    box = Box()
    assert box.main("test", "-k", "drain", "--lf") == 3
    assert box.done[0] == ["prepared"]
    assert box.done[1][-4:] == ["tests/cluster", "-k", "drain", "--lf"]


def test_any_command_can_be_run_and_building_runs_none() -> None:
    box = Box()
    assert box.main("run", "bash", "-c", "ls") == 3
    assert box.main("build") == 0
    assert box.done == [["prepared"], ["bash", "-c", "ls"], ["prepared"]]


def test_what_is_missing_is_a_sentence_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def lacking() -> None:
        raise StackError("Go 1.24 or newer is needed")

    assert main(["test"], lacking) == 1
    assert capsys.readouterr().err == "Go 1.24 or newer is needed\n"
