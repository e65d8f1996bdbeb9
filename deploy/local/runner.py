"""Starts parts in the order of their needs, in parallel where possible, and stops them in reverse."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from deploy.local.part import Part
from deploy.local.ports import holder, is_free
from deploy.local.processes import Processes, fingerprint

PATIENCE_SECONDS = 15.0  # for a part that runs and is not ready; a consumer joins again within about ten
_TICK = 0.1
_TAIL = 15  # lines of a log shown when its part fails


class StackError(Exception):
    """A part could not be brought up; the message is for the person at the terminal."""


class Runner:
    """The parts of one stack in one folder."""

    def __init__(self, home: Path, parts: Sequence[Part], say: Callable[[str], None] = lambda _: None) -> None:
        self.parts = {part.name: part for part in parts}
        self.processes = Processes(home)
        self.patience = PATIENCE_SECONDS
        self._say = say
        self._failed = threading.Event()

    def up(self, names: Iterable[str] | None = None) -> None:
        """Bring up the named parts (all but the extra ones); StackError names the first that failed. One that can wait
        fails nothing where nobody has named it."""
        usual = {name for name, part in self.parts.items() if not part.is_extra}
        chosen = usual if names is None else set(names)
        if unknown := chosen - set(self.parts):
            raise StackError(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(self.parts)}")
        wanted = [part for part in self.parts.values() if part.name in chosen]
        self._failed.clear()
        self._refuse_busy_ports(wanted)
        futures: dict[str, Future[None]] = {}
        with ThreadPoolExecutor(max_workers=len(wanted) or 1) as pool:
            for part in wanted:
                can_wait = part.can_wait and names is None
                futures[part.name] = pool.submit(self._bring_up, part, futures, can_wait=can_wait)
        errors = [error for future in futures.values() if (error := future.exception())]
        if errors:
            raise next((error for error in errors if not isinstance(error, _NotTried)), errors[0])

    def down(self) -> list[str]:
        """Stop everything, what was started last first; the names of what ran."""
        return [name for name in reversed(self.parts) if self.stop(name)]

    def start(self, name: str) -> None:
        """Start one part and wait until it is ready."""
        self._failed.clear()
        self._refuse_busy_ports([self.parts[name]])
        self._run(self.parts[name])

    def stop(self, name: str) -> bool:
        """Stop one part; True when it ran."""
        return self.processes.stop(name, self.parts[name].grace)

    def wait_ready(self, name: str, seconds: float | None = None) -> None:
        """Return when the part is ready; StackError when it dies or the time is up (the part's own)."""
        part = self.parts[name]
        seconds = part.start_seconds if seconds is None else seconds
        until = time.monotonic() + seconds
        while not part.ready():
            if part.argv and self.processes.find(name) is None:
                raise StackError(f"{name} ended while starting; its last words:\n{self.tail(name)}")
            if self._failed.is_set():
                raise _NotTried(name)
            if time.monotonic() > until:
                raise StackError(f"{name} was not ready after {seconds:.0f} s; its last words:\n{self.tail(name)}")
            time.sleep(_TICK)

    def tail(self, name: str) -> str:
        """The end of the part's log."""
        log = self.processes.log(name)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-_TAIL:])

    def state(self, name: str) -> str:
        """`ready`, what it says itself (`serves; hindered: …`), `starting or stuck`, `stopped`."""
        if self.processes.find(name) is None:
            return "stopped"
        if self.parts[name].ready():
            return "ready"
        return self.parts[name].trouble() or "starting or stuck"

    def _bring_up(self, part: Part, futures: Mapping[str, Future[None]], *, can_wait: bool) -> None:
        for need in part.needs:
            if need in futures and futures[need].exception() is not None:
                raise _NotTried(part.name)
        try:
            self._run(part)
        except BaseException as error:
            if can_wait and isinstance(error, StackError) and not isinstance(error, _NotTried):
                self._say(f"{part.name:10} is {self.state(part.name)}: nothing else needs it; `make status` shows it")
                return
            self._failed.set()  # so that the others do not wait for their timeout
            raise

    def _run(self, part: Part) -> None:
        began = time.monotonic()
        started = bool(part.argv) and self._start(part)
        self.wait_ready(part.name)
        part.settle()
        if started:
            self._say(f"{part.name:10} ready after {time.monotonic() - began:4.1f} s")

    def _start(self, part: Part) -> bool:
        """False when it runs already with the same arguments."""
        record = self.processes.find(part.name)
        if record is not None:
            if record.fingerprint != fingerprint(part):
                self._say(f"{part.name:10} is stopped: its code or settings changed")
            elif self._recovers(part):
                return False
            else:
                self._say(f"{part.name:10} is stopped: it did not become ready")
            self.stop(part.name)
        part.prepare()
        self.processes.start(part)
        return True

    def _recovers(self, part: Part) -> bool:
        """Whether it is ready, or soon: what it needs may have come back just now, and it goes on by itself; one that
        can wait may still be starting."""
        until = time.monotonic() + (part.start_seconds if part.can_wait else self.patience)
        while not part.ready():
            if self.processes.find(part.name) is None or time.monotonic() > until:
                return False
            time.sleep(_TICK)
        return True

    def _refuse_busy_ports(self, parts: Iterable[Part]) -> None:
        busy = [
            f"port {port} ({part.name}) is held by {holder(port)}"
            + (f"; to use that one, set {part.replace_by}" if part.replace_by else "")
            for part in parts
            if part.argv and self.processes.find(part.name) is None
            for port in part.ports
            if not is_free(port)
        ]
        if busy:
            raise StackError(
                "\n".join([*busy, "Stop what holds them, or move all our ports: PORT_OFFSET=1000 make up"])
            )


class _NotTried(StackError):
    """Given up because another part failed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was not started: a part it needs failed")


def replaced(part: Part) -> bool:
    """The environment names a real one, so ours is not started."""
    return bool(part.replace_by and os.environ.get(part.replace_by))
