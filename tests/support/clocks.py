"""Processes whose clocks differ, and jump while they run: whoever asks what time it is, or makes an id, is told by the
clock of the process that it runs in."""

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from datetime import datetime, timedelta, tzinfo
from types import SimpleNamespace

import pytest

from shared.events import ids
from shared.kernel import clock

HOUR = timedelta(hours=1)
_here: ContextVar[Callable[[], datetime]] = ContextVar("clock")


class Clock:
    """Of one process, `ahead` of the true one by as much, or behind it."""

    def __init__(self, true: Callable[[], datetime]) -> None:
        self._true = true
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """What time it is here."""
        return self._true() + self.ahead

    def go_by(self) -> None:
        """What this task does from now on, and whatever it begins, goes by this clock."""
        _here.set(self)

    def context(self) -> Context:
        """For a task that goes by it."""
        context = copy_context()
        context.run(self.go_by)
        return context


class _AsHere(datetime):
    """For the one place that asks for the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return _here.get()()


def go_by_clocks(true: Callable[[], datetime]) -> pytest.MonkeyPatch:
    """From now on, until it is undone; who is in no process goes by the true one."""
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "datetime", _AsHere)
    patch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: int(_here.get()().timestamp() * 1000) * 10**6))
    _here.set(true)
    return patch
