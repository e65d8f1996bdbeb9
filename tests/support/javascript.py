"""Programs of Node.js that a test runs: official tools that exist in no other language, and our own scripts' rules."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.source import ROOT

CALLER = ROOT / "tests/support/call_module.mjs"


def run_node(program: Path, *arguments: Path) -> str:
    """What the program prints. It may end with an error of its own: what it prints says why."""
    node = shutil.which("node")
    assert node, "Node.js is missing: run `make setup`"
    command: list[str | Path] = [node, program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    return done.stdout


def call_module(module: Path, *calls: tuple[str, Sequence[Any]]) -> list[Any]:
    """What the functions of a module without a browser in it return, one for each `(name, arguments)`."""
    with TemporaryDirectory(prefix="onestop-calls-") as room:
        asked = Path(room) / "calls.json"
        asked.write_text(json.dumps(calls), encoding="utf-8")
        returned: list[Any] = json.loads(run_node(CALLER, module, asked))
    return returned
