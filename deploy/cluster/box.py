"""A box: processes, mounts and network of its own. When its first process ends, all that is in it ends with it."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from deploy.local.machine import ROOT
from deploy.local.runner import StackError

HOME = "ONESTOP_BOX"  # the variable that names the box's folder to those inside
# What containerd, CNI and the kubelet write to places of their own choice stays inside.
PRIVATE = ("/run", "/var/log", "/var/lib/cni")
CGROUPS = Path("/sys/fs/cgroup")
# Of the processor: one process for each core of each of two nodes. A group of no weight of its own has, with all its
# pods, as much as one process of the machine.
SHARES = 1024 * (os.cpu_count() or 1) * 2


def run(command: Sequence[str]) -> int:
    """Run the command in a box and return its exit code; nothing of the box is left."""
    if os.geteuid() != 0:
        raise StackError("nodes and pods need namespaces and cgroups of their own: run make cluster as root")
    with_us = ["setpriv", "--pdeathsig", "KILL"]  # who opened the box may be killed, and then it must not stay open
    unshare = ["unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
    # The kubelet takes the folder's name for its control group, in which it allows no underscore.
    home = Path(tempfile.gettempdir()) / f"onestop-box-{secrets.token_hex(4)}"
    home.mkdir(mode=0o700)
    try:
        make_cgroups(home.name)
        return subprocess.run(
            [*with_us, *unshare, "--mount-proc", sys.executable, "-m", "deploy.cluster.first", *command],
            cwd=ROOT, env={**os.environ, HOME: str(home)}, check=False,
        ).returncode  # fmt: skip
    finally:
        remove_cgroups(home.name)
        shutil.rmtree(home, ignore_errors=True)


def home() -> Path:
    """The box's own folder; StackError outside of one."""
    if not (name := os.environ.get(HOME)):
        raise StackError("this runs inside a box only: make cluster")
    return Path(name)


def make_cgroups(group: str) -> None:
    """In each hierarchy: the kubelet wants its root to exist."""
    if (CGROUPS / "cgroup.controllers").exists():
        raise StackError("this machine has control groups of version 2 alone; the box was only ever tried with 1")
    for hierarchy in _hierarchies():
        (hierarchy / group).mkdir()
    for what in ("cpuset.cpus", "cpuset.mems"):  # a new group has none of either
        above = CGROUPS / "cpuset" / group
        (above / what).write_text((above.parent / what).read_text())
    (CGROUPS / "cpu" / group / "cpu.shares").write_text(str(SHARES))


def remove_cgroups(group: str) -> None:
    """Innermost first, as they can only go when they are empty."""
    for hierarchy in _hierarchies():
        for folder, _, _ in os.walk(hierarchy / group, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()


def _hierarchies() -> list[Path]:
    return [folder for folder in CGROUPS.iterdir() if folder.is_dir() and (folder / "cgroup.procs").exists()]
