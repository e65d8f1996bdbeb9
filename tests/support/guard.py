"""Outlives a test run to clean up after it: `python -m tests.support.guard FOLDER` waits until its standard input is
closed, which happens however the run ends (even by SIGKILL), then kills what the stack in FOLDER left and deletes it.
"""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from deploy.local.processes import Processes


def clean(home: Path) -> None:
    """Nothing of the stack is left, neither processes nor data."""
    if not home.is_dir():
        return
    processes = Processes(home)
    for record in (home / "run").glob("*.json"):
        with suppress(LookupError):
            processes.kill(record.stem)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    clean(Path(sys.argv[1]))
