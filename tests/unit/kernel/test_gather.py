"""What is done side by side ends together."""

import asyncio

import pytest

from shared.kernel import Transient
from shared.kernel.gather import all_of


async def test_all_of_leaves_nothing_running_when_one_fails() -> None:
    ended = []

    async def work(seconds: float, fails: bool) -> None:
        await asyncio.sleep(seconds)
        ended.append(seconds)
        if fails:
            raise Transient("away")

    with pytest.raises(Transient):
        await all_of(work(0.0, True), work(0.02, False))

    assert ended == [0.0, 0.02]
