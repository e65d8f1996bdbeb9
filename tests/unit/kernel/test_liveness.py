"""Whatever is owed is done in time: the kernel's own loops in a world whose clock jumps."""

from collections.abc import Callable

import pytest

from tests.support.liveness import STORIES, tell
from tests.support.village import Village


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_owed_is_done_in_time(story: Callable[[Village], None]) -> None:
    tell(story)
