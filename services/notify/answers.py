"""What providers have been handed and not answered yet, and how a process that stops lets go of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from services.notify.domain.delivery import Later, Outcome

RESTART = Later("our-restart")  # nobody has tried it, or nobody waited for the answer: another process soon does


class Answers:
    """Of all channels. Which messages wait for one is known by their tasks."""

    def __init__(self) -> None:
        self.are_over = False
        self._awaited: set[asyncio.Task[Any] | None] = set()
        self._given_up: set[asyncio.Task[Any] | None] = set()

    def end_soon(self, seconds: float) -> None:
        """From now on nothing is handed over. What a provider has not answered after so many seconds counts as not
        sent: whoever is next sends it once more, and need not wait for the end of a claim."""
        self.are_over = True
        asyncio.get_running_loop().call_later(seconds, self._give_up)

    async def of(self, provider: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """What it says, as long as there is time."""
        if self.are_over:
            return RESTART
        waits = asyncio.current_task()
        self._awaited.add(waits)
        try:
            return await provider()
        except asyncio.CancelledError:
            if waits is None or waits not in self._given_up:
                raise
            waits.uncancel()
            return RESTART
        finally:
            self._awaited.discard(waits)

    def _give_up(self) -> None:
        self._given_up.update(self._awaited)
        for task in self._awaited:
            if task is not None:
                task.cancel()
