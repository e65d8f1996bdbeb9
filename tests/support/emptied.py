"""Databases that tests hand on: making a service's collections with all their indexes, and dropping them again, takes
longer than most tests do. Each test finds nothing in its own, and nobody else has it meanwhile."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from shared.events.ids import new_id

_FREE: defaultdict[tuple[str, str], list[str]] = defaultdict(list)  # by server and service: prefixes


@contextmanager
def empty_database(mongo: str, service: str) -> Iterator[str]:
    """The prefix of one that holds nothing but empty collections, if any; a test that fails to start keeps its own."""
    free = _FREE[mongo, service]
    with MongoClient[dict[str, Any]](mongo) as client:
        emptied = (prefix for prefix in _taken(free) if _empty(client[f"{prefix}_{service}"]))
        prefix = next(emptied, f"{service}_{new_id()}")
    yield prefix
    free.append(prefix)


def _taken(free: list[str]) -> Iterator[str]:
    while free:
        yield free.pop()


def _empty(database: Database[dict[str, Any]]) -> bool:
    """Before it is used, and not after: whatever a service has written while it stopped goes too. False: it has been
    watched by a test, and is gone."""
    names = database.list_collection_names()
    if any(name.startswith("system.") for name in names):
        database.client.drop_database(database)
        return False
    for name in names:
        database[name].delete_many({})
        database.command("planCacheClear", name)  # a way that was the best for other documents
    return True
