"""How often Python looks for objects that only each other keep alive."""

import gc
from functools import cache

YOUNG_MOST = 20_000  # new objects before a look; at Python's 700 a busy process spent a third of its time on looking


def collect_later() -> None:
    """Not before `collect_seldom`: looking at what is being imported takes an eighth of a service's start."""
    gc.disable()


@cache
def collect_seldom() -> None:
    """Once per process: what is imported by now stays for ever; most of what a request makes is in no circle."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MOST, 10, 10)
