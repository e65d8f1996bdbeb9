"""The indexes of a collection: made when a service starts, and dropped when no release wants them any more."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import IndexModel
from pymongo.errors import OperationFailure

Document = dict[str, Any]

_INDEX_NOT_FOUND = 27


async def prepare(
    collection: AsyncIOMotorCollection[Document], wanted: Sequence[IndexModel], retired: Sequence[IndexModel] = ()
) -> None:
    """Make the indexes wanted, then drop those that earlier versions wanted; by any number of replicas at once.

    Only an index with the very name and keys of a retired one goes: what an operator made is never ours to drop.
    """
    await collection.create_indexes(list(wanted))
    there = await collection.index_information() if retired else {}
    for index in retired:
        name = index.document["name"]
        if there.get(name, {}).get("key") == list(index.document["key"].items()):
            try:
                await collection.drop_index(name)
            except OperationFailure as error:
                if error.code != _INDEX_NOT_FOUND:  # another replica was faster
                    raise


async def prepare_all(
    database: AsyncIOMotorDatabase[Any],
    wanted: Mapping[str, Sequence[IndexModel]],
    retired: Mapping[str, Sequence[IndexModel]],
) -> None:
    """Make the wanted indexes and drop the retired ones, each collection by its name (see `prepare`)."""
    for name, indexes in wanted.items():
        await prepare(database[name], indexes, retired.get(name, ()))


async def find_unprepared(prepared: asyncio.Event) -> str | None:
    """Queries name the indexes that they need: they fail without, or read a whole collection."""
    return None if prepared.is_set() else "are being made, which takes minutes where a release adds one to much data"


async def case_collections(database: AsyncIOMotorDatabase[Document]) -> Sequence[str]:
    """The collections of a service that hold cases: each of them, and no other, has an index over its outboxes."""
    names = [name for name in await database.list_collection_names() if not name.startswith("system.")]
    return sorted([name for name in names if "outbox" in await database[name].index_information()])
