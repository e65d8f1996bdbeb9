"""How long things take, counted in classes, so that a median of any number of them costs as little as a sum."""

import math
from collections.abc import Mapping
from datetime import timedelta

RATIO = 1.04  # of one class to the one before: what is told is at most 2 % beside what was


def class_of(minutes: float) -> int:
    """The class of so many minutes; those of a clock that ran backwards are none."""
    return math.floor(math.log(max(minutes, 0.0) + 1) / math.log(RATIO))


def middle_of(number: int) -> timedelta:
    """The time that stands for all of a class: the middle between its bounds."""
    low, high = RATIO**number - 1, RATIO ** (number + 1) - 1
    return timedelta(minutes=(low + high) / 2)


def quantile(counts: Mapping[int, int], fraction: float) -> timedelta | None:
    """So long, or less, took that fraction of all; None of none. `counts`: how many there are of each class."""
    left = math.ceil(fraction * sum(counts.values()))
    for number in sorted(counts):
        left -= counts[number]
        if left <= 0:
            return middle_of(number)
    return None
