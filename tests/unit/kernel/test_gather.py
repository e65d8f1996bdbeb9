"""What is done side by side ends together, and whoever goes keeps no other from their answer."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.kernel import Transient
from shared.kernel.gather import Gather, all_of


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


async def test_a_caller_who_gives_up_keeps_no_other_from_its_answer() -> None:
    answered = asyncio.Event()

    async def double(items: Sequence[int]) -> Sequence[int]:
        await answered.wait()
        return [2 * item for item in items]

    gather = Gather(double)
    first, second = asyncio.create_task(gather(1)), asyncio.create_task(gather(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # both are in the batch that is under way
    first.cancel()
    answered.set()

    async with asyncio.timeout(5):
        assert await second == 4
