"""`python -m tests.support.warm FD`: becomes `python -m MODULE …` as often as it is asked by that socket, each time in
a process of its own. It ends when the socket is closed, which happens however the run ends.

It has one thread, no event loop and no connection, and has read no setting of a service: those that it forks find their
modules imported, and nothing else (`tests/unit/deploy/test_warm.py`).
"""

import gc
import json
import os
import select
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from runpy import run_module
from typing import NamedTuple

LONGEST = 128 * 1024  # bytes of a request, which holds a whole environment


class Asked(NamedTuple):
    """A program to be: what stands after `python -m`, and its environment."""

    argv: list[str]
    env: dict[str, str]


def serve(control: socket.socket) -> Asked | None:
    """Returns in each process that is forked, with what it is to be; and in this one when nobody can ask any more."""
    asking: dict[int, tuple[int, socket.socket]] = {}  # what ends, and who wants to know
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready in asking:
                poll.unregister(ready)
                _tell_end(ready, *asking.pop(ready))
                continue
            request, files, _, _ = socket.recv_fds(control, LONGEST, 2)
            if not request:
                return None
            modules, *asked = json.loads(request)
            import_once(*modules)
            log, client = files[0], socket.socket(fileno=files[1])
            pid = os.fork()
            if pid == 0:
                stand_alone(log)
                client.send(str(os.getpid()).encode())
                for one in (control, client, *(other for _, other in asking.values())):
                    one.close()
                for file in (log, *asking):
                    os.close(file)
                return Asked(*asked)
            os.close(log)
            end = os.pidfd_open(pid)
            asking[end] = pid, client
            poll.register(end, select.POLLIN)


def import_once(*modules: str) -> None:
    """Only what can be forked: another thread would not be there afterwards, and what it held would be for ever."""
    if not sys.modules.keys() >= {*modules}:
        for module in modules:
            import_module(module)
        gc.collect()
        gc.freeze()  # nobody looks through it again
    if len([*Path("/proc/self/task").iterdir()]) > 1:
        raise RuntimeError(f"{', '.join(modules)} made a thread when imported")


def stand_alone(log: int) -> None:
    """As what `Popen(…, start_new_session=True)` starts, with a log to print to."""
    os.setsid()
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _tell_end(end: int, pid: int, client: socket.socket) -> None:
    os.close(end)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError), client:  # nobody may want to know any more
        client.send(str(code).encode())


if __name__ == "__main__":
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        os.environ.clear()
        os.environ.update(asked.env)
        sys.argv = asked.argv
        sys.modules.pop(f"{asked.argv[0]}.__main__", None)  # imported for others; here it is what runs
        run_module(asked.argv[0], run_name="__main__", alter_sys=True)
