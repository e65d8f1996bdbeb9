"""Medians from classes are near those of the times themselves."""

import math
from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.spans import RATIO, class_of, quantile

MINUTES = st.lists(st.integers(0, 3 * 365 * 24 * 60), min_size=1, max_size=200)


@given(MINUTES, st.sampled_from([0.5, 0.9, 1.0]))
def test_a_share_is_told_to_two_parts_in_a_hundred(minutes: list[int], fraction: float) -> None:
    exact = sorted(minutes)[math.ceil(fraction * len(minutes)) - 1]
    told = quantile(Counter(map(class_of, minutes)), fraction)
    assert told is not None
    assert abs(told.total_seconds() / 60 - exact) <= (exact + 1) * (RATIO - 1) / 2 + 1e-6


def test_of_nothing_there_is_no_median() -> None:
    assert quantile({}, 0.5) is None


def test_a_clock_that_ran_backwards_took_no_time() -> None:
    assert class_of(-5) == class_of(0)
    assert quantile({class_of(0): 1}, 0.5) < timedelta(minutes=1)  # type: ignore[operator]
