"""What is read off the database's journal, on changes as a real one tells them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

import pytest
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import OperationFailure

from shared.kernel.change_follower import HISTORY_LOST
from shared.kernel.journal import JournalTooShort, read_told

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
MARK = ("trail", "events//1")
END = {"ns": {"coll": "trail"}, "documentKey": {"_id": "events//1"}, "told": []}


class Changes:
    """A database whose change stream holds these, or refuses to begin."""

    name = "onestop_intake"

    def __init__(self, changes: Sequence[Mapping[str, Any]], refusal: OperationFailure | None = None) -> None:
        self._changes = iter(changes)
        self._refusal = refusal

    def watch(self, *_: object, **__: object) -> Self:
        return self

    async def __aenter__(self) -> Self:
        if self._refusal:
            raise self._refusal
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Mapping[str, Any]:
        return next(self._changes)


def entry(name: str) -> dict[str, Any]:
    return {"id": name, "at": AT, "ref": "", "headers": [], "messages": [["internal.reports.v1", "k", b"{}"]]}


def step(*told: tuple[str, Any]) -> dict[str, Any]:
    return {"ns": {"coll": "reports"}, "documentKey": {"_id": "R"}, "told": [{"k": key, "v": v} for key, v in told]}


async def read(*changes: Mapping[str, Any], refusal: OperationFailure | None = None) -> list[str]:
    database = cast(AsyncIOMotorDatabase[dict[str, Any]], Changes(changes, refusal))
    return [one.entry.id async for one in read_told(database, AT, MARK)]


async def test_events_come_in_the_order_of_their_outbox_and_nothing_after_the_mark() -> None:
    new = step(("outbox", [entry("a"), entry("b")]))
    later = step(("outbox.10", entry("d")), ("outbox.9", entry("c")))
    assert await read(new, later, END, step(("outbox", [entry("e")]))) == ["a", "b", "c", "d"]


async def test_a_step_that_told_nothing_is_passed_over() -> None:
    assert await read(step(), step(("outbox", [])), END) == []


async def test_a_journal_that_does_not_reach_back_so_far_says_so() -> None:
    with pytest.raises(JournalTooShort, match="onestop_intake does not reach back to 2026-11-26T08:00:00"):
        await read(refusal=OperationFailure("the resume point may no longer be in the oplog", HISTORY_LOST))


async def test_any_other_refusal_stays_what_it_is() -> None:
    with pytest.raises(OperationFailure):
        await read(refusal=OperationFailure("not authorized", 13))
