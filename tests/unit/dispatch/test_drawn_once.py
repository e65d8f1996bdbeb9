"""What many screens ask for at once is worked out once."""

import asyncio

import pytest

from services.dispatch.pages.live import Once


class Worker:
    """Counts what it is asked, and takes a while."""

    def __init__(self, *, fails: int = 0) -> None:
        self.asked, self._fails = 0, fails

    async def __call__(self) -> int:
        self.asked += 1
        asked = self.asked
        await asyncio.sleep(0.01)
        if asked <= self._fails:
            raise ConnectionError
        return asked


async def test_many_at_once_and_who_comes_later_get_one_answer() -> None:
    once, work = Once(), Worker()

    assert await asyncio.gather(*(once("a", work) for _ in range(20))) == [1] * 20
    assert await once("a", work) == 1
    assert await once("b", work) == 2


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    once, work = Once(), Worker()
    first = asyncio.create_task(once("a", work))
    second = asyncio.create_task(once("a", work))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == 1


async def test_a_failure_is_told_and_not_remembered() -> None:
    once, work = Once(), Worker(fails=1)
    with pytest.raises(ConnectionError):
        await once("a", work)

    assert await once("a", work) == 2


async def test_the_oldest_is_forgotten_first() -> None:
    once, work = Once(most=2), Worker()
    for key in ("a", "b", "c", "a"):
        await once(key, work)

    assert work.asked == 4
