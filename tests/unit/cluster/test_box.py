"""Nothing runs with the machine's own network and mounts by mistake, and a box that is closed leaves nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from deploy.cluster import box, network
from deploy.cluster.machine import NEEDED
from deploy.local.machine import ROOT
from deploy.local.runner import StackError
from tests.support.waiting import until

LACKING = [name for name, is_there in NEEDED.items() if not is_there()]
opens = pytest.mark.skipif(
    os.geteuid() != 0 or bool(LACKING),
    reason=f"a box needs root and {', '.join(LACKING) or 'nothing else'}: make cluster",
)


def test_what_runs_in_a_box_only_says_so_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(box.HOME, raising=False)
    with pytest.raises(StackError, match="inside a box only: make cluster"):
        box.home()


def test_a_box_needs_the_administrator_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(StackError, match="as root"):
        box.run(["true"])


@opens
def test_a_box_says_how_its_command_ended() -> None:
    assert box.run(["sh", "-c", "exit 3"]) == 3


@opens
def test_all_pods_together_count_for_more_than_one_process_of_the_machine() -> None:
    script = """
from deploy.cluster import box
shares = (box.CGROUPS / "cpu" / box.home().name / "cpu.shares").read_text()
assert int(shares) == box.SHARES > 1024
"""
    assert box.run([sys.executable, "-c", script]) == 0


@opens
def test_a_box_whose_opener_is_killed_does_not_stay_open() -> None:
    sleeps = ["sleep", "54321.25"]
    opener = subprocess.Popen(
        [sys.executable, "-c", f"from deploy.cluster import box; box.run({sleeps})"], cwd=ROOT, start_new_session=True
    )
    until(lambda: in_a_box("sleep 54321.25"), "the box")
    (left,) = {Path(home).name for home in in_a_box("sleep 54321.25")}
    opener.kill()
    opener.wait()
    until(lambda: not in_a_box("sleep 54321.25"), "the end of the box")
    box.remove_cgroups(left)
    shutil.rmtree(Path(tempfile.gettempdir()) / left)


def in_a_box(command: str) -> list[str]:
    """The folders of the boxes in which it runs, by its environment."""
    found = subprocess.run(["pgrep", "--full", "--exact", command], check=False, capture_output=True, text=True)
    told = [Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") for pid in found.stdout.split()]
    prefix = f"{box.HOME}=".encode()
    return [one.removeprefix(prefix).decode() for variables in told for one in variables if one.startswith(prefix)]


@opens
def test_who_waits_at_a_port_that_is_opened_anew_is_let_in_there() -> None:
    """So the gateway's stand-in takes another configuration and nobody meets a closed door."""
    script = """
import socket

def opened(port=0):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    made.listen()
    made.settimeout(5)
    return made

before = opened()
waits = socket.create_connection(before.getsockname())
after = opened(before.getsockname()[1])
before.close()
met, _ = after.accept()
waits.sendall(b"here")
assert met.recv(4) == b"here"
"""
    assert box.run([sys.executable, "-c", script]) == 0


@opens
def test_a_box_that_is_closed_leaves_nothing(tmp_path: Path) -> None:
    """Neither a process that went its own way, nor a mount, a network, a control group or a folder."""
    told = tmp_path / "told"
    script = f"""
import os, subprocess, sys
from deploy.cluster import box, network
box.make_cgroups(box.home().name + "/inner")
network.connect([network.Node(1)])
subprocess.run(["mount", "-t", "tmpfs", "box", str(box.home())], check=True)
left = subprocess.Popen([{shutil.which("sleep")!r}, "54321.5"], start_new_session=True)
open({str(told)!r}, "w").write(box.home().name)
"""
    assert box.run([sys.executable, "-c", script]) == 0
    name = told.read_text()
    assert name not in Path("/proc/self/mounts").read_text()
    assert network.Node(1).name not in {link.name for link in Path("/sys/class/net").iterdir()}
    assert subprocess.run(["pgrep", "-f", "sleep 54321.5"], check=False, stdout=subprocess.DEVNULL).returncode == 1
    assert not list(box.CGROUPS.glob(f"*/{name}"))
    assert not list(Path(tempfile.gettempdir()).glob(name))
