"""A stack's programs, of which services are forked where they have been imported: an import takes two seconds of a
processor, and tests of faults start a hundred services."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import IO

from deploy.local.machine import ROOT
from deploy.local.part import Part
from deploy.local.processes import Child, Processes

LAUNCHERS = ("services", "tests.support.deadly")  # what they run is in `services.<name>`, as it is imported
# A library that services import would make a thread for each processor when it is imported.
ALONE = {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


class WarmProcesses(Processes):
    """Each service a process of its own, as if it had been started: with its environment, session, log and end."""

    def spawn(self, part: Part, log: IO[bytes]) -> Child:
        """Anything else, and a service with other code, is started as usual."""
        if part.argv[1:2] != ["-m"] or part.argv[2] not in LAUNCHERS:
            return super().spawn(part, log)
        modules = ("services.__main__", f"services.{part.argv[3]}.app")
        return Forked(json.dumps([modules, part.argv[2:], {**os.environ, **part.env}]).encode(), log.fileno())


class Forked:
    """A child of a child, to be waited for like one of ours."""

    def __init__(self, request: bytes, log: int) -> None:
        self._told, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            WARM.ask(request, log, other.fileno())
        told = self._told.recv(20)
        if not told:
            raise ChildProcessError("nothing is forked any more: see what tests.support.warm has printed")
        self.pid = int(told)
        self._code: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._end(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; `subprocess.TimeoutExpired` when it runs still."""
        code = self._end(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Nothing happens when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _end(self, seconds: float | None) -> int | None:
        if self._code is None and select.select([self._told], [], [], seconds)[0]:
            self._code = int(self._told.recv(20) or -signal.SIGKILL)  # nothing: whoever would know is gone
            self._told.close()
        return self._code


class Warm:
    """The process that has imported them; one for all stacks of this one, begun when it is first asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._socket, self._other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def ask(self, request: bytes, *files: int) -> None:
        """It answers by the last of the files."""
        with self._lock:
            if self._child is None:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "tests.support.warm", str(self._other.fileno())],
                    stdin=subprocess.DEVNULL, cwd=ROOT, env={**os.environ, **ALONE},
                    pass_fds=[self._other.fileno()], start_new_session=True,
                )  # fmt: skip
                self._other.close()
        socket.send_fds(self._socket, [request], files)

    def close(self) -> None:
        """It ends; what it has started goes on."""
        self._socket.close()
        self._other.close()
        if self._child is not None:
            self._child.wait(timeout=20)


WARM = Warm()
atexit.register(WARM.close)  # before any stack's own: so it comes after them
