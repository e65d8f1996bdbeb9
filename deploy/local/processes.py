"""Starting, finding and ending programs that outlive us: one record and one log for each, under the stack's folder."""

import hashlib
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Protocol

from deploy.local.machine import ROOT
from deploy.local.part import Part

_LOG_LIMIT = 20 * 1024 * 1024  # bytes; the log before is kept as .1
_TICK = 0.05


class Child(Protocol):
    """As `subprocess.Popen` has it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...


_CHILDREN: dict[int, Child] = {}  # started by this very process: ours to reap


@dataclass(frozen=True)
class Record:
    """Who was started; `born` (clock ticks since boot) tells a process from a later one with the same number."""

    pid: int
    born: int
    fingerprint: str


class Processes:
    """The programs of one stack."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for folder in ("run", "logs", "data"):
            (home / folder).mkdir(parents=True, exist_ok=True)

    def log(self, name: str) -> Path:
        """Everything the part prints."""
        return self.home / "logs" / f"{name}.log"

    def start(self, part: Part) -> Record:
        """Start the part's program in a session of its own."""
        log = self.log(part.name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as sink:
            child = self.spawn(part, sink)
        _CHILDREN[child.pid] = child
        record = Record(child.pid, _born(child.pid) or 0, fingerprint(part))
        self._file(part.name).write_text(json.dumps(asdict(record)))
        return record

    def spawn(self, part: Part, log: IO[bytes]) -> Child:
        """Its process, from the program on."""
        return subprocess.Popen(
            list(part.argv), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=ROOT, env={**os.environ, **part.env}, start_new_session=True,
        )  # fmt: skip

    def find(self, name: str) -> Record | None:
        """The part's record while its process lives."""
        try:
            record = Record(**json.loads(self._file(name).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        born = _born(record.pid)
        if born == record.born:
            return record
        if born is None and (child := _CHILDREN.pop(record.pid, None)):
            child.wait()  # it has ended; a parent between us may be a moment behind in saying how
        return None

    def send(self, name: str, number: signal.Signals) -> None:
        """A signal to the part's whole process group; LookupError when it does not run."""
        record = self.find(name)
        if record is None:
            raise LookupError(f"{name} does not run")
        os.killpg(record.pid, number)

    def stop(self, name: str, grace: float) -> bool:
        """Stop the part, by force if it does not end by itself; True when it was running."""
        record = self.find(name)
        if record is not None:
            os.kill(record.pid, signal.SIGTERM)
            os.kill(record.pid, signal.SIGCONT)  # a paused process receives no other signal
            if not self._gone(name, grace):
                with suppress(ProcessLookupError):
                    os.killpg(record.pid, signal.SIGKILL)
                self._gone(name, 5)
            with suppress(ProcessLookupError):
                os.killpg(record.pid, signal.SIGKILL)  # whatever is left of its group
        self._file(name).unlink(missing_ok=True)
        return record is not None

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End the part without warning; returns when it is gone."""
        self.send(name, number)
        if not self._gone(name, 10):
            raise TimeoutError(f"{name} survived {number.name}")

    def _gone(self, name: str, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.find(name) is not None:
            if time.monotonic() > until:
                return False
            time.sleep(_TICK)
        return True

    def _file(self, name: str) -> Path:
        return self.home / "run" / f"{name}.json"


def fingerprint(part: Part) -> str:
    """Changes when the program's arguments, environment or version change."""
    what = json.dumps([list(part.argv), sorted(part.env.items()), part.version])
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def _born(pid: int) -> int | None:
    """When a living process started; None when there is none or only its exit status is left.

    A process whose first thread is dead and whose others are not still holds its ports.
    """
    try:
        columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    threads = int(columns[17])
    return None if columns[0] in "ZX" and threads <= 1 else int(columns[19])
