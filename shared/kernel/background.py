"""What a process does beside answering: tasks that are begun again when they fail, and end with the process."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.kernel.outages import is_transient
from shared.telemetry import get_log

log = get_log(__name__)

RETRY_SECONDS = 1.0
Run = Callable[[], Awaitable[None]]


class Background:
    """The tasks of one process."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, name: str, run: Run) -> None:
        """Run for as long as the process does; what fails is logged and begun again."""

        async def forever() -> None:
            while True:
                try:
                    return await run()
                except Exception as error:  # noqa: BLE001 - logged, and begun again
                    write = log.warning if is_transient(error) else log.exception
                    write("will begin again", extra={"task": name, "error": type(error).__name__})
                    await asyncio.sleep(RETRY_SECONDS)

        self._tasks.append(asyncio.create_task(forever(), name=name))

    async def end(self) -> None:
        """Cancel all of them, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def after(prepared: asyncio.Event, run: Run) -> Run:
    """Run, but not before that has happened."""

    async def waiting() -> None:
        await prepared.wait()
        await run()

    return waiting
