"""The box's first process: `python -m deploy.cluster.first COMMAND …` prepares the box, runs the command in it, takes
leave of orphans meanwhile, and ends with the command, which ends everything else in the box.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.cluster import network
from deploy.cluster.box import PRIVATE


def main(command: Sequence[str]) -> int:
    """The command's exit code."""
    for place in PRIVATE:
        Path(place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "box", place], check=True)
    network.open_hub()
    child = subprocess.Popen(list(command))
    return _until_ended(child.pid)


def _until_ended(pid: int) -> int:
    """Orphans become children of the first process, which alone can take leave of them."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
