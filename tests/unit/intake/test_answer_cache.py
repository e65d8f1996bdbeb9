"""What costs much is made once for all who ask within its time, one at a time, and a few at most are kept."""

import asyncio

import pytest

from services.intake.api.answer_cache import AnswerCache


class Kitchen:
    """Makes answers and counts; its clock stands until it is told."""

    def __init__(self) -> None:
        self.time = 0.0
        self.made: list[str] = []
        self.at_once = self.most_at_once = 0
        self.kept = AnswerCache(60, 2, lambda: self.time)

    async def ask(self, what: str) -> bytes:
        async def make() -> bytes:
            self.made.append(what)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(0)
            self.at_once -= 1
            return f"{what} {len(self.made)}".encode()

        return await self.kept.answer(what, make)


async def test_an_answer_is_made_once_in_its_time() -> None:
    kitchen = Kitchen()
    assert await kitchen.ask("all") == b"all 1"
    kitchen.time = 59
    assert await kitchen.ask("all") == b"all 1"
    kitchen.time = 60
    assert await kitchen.ask("all") == b"all 2"


async def test_many_at_once_are_made_one_by_one_and_the_same_only_once() -> None:
    kitchen = Kitchen()
    await asyncio.gather(*(kitchen.ask(what) for what in ("roads", "water", "roads", "water", "roads")))
    assert (kitchen.made, kitchen.most_at_once) == (["roads", "water"], 1)


async def test_only_the_last_few_are_kept() -> None:
    kitchen = Kitchen()
    for what in ("one", "two", "three", "two", "one"):
        await kitchen.ask(what)
    assert kitchen.made == ["one", "two", "three", "one"]


async def test_what_fails_is_not_kept() -> None:
    kitchen = Kitchen()

    async def fail() -> bytes:
        raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError):
        await kitchen.kept.answer("all", fail)
    assert await kitchen.ask("all") == b"all 1"
