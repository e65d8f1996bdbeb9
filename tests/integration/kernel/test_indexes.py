"""Indexes at the start: what is wanted is made, what earlier versions left is dropped, and nobody else's is touched."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import IndexModel

from shared.events.ids import new_id
from shared.kernel.mongo_indexes import prepare
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from tests.support.kernel import Report, ready

WANTED = [IndexModel([("state.team", 1)], name="team")]
RETIRED = [IndexModel([("state.category", 1), ("state.created_at", -1)], name="near")]


@pytest.fixture
async def collection(mongo: str) -> AsyncIterator[AsyncIOMotorCollection[dict[str, Any]]]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo)
    database = client[new_id()[-12:]]
    yield database["cases"]
    await client.drop_database(database)
    client.close()


async def names(collection: AsyncIOMotorCollection[dict[str, Any]]) -> set[str]:
    return {*await collection.index_information()} - {"_id_"}


async def test_what_an_earlier_version_left_is_dropped_by_whichever_replica_is_first(
    collection: AsyncIOMotorCollection[dict[str, Any]],
) -> None:
    await collection.create_indexes(RETIRED)
    await asyncio.gather(*(prepare(collection, WANTED, RETIRED) for _ in range(8)))

    assert await names(collection) == {"team"}
    await prepare(collection, WANTED, RETIRED)  # there is nothing left to drop
    assert await names(collection) == {"team"}


async def test_an_operators_own_index_stays_whatever_its_name(
    collection: AsyncIOMotorCollection[dict[str, Any]],
) -> None:
    await collection.create_index([("state.place", 1)], name="near")
    await collection.create_index([("state.category", 1), ("state.created_at", -1)], name="mine")
    await prepare(collection, WANTED, RETIRED)

    assert await names(collection) == {"team", "near", "mine"}


async def test_a_new_database_needs_nothing_dropped(collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
    await prepare(collection, WANTED, RETIRED)

    assert await names(collection) == {"team"}


async def test_a_process_serves_once_the_indexes_that_its_queries_name_are_made(mongo: str) -> None:
    chosen: dict[str, Any] = {"mongodb_uri": mongo, "mongodb_prefix": new_id()[-12:], "otel_traces_exporter": "none"}
    service = Service("dispatch", ServiceSettings(**chosen, roles=frozenset({"api"})), "maehia")
    alike = IndexModel([("state.text", 1)], name="alike", unique=True)
    cases = service.cases("reports", Report, indexes=[alike]).collection
    await cases.insert_many([{"_id": number, "state": {"text": "ท่อแตก"}} for number in "12"])
    async with service.lifespan():
        for _ in range(20):  # it tries again once a second
            assert [*await service.health.problems()] == ["indexes"]
            await asyncio.sleep(0.1)
        await cases.delete_one({"_id": "2"})
        await ready(service)

        assert await service.health.problems() == {}
        assert "alike" in await names(cases)
        await service.database.client.drop_database(service.database)
