"""Indexes at the start: what is wanted is made, what earlier versions left is dropped, and nobody else's is touched."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import IndexModel

from shared.events.ids import new_id
from shared.kernel.mongo_indexes import prepare

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
