"""What a process does besides answering: tasks that are begun again when they fail, and end with the process."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.kernel.errors import say_error
from shared.kernel.failures import is_transient
from shared.telemetry import get_log

log = get_log(__name__)

RETRY_SECONDS = 1.0
AGAIN_SECONDS = 1.0  # of a stop, after which what has not ended is told once more
REPEAT_SECONDS = 60.0  # an outage that lasts is logged again so often; `times` counts the failures since
RECENT_SECONDS = 30.0  # longer than any task of ours works before it fails once more
Run = Callable[[], Awaitable[None]]


class Background:
    """The tasks that one process keeps running beside its requests: relays, timers, sweeps, figures."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: dict[str, tuple[float, str]] = {}  # name → when last as a bug, by the loop, and why

    async def problem(self) -> str | None:
        """Which task fails as a bug, again and again; an outage is told by the check of what is away."""
        since = asyncio.get_running_loop().time() - RECENT_SECONDS
        return next((f"{name} fails: {why}" for name, (at, why) in self._failed.items() if at >= since), None)

    def keep(self, name: str, run: Run) -> None:
        """Run for as long as the process does; what fails is begun again, and logged (an outage once a minute)."""

        async def forever() -> None:
            times, logged = 0, -REPEAT_SECONDS
            clock = asyncio.get_running_loop().time
            while True:
                try:
                    await run()
                    self._failed.pop(name, None)
                    return
                except Exception as error:  # noqa: BLE001 - logged, and begun again
                    times += 1
                    away = is_transient(error)
                    if not away:
                        self._failed[name] = clock(), say_error(error)
                    if not away or clock() - logged >= REPEAT_SECONDS:
                        write = log.warning if away else log.exception
                        write(f"{name} will begin again", extra={"task": name, "why": say_error(error), "times": times})
                        times, logged = 0, clock()
                    await asyncio.sleep(RETRY_SECONDS)

        self._tasks.append(asyncio.create_task(forever(), name=name))

    async def end(self) -> None:
        """Cancel all of them, and wait until they have ended; again, where a library has forgotten it: on Python 3.11
        `asyncio.wait_for` does, when its answer comes in the same moment, and aiokafka waits by it."""
        while going := [task for task in self._tasks if not task.done()]:
            for task in going:
                task.cancel()
            await asyncio.wait(going, timeout=AGAIN_SECONDS)


def after(prepared: asyncio.Event, run: Run) -> Run:
    """`run`, put off until `prepared` is set; it is not begun at all where that never happens."""

    async def wait_and_run() -> None:
        await prepared.wait()
        await run()

    return wait_and_run


async def within(seconds: float, work: Awaitable[None]) -> None:
    """No step of a stop may take more than its share of the time; a sweep finds what it leaves undone."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work
