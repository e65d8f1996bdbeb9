"""A hundred thousand work orders are due at once: every level is told once of each, and none is left behind."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services.dispatch.settings import Settings
from shared.events.ids import new_id
from tests.support.due import count_due, store_due, timing

PROCESSES = 2
HUNDRED_THOUSAND = pytest.param(100_000, marks=[pytest.mark.campaign, pytest.mark.timeout(3600)])


@pytest.mark.parametrize("many", [200, HUNDRED_THOUSAND])
async def test_all_that_is_due_at_once_is_told_once_by_several_processes(mongo: str, many: int) -> None:
    settings = Settings(mongodb_uri=mongo, mongodb_prefix=new_id()[-12:], otel_traces_exporter="none")
    onlooker, desk = timing(settings)  # whoever runs closes its client in the end
    orders = desk.store.orders.collection
    await store_due(desk, many)
    async with AsyncExitStack() as running:
        for _ in range(PROCESSES):
            await running.enter_async_context(timing(settings)[0].lifespan())
        while await count_due(desk):  # noqa: ASYNC110 - the database is looked at: nothing of ours tells
            await asyncio.sleep(0.2)

    told_once = {
        "state.informed": {"$size": 1},
        "state.line_count": 2,
        "state.history": {"$size": 2},
        "state.history.1.what": "escalated",
        "outbox": {"$size": 1},
        "moments.tries": {"$not": {"$gt": 0}},
    }
    assert await orders.count_documents({}) == many
    assert await orders.count_documents(told_once) == many
    await onlooker.database.client.drop_database(onlooker.database)
    onlooker.database.client.close()
