"""What a part of the stack is: a program that runs, or a task that is done once the parts it needs are ready."""

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

START_SECONDS = 90.0  # the slowest (Zipkin) takes about 15 on a busy two-core machine


def do_nothing() -> None:
    """For parts with nothing to prepare or to settle."""


@dataclass(frozen=True)
class Part:
    """A program with its place in the order; `argv` empty: only `settle` is run, every time."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool] = field(default=lambda: True)
    needs: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = do_nothing  # before the program starts; must be repeatable
    trouble: Callable[[], str] = field(default=lambda: "")  # what it says itself while it is not ready
    settle: Callable[[], None] = do_nothing  # after it is ready; must be repeatable
    replace_by: str = ""  # the environment variable that names a real one instead
    version: str = ""  # when it changes, a running program is restarted
    is_extra: bool = False  # started only when it is named
    can_wait: bool = False  # nobody's work needs it: late or dead it is named, and all else is done
    start_seconds: float = START_SECONDS  # until it must be ready
    grace: float = 15.0  # seconds between asking it to stop and killing it


def tcp_ready(port: int) -> bool:
    """Something accepts connections."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def service_trouble(port: int) -> str:
    """What a service's `/workz` says, and whether it serves all the same; empty when it gives no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=4)  # longer than it gives its own checks
    try:
        connection.request("GET", "/workz")
        problems = json.loads(connection.getresponse().read())["problems"]
    except (OSError, HTTPException, ValueError, LookupError):
        return ""
    finally:
        connection.close()
    serves = "serves; hindered" if http_ready(port, "/readyz") else "does not serve"
    return f"{serves}: {'; '.join(f'{check}: {why}' for check, why in problems.items())}"


def http_ready(port: int, path: str) -> bool:
    """A GET answers 2xx."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return 200 <= connection.getresponse().status < 300
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
