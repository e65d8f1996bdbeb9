"""Processor time of other processes, as the kernel of the machine counts it."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def processor_ms(pids: Mapping[str, int]) -> dict[str, float]:
    """Milliseconds each named process has worked since it began, all its threads together."""
    return {name: _worked(pid) for name, pid in pids.items()}


def _worked(pid: int) -> float:
    # The name of the program, in parentheses, may hold spaces: fields are counted from behind it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS  # utime and stime
