"""Programs of Node.js that a test runs: official tools that exist in no other language."""

import shutil
import subprocess
from pathlib import Path


def run_node(program: Path, *arguments: Path) -> str:
    """What the program prints. It may end with an error of its own: what it prints says why."""
    node = shutil.which("node")
    assert node, "Node.js is missing: run `make setup`"
    command: list[str | Path] = [node, program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    return done.stdout
