"""The other side of `apart.py`: one piece of work in little memory and time, and its answer. Nothing of ours is
imported here, so that a process which lives for one file begins at once."""

import errno
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

MEMORY_MOST = 1024**3  # bytes; a picture of 60 megapixels and its copy take 400 MB
SECONDS_MOST = 20  # of processor time; a drawing of 50 MB takes some two
WRITTEN_MOST = 200_000_000  # bytes of one file


def answer(
    work: Callable[[], Mapping[str, Any]],
    *,
    memory: int = MEMORY_MOST,
    seconds: int = SECONDS_MOST,
    written: int = WRITTEN_MOST,
    theirs: type[BaseException] = MemoryError,
) -> None:
    """One line of JSON: what the work found; or, with exit status 1, that the file has taken it down, or a failure that
    says nothing of the file. `theirs`: what is the file's doing, beside what can be nobody else's."""
    try:
        _stay_small(memory, seconds, written)
        _say(work())
    except BaseException as error:
        name = type(error).__name__
        _say({"down": name} if _is_theirs(error, theirs) else {"failure": f"{name}: {error}"})
        raise


def _is_theirs(error: BaseException, theirs: type[BaseException]) -> bool:
    """A panic of a library in Rust is no `Exception`; more was to be written than may be; but the disk is ours."""
    number = getattr(error, "errno", None)
    panics = not isinstance(error, Exception)
    return number == errno.EFBIG or (number != errno.ENOSPC and (panics or isinstance(error, theirs)))


def _stay_small(memory: int, seconds: int, written: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # a shut-in process may not be allowed to; its verdict is the same
        os.nice(10)  # whoever waits for a page goes first


def _say(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
