"""Costly work waits its turn, and whoever would wait for too long is told to come again."""

import asyncio
from types import TracebackType

from shared.kernel import Transient
from shared.slots import CLIENT, Slots


class Turns:
    """`async with turns:` lets so many in at once, and `waiting` wait; any more are `Transient`. Of all these slots
    one client holds a fraction: whoever sends costly work without end waits for themselves."""

    def __init__(self, at_once: int, *, waiting: int) -> None:
        self._at_once = at_once
        self._free: asyncio.Semaphore
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = Slots(at_once + waiting)

    async def __aenter__(self) -> None:
        client = CLIENT.get()
        if not self._slots.take(client):
            raise Transient("too much waits for this already; try again")
        try:
            await self._semaphore().acquire()
        except BaseException:
            self._slots.give_back(client)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.give_back(CLIENT.get())  # nobody else becomes the client while a route works
        self._semaphore().release()

    def _semaphore(self) -> asyncio.Semaphore:
        """Of the loop that runs: a process that has one after the other (a command, a test) is refused none of them."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._free = loop, asyncio.Semaphore(self._at_once)
        return self._free
