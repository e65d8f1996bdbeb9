"""The other side of `apart.py`: one piece of work in little memory and time, and its answer. Nothing of ours is
imported here, so that a process which lives for one file begins at once."""

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

MEMORY_MOST = 1024**3  # bytes; a picture of 60 megapixels and its copy take 400 MB
SECONDS_MOST = 20  # of processor time; a drawing of 50 MB takes some two
WRITTEN_MOST = 200_000_000  # bytes


def answer(work: Callable[[], Mapping[str, Any]], *, memory: int = MEMORY_MOST, seconds: int = SECONDS_MOST) -> None:
    """One line of JSON: what the work found; or a failure that says nothing of the file, and exit status 1."""
    try:
        _stay_small(memory, seconds)
        _say(work())
    except MemoryError:
        _say({"swelled": True})
    except Exception as error:
        _say({"failure": f"{type(error).__name__}: {error}"})
        raise


def _stay_small(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_MOST, WRITTEN_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # a shut-in process may not be allowed to; its verdict is the same
        os.nice(10)  # whoever waits for a page goes first


def _say(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
