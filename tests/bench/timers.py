"""Timers' drain: everything is due at once, as after a night in which nobody looked; beside bare guarded writes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from services.dispatch.commands import Desk
from shared.kernel.pools import MOST
from tests.bench.measure import OURS, Section, Turn, Watch, interleaved, rates, reached, work
from tests.bench.subject import Bench
from tests.support.due import count_due, store_due, timing

FEW, MANY = 2000, 100_000


async def measure(bench: Bench, *, large: bool = False) -> Section:
    """Rungs of the ladder per second."""
    due = MANY if large else FEW
    ways: dict[str, Callable[[], Awaitable[Turn]]] = {
        OURS: lambda: _drained(bench, due),
        "guarded write": lambda: _written(bench, due),
    }
    turns = await interleaved(range(1) if large else bench.rounds(), ways)
    return Section(
        "Timers",
        f"{due:,} open work orders of which a rung of the ladder is due at once, in one process with the role timers: "
        "found, decided, saved with history, event and next moment. Floor: as many bare `update_one`, "
        f"{MOST} at once, each of a field of a document of the same kind.",
        [*rates("rungs of the ladder", "1/s", turns), *work("processor time", "µs/rung", turns)],
    )


async def _drained(bench: Bench, due: int) -> Turn:
    service, desk = timing(bench.settings("timers"))
    await store_due(desk, due)
    watch = Watch()
    async with service.lifespan():
        await reached(lambda: _all_done(desk))
        return watch.turn(due)


async def _all_done(desk: Desk) -> bool:
    return not await count_due(desk)


async def _written(bench: Bench, due: int) -> Turn:
    service, desk = timing(bench.settings("timers"))
    await store_due(desk, due)
    collection = desk.store.orders.collection
    ids = [document["_id"] async for document in collection.find({}, {"_id": 1})]
    watch = Watch()
    await asyncio.gather(*(_each(collection, ids[place::MOST]) for place in range(MOST)))
    turn = watch.turn(due)
    service.database.client.close()
    return turn


async def _each(collection: Any, ids: list[str]) -> None:
    for one in ids:
        await collection.update_one({"_id": one}, {"$inc": {"v": 1}, "$set": {"state.level": "head"}})
