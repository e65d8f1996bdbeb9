"""What a database may hold from a release before: its indexes by name, and moments by kind, that wait to be worked.

`database.json` names both. What is new is added to it. An index with other keys or options has another name: under one
that is there, MongoDB refuses it, and the service never starts. A kind stays known until no release that may have left
one can be followed by this.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pymongo import IndexModel

from shared.events.catalogue import SERVICES
from shared.kernel.service import Service
from tests.support.source import ROOT
from tools.operate.desks import services

FROZEN: Mapping[str, Mapping[str, Any]] = json.loads((ROOT / "tests/contracts/database.json").read_text())


def indexes(name: str, service: Service) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """`<service>.<collection>.<index>` and what it is."""
    for collection, wanted in service.wanted_indexes.items():
        yield from ((f"{name}.{collection}.{index.document['name']}", shape(index)) for index in wanted)


def shape(index: IndexModel) -> Mapping[str, Any]:
    """Keys in their order, and options."""
    options = {option: value for option, value in index.document.items() if option not in ("name", "key")}
    return {"key": [list(one) for one in index.document["key"].items()], **options}


def kinds(name: str, service: Service) -> Iterator[tuple[str, list[str]]]:
    """`<service>.<collection>` and the kinds of moments that are worked there."""
    stores = service._publishing.stores
    yield from ((f"{name}.{store.collection.name}", sorted(store.kinds)) for store in stores if store.kinds)


@pytest.fixture
async def wanted() -> Mapping[str, Mapping[str, Any]]:
    async with services() as every:
        return {
            "indexes": dict(sorted(pair for one in every.items() for pair in indexes(*one))),
            "kinds": dict(sorted(pair for one in every.items() for pair in kinds(*one))),
        }


async def test_every_service_is_asked(wanted: Mapping[str, Any]) -> None:
    assert {name.partition(".")[0] for name in wanted["indexes"]} == set(SERVICES), "tools/operate/desks.py"


async def test_an_index_keeps_its_keys_and_options_as_long_as_it_keeps_its_name(wanted: Mapping[str, Any]) -> None:
    now, before = wanted["indexes"], FROZEN["indexes"]

    assert not [name for name in before if name in now and now[name] != before[name]], "give it another name"


async def test_a_kind_of_moments_that_may_wait_in_a_database_is_still_worked(wanted: Mapping[str, Any]) -> None:
    left = {name: {*known} - {*wanted["kinds"].get(name, ())} for name, known in FROZEN["kinds"].items()}

    assert not {name: lost for name, lost in left.items() if lost}, "nobody would ever do it"


async def test_what_is_new_is_frozen_too(wanted: Mapping[str, Any]) -> None:
    new = [name for name in wanted["indexes"] if name not in FROZEN["indexes"]]
    new += [
        f"{at} {kind}"
        for at, here in wanted["kinds"].items()
        for kind in here
        if kind not in FROZEN["kinds"].get(at, ())
    ]

    assert not new, "add it to database.json"
