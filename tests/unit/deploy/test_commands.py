"""The commands behind the Makefile: logs of one case, and an operator's commands with the addresses of `make up`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import __main__ as commands
from deploy.local.__main__ import alone, await_started, lines_about
from deploy.local.part import Part
from deploy.local.plan import list_parts
from deploy.local.ports import Ports
from deploy.local.runner import Runner
from tests.support.source import ROOT


def test_every_line_about_a_case_is_found_however_old_in_all_parts_and_by_time(tmp_path: Path) -> None:
    busy = "".join(f'{{"time": "2026-11-02", "reference": "MH-{number}"}}\n' for number in range(500))
    (tmp_path / "intake.log.1").write_text('{"time": "2026-11-01", "reference": "MH-4K7T-29Q8"}\n')
    (tmp_path / "intake.log").write_text('{"time": "2026-11-03", "reference": "MH-4K7T-29Q8"}\n' + busy)
    (tmp_path / "dispatch.log").write_text('{"time": "2026-11-02", "reference": "MH-4K7T-29Q8"}\n')

    assert [line[10:20] for line in lines_about("mh-4k7t-29q8", tmp_path)] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert len(lines_about("MH-4K7T-29Q8", tmp_path, "dispatch")) == 1


def test_the_first_stack_of_a_fresh_clone_may_be_the_secured_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ".local" / "secured"
    monkeypatch.setattr(commands, "HOME", home)
    with alone():
        assert home.is_dir()


def test_who_asks_a_part_that_is_still_starting_waits_for_it_and_for_none_that_does_not_run(tmp_path: Path) -> None:
    looks = iter([False, False, True])
    sleeping = (sys.executable, "-c", "import time; time.sleep(60)")
    stack = Runner(tmp_path, [Part("zipkin", sleeping, ready=lambda: next(looks))])
    await_started(stack, "elsewhere")
    await_started(stack, "zipkin")
    stack.processes.start(stack.parts["zipkin"])
    try:
        await_started(stack, "zipkin")
    finally:
        stack.processes.kill("zipkin")
    assert list(looks) == []


def test_make_trace_waits_for_the_store_that_up_did_not_wait_for(tmp_path: Path) -> None:
    assert re.search(r"^trace:.*\n\t@\$\(LOCAL\) run --needs zipkin ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    parts = {part.name: part for part in list_parts(tmp_path, Ports())}
    assert [name for name, part in parts.items() if part.can_wait] == ["zipkin"]


def test_an_operators_command_asks_where_the_offset_has_moved_things() -> None:
    moved = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL", "ZIPKIN", "KAFKA"))}
    trace = subprocess.run(
        [sys.executable, "-m", "deploy.local", "run", "tools.operate", "trace", "MH-4K7T-29Q8"],
        env={**moved, "PORT_OFFSET": "20000"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert trace.returncode == 2
    assert "http://127.0.0.1:29411 gives no answer" in trace.stderr


def test_every_command_of_an_operator_is_run_with_those_addresses() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    assert [line for line in lines if "tools.operate" in line and "$(LOCAL) run" not in line] == []
