"""Which sessions are over, written by one service and read by the others."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection

from shared.events.ids import new_id
from shared.kernel.ended_sessions import ENDED_INDEXES, EndedSessions
from shared.kernel.mongo_indexes import prepare

HOURS = timedelta(hours=8)


@pytest.fixture
async def collection(mongo: str) -> AsyncIterator[AsyncIOMotorCollection[dict[str, Any]]]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo, tz_aware=True)
    made = client[f"{new_id()}_sessions"]["ended"]
    await prepare(made, ENDED_INDEXES)
    yield made
    await client.drop_database(made.database.name)
    client.close()


async def test_a_session_is_over_under_each_of_its_keys_if_it_began_before(
    collection: AsyncIOMotorCollection[dict[str, Any]],
) -> None:
    one, other = EndedSessions(collection), EndedSessions(collection)
    await one.end("person:u-1", 1000, HOURS)
    await one.end("person:u-1", 900, HOURS)  # an older word changes nothing

    assert await other.has_ended(["session:a", "person:u-1"], 1000)
    assert not await other.has_ended(["session:a", "person:u-1"], 1001)
    assert not await other.has_ended(["session:a", "person:u-2"], 0)


async def test_the_database_forgets_what_no_cookie_can_bring_back(
    collection: AsyncIOMotorCollection[dict[str, Any]],
) -> None:
    assert (await collection.index_information())["over"]["expireAfterSeconds"] == 0
