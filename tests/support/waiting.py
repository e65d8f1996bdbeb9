"""Waiting for what other processes do: look again and again, and say what was seen last when the time is up."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 45.0  # seconds; a loaded machine is slow, a broken system is silent for ever
_PAUSE = 0.1


def until(look: Callable[[], T], what: str = "it", seconds: float = PATIENCE) -> T:
    """The first truthy answer of `look`."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {seconds:.0f} s; seen last: {seen!r}")
        time.sleep(_PAUSE)
    return seen
