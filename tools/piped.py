"""What a command does whose reader has gone, as the one before `| head` does: it ends, and says nothing of it."""

import os
import sys
from collections.abc import Callable

GONE = 141  # as a shell tells of a program that a broken pipe ended


def run_piped(main: Callable[[], int]) -> int:
    """The exit status of `main`, or `GONE`: it may not have come to its end."""
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()  # here, and not when Python ends: that would say so
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GONE
