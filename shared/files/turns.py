"""Costly work waits its turn, and whoever would wait for too long is told to come again."""

import asyncio
from types import TracebackType

from shared.kernel import Transient


class Turns:
    """`async with turns:` lets so many in at once, and `waiting` wait; any more are `Transient`."""

    def __init__(self, at_once: int, *, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._most = waiting

    async def __aenter__(self) -> None:
        if self._waiting >= self._most:
            raise Transient("too much waits for this already; try again")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.release()
