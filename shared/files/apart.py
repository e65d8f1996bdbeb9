"""Work on a stranger's file by a process of its own: whatever the file makes its reader do (crash, spin, swell) ends
with that process, which knows no secret of the service's. What is run there answers by `limited.py`.

Whoever opens files has all of it from here, so that no bound is found twice: the turns, the folder, the process and
what its end says of the file."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shared.files.turns import Turns
from shared.kernel import Transient
from shared.telemetry import get_log

log = get_log(__name__)

SECONDS_MOST = 60.0  # for one file, waiting for a busy machine included
AT_ONCE = 2  # a file takes up to 1 GB; see `limited.MEMORY_MOST`
TURNS = Turns(AT_ONCE, waiting=20)  # of the whole service, whoever asks: its container has room for so many
REMEMBERED_SECONDS, REMEMBERED = 600.0, 1000
# Rust's pool takes a thread for each processor, and glibc an arena for each thread: on 32 processors they reserve more
# addresses than a process may have, and no page of any document could be drawn.
_ENVIRONMENT = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Room:
    """A folder, and readers for what lies in it."""

    path: Path

    async def ask(self, module: str, *arguments: object) -> Mapping[str, Any] | None:
        """What `python -m module …` says of a file; None when the file has taken its reader down. `Transient` when the
        reader failed by itself: our fault, which says nothing of the file."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *map(str, arguments)),
            cwd=_ROOT,
            env=_ENVIRONMENT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(SECONDS_MOST):
                said, _ = await process.communicate()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            status = await process.wait()
        told: Mapping[str, Any] = {"down": f"signal {-status}"} if status < 0 else json.loads(said or "{}")
        if "down" in told:
            log.warning("a file has taken its reader down", extra={"reader": module, "by": told["down"]})
            return None
        if status or "failure" in told:
            log.error("files cannot be judged", extra={"status": status, "failure": told.get("failure", "")})
            raise Transient("files cannot be judged now; try again")
        return told


@asynccontextmanager
async def room(*doors: Turns) -> AsyncIterator[Room]:
    """For whoever has had their turn at each door, the narrowest first; all is given back together. Who waits holds a
    place and nothing else: what they take of a file is written into the folder, piece by piece."""
    async with AsyncExitStack() as stack:
        for door in doors:
            await stack.enter_async_context(door)
        yield Room(Path(stack.enter_context(TemporaryDirectory(prefix="onestop-files-"))))


class TakenDown:
    """What took its reader down, for a while: whoever asks for the same again waits for nothing and costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[Hashable, float] = {}

    def add(self, what: Hashable) -> None:
        """From now on; of too many the oldest is forgotten."""
        self._until[what] = self._clock() + REMEMBERED_SECONDS
        if len(self._until) > REMEMBERED:
            del self._until[next(iter(self._until))]

    def __contains__(self, what: Hashable) -> bool:
        return self._until.get(what, 0.0) > self._clock()
