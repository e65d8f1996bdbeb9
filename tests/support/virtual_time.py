"""An event loop whose time jumps: whoever sleeps is woken at once, in the right order, and an hour costs nothing."""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import Any

STEP = 1e-6  # of each turn of the loop: one that takes no time could turn for ever before anything is due
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class Stuck(Exception):
    """Everybody waits, and nobody for the clock: nothing would ever happen again."""


class _Jump(selectors.SelectSelector):
    """Instead of waiting, the time goes on by as much. Nothing ever comes from outside: nobody asks whether it has."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """As a selector that finds nothing."""
        if timeout is None:
            raise Stuck
        self.now += max(timeout, STEP)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Give its `clock` to whoever asks for the time of day."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._jump.now

    def clock(self) -> datetime:
        """The time of day."""
        return BEGINNING + timedelta(seconds=self._jump.now)
