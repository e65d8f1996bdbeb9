"""A service that is forked is as one that was started: its own settings, log and end, and nothing of those before."""

import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from threading import Timer

import pytest

from deploy.local.machine import ROOT
from deploy.local.part import Part
from deploy.local.processes import _CHILDREN
from shared.events.catalogue import SERVICES
from tests.support.stack import Stack
from tests.support.waiting import until
from tests.support.warm.processes import WARM, Forked, WarmProcesses

# What services ask their environment for while they are imported; one library goes through all that is there.
LISTENING = f"""
import json, os, sys
asked = set()
real = os._Environ.__getitem__
def listen(environment, name):
    if sys._getframe(1).f_code.co_name != "__iter__":
        asked.add(name)
    return real(environment, name)
os._Environ.__getitem__ = listen
from tests.support.warm.__main__ import import_once
import_once("services.__main__", *(f"services.{{name}}.app" for name in {SERVICES}))
print(json.dumps(sorted(asked)))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they run."""
    return tmp_path_factory.mktemp("warm")


@pytest.fixture(scope="module")
def forked(home: Path) -> dict[str, tuple[int, str]]:
    """Two that cannot start as they are told; by the town that each was given, how it ended and what it printed."""
    processes, ended = WarmProcesses(home), {}
    for town in ("nowhere", "elsewhere"):
        part = Part(town, [sys.executable, "-m", "services", "intake"], env={"TOWN_DIR": f"/{town}"})
        child = _CHILDREN[processes.start(part).pid]
        assert isinstance(child, Forked)
        ended[town] = child.wait(60), processes.log(town).read_text()
    return ended


def test_each_reads_its_own_settings_and_ends_as_it_would(forked: dict[str, tuple[int, str]]) -> None:
    for town, other in (("nowhere", "elsewhere"), ("elsewhere", "nowhere")):
        code, log = forked[town]
        assert code == 1
        (line,) = map(json.loads, log.splitlines())
        assert line["message"] == "does not start"
        assert f"/{town}" in str(line["reasons"])
        assert other not in log


def test_it_is_found_no_more_when_it_has_ended(forked: dict[str, tuple[int, str]], home: Path) -> None:
    assert all(WarmProcesses(home).find(town) is None for town in forked)


def test_nothing_of_it_is_left_open_although_its_end_is_told_later(home: Path) -> None:
    """Who is asked to fork is held: the process has ended, and nobody has said so yet."""
    processes = WarmProcesses(home)
    record = processes.start(Part("late", [sys.executable, "-m", "services", "intake"], env={"TOWN_DIR": "/late"}))
    child, warm = _CHILDREN[record.pid], WARM._child
    assert isinstance(child, Forked)
    assert warm
    os.kill(warm.pid, signal.SIGSTOP)
    os.kill(record.pid, signal.SIGKILL)
    Timer(0.3, warm.send_signal, [signal.SIGCONT]).start()
    until(lambda: processes.find("late") is None)
    assert child._told.fileno() == -1
    assert record.pid not in _CHILDREN


def test_it_says_the_same_as_one_that_was_started(forked: dict[str, tuple[int, str]]) -> None:
    started = subprocess.run(
        [sys.executable, "-m", "services", "intake"],
        cwd=ROOT, env={**os.environ, "TOWN_DIR": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    code, log = forked["nowhere"]
    assert started.returncode == code
    mine, its = json.loads(log), json.loads(started.stdout + started.stderr)
    assert {**mine, "time": ""} == {**its, "time": ""}


def test_what_it_inherits_was_not_worked_out_from_settings() -> None:
    """Importing makes no thread either: `import_once` would raise."""
    models = [import_module(f"services.{name}.settings").Settings for name in SERVICES]
    with Stack() as stack:
        settings = {name.upper() for model in models for name in model.model_fields} | set(stack.env)
    nonsense = dict.fromkeys(settings, "?")  # who reads all settings refuses them
    heard = subprocess.run(
        [sys.executable, "-c", LISTENING],
        cwd=ROOT, env={**os.environ, **nonsense, "OPENBLAS_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert heard.returncode == 0, heard.stderr
    asked = set(json.loads(heard.stdout))
    assert "OTEL_PROPAGATORS" in asked, "nothing was heard at all"
    assert asked & settings == set()
