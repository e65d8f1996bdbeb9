"""Where a follower of changes begins, and begins again when the journal no longer reaches back to its place."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from bson import Timestamp
from pymongo.errors import OperationFailure

from shared.kernel.change_follower import HISTORY_LOST, ChangeFollower

NOW = 1_000_000  # by the clock of the database, which is far from ours
INVALID_TOKEN = 260


class Journal:
    """A database that says its time, and refuses to begin or go on at some places."""

    name = "followed"

    def __init__(self, refuses: Mapping[str, int]) -> None:
        self.refuses = refuses
        self.asked: list[Mapping[str, Any]] = []

    async def command(self, _name: str) -> Mapping[str, Any]:
        """Its time comes with every answer."""
        return {"operationTime": Timestamp(NOW, 7)}

    def watch(self, _pipeline: object, **options: Any) -> "Stream":
        """From where?"""
        self.asked.append(options)
        return Stream(self.refuses.get(next(iter(options), "")))


class Stream:
    """One change, and then it breaks."""

    alive = True
    resume_token = None

    def __init__(self, refusal: int | None) -> None:
        self._refusal = refusal
        self._told = False

    async def __aenter__(self) -> "Stream":
        if self._refusal:
            raise OperationFailure("not from there", self._refusal)
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def try_next(self) -> Mapping[str, Any]:
        """The change."""
        if self._told:
            raise ConnectionResetError
        self._told = True
        return {"_id": {"_data": "A"}}


async def follow(refuses: Mapping[str, int], *, back_seconds: int) -> tuple[list[Mapping[str, Any]], int]:
    """What it asks for in four tries, and how often it says that changes were missed."""
    journal: Any = Journal(refuses)
    losses: list[None] = []
    rests = iter(range(4))

    async def rest(_seconds: float) -> None:
        if next(rests) == 3:
            raise asyncio.CancelledError

    follower = ChangeFollower(
        journal, lambda _: None, lambda: losses.append(None), back_seconds=back_seconds, wait=rest
    )
    with pytest.raises(asyncio.CancelledError):
        await follower.follow()
    return journal.asked, len(losses)


async def test_it_begins_by_the_clock_of_the_database_and_goes_on_where_it_was() -> None:
    asked, losses = await follow({}, back_seconds=300)
    assert asked == [{"start_at_operation_time": Timestamp(NOW - 300, 1)}, *3 * [{"resume_after": {"_data": "A"}}]]
    assert losses == 0
    assert (await follow({}, back_seconds=0))[0][0] == {}


@pytest.mark.parametrize("code", [HISTORY_LOST, INVALID_TOKEN])
async def test_a_place_that_is_forgotten_is_said_and_left(code: int) -> None:
    asked, losses = await follow({"resume_after": code}, back_seconds=0)
    assert asked == 2 * [{}, {"resume_after": {"_data": "A"}}]
    assert losses == 2


async def test_a_journal_that_is_too_short_to_begin_in_is_not_asked_for_ever() -> None:
    asked, losses = await follow({"start_at_operation_time": HISTORY_LOST}, back_seconds=300)
    assert asked[1] == {}
    assert losses == 1
