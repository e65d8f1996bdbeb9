"""Who may what in the database: each service what is its own, and not the names of the others."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.parts.mongo import mongo_uri
from shared.events.catalogue import SERVICES
from tests.support.stack import Stack
from tools.operate.acls import OPERATORS
from tools.operate.users import SESSIONS, roles

Document = dict[str, Any]
DATABASES = [f"onestop_{name}" for name in (*SERVICES, SESSIONS)]
UNAUTHORIZED = 13
ACTS: dict[str, Callable[[Collection[Document]], object]] = {
    "read": lambda found: found.find_one(),
    "write": lambda found: found.insert_one({"_id": "a test"}),
    "follow": lambda found: found.database.watch(max_await_time_ms=1).try_next(),
    "index": lambda found: found.create_index("a_test"),
    "drop": lambda found: found.drop(),
}
OF_ADMINISTRATORS: dict[str, Callable[[MongoClient[Document]], object]] = {
    "users": lambda client: client.admin.command("usersInfo"),
    "make a user": lambda client: client.admin.command("createUser", "x", pwd="x", roles=["root"]),
    "shut down": lambda client: client.admin.command("shutdown"),
    "parameters": lambda client: client.admin.command("getParameter", "*"),
    "other replica set": lambda client: client.admin.command("replSetReconfig", {}),
    "the oplog": lambda client: client.local["oplog.rs"].find_one(),
}


def client_of(stack: Stack, name: str) -> MongoClient[Document]:
    return MongoClient(mongo_uri(stack.ports, stack.secured, name))


@pytest.mark.parametrize("name", [*SERVICES, OPERATORS])
def test_each_user_has_its_own_databases_whole_and_nothing_of_the_others(secured: Stack, name: str) -> None:
    own = {role["db"] for role in roles()[name] if role["role"] == "readWrite"}
    with client_of(secured, name) as client:
        for database in [*DATABASES, "onestop_other"]:
            collection = client[database]["a_test"]
            may = {act for act, do in ACTS.items() if _may(partial(do, collection))}
            assert may == (set(ACTS) if database in own else set()), database
        assert set(client.list_database_names()) - {"local"} == own & _with_something(secured)


@pytest.mark.parametrize("name", [*SERVICES, OPERATORS])
@pytest.mark.parametrize("act", OF_ADMINISTRATORS)
def test_nobody_who_works_with_the_data_administers_the_database(secured: Stack, name: str, act: str) -> None:
    with client_of(secured, name) as client:
        assert _may(partial(OF_ADMINISTRATORS[act], client)) == (name == OPERATORS and act == "the oplog")


def test_the_database_tells_a_stranger_nothing(secured: Stack) -> None:
    plain = f"mongodb://127.0.0.1:{secured.ports.mongo}/?directConnection=true&serverSelectionTimeoutMS=1500"
    for uri in (plain, f"{plain}&tls=true&tlsCAFile={secured.secured.ca if secured.secured else ''}"):
        with MongoClient[Document](uri) as client, pytest.raises(PyMongoError):
            client["onestop_intake"]["reports"].find_one()


def _may(act: Callable[[], object]) -> bool:
    try:
        act()
    except OperationFailure as error:
        if error.code != UNAUTHORIZED:
            raise
        return False
    return True


def _with_something(stack: Stack) -> set[str]:
    with MongoClient[Document](stack.mongo) as administrator:
        return set(administrator.list_database_names())
