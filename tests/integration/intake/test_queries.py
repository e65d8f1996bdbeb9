"""What pages ask of the database is answered from an index and looks at few reports, however many were closed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.domain.states import State
from services.intake.queries import Filter
from services.intake.store import COUNTED_FOR, Store
from shared.events.ids import new_id
from tests.support.intake import REPORT, Intake

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PLACE = (REPORT["location"]["latitude"], REPORT["location"]["longitude"])
OPEN, CLOSED = 9, 900
Ask = Callable[[Store], Awaitable[Any]]


@pytest.fixture
async def old_town(service: Intake) -> AsyncIterator[Store]:
    """Many closed reports; few open ones, of which the most are older than all the closed."""
    cases = service.store.reports.collection
    while "states" not in await cases.index_information():  # noqa: ASYNC110 - made in the background
        await asyncio.sleep(0.05)
    await copies(service, 2, "received", days=0)
    await copies(service, CLOSED, "closed", days=1)
    await copies(service, OPEN - 2, "on_site", days=400)
    await cases.database.command("profile", 2)
    yield service.store
    await cases.database.command("profile", 0)


async def copies(service: Intake, number: int, state: State, days: int) -> None:
    """So many of one report, in that state, from so many days ago."""
    cases = service.store.reports.collection
    first = await cases.find_one({"_id": (await service.report())["id"]})
    assert first is not None
    await cases.delete_one({"_id": first["_id"]})
    report = first["state"] | {"state": state}
    at = report["submitted_at"] - timedelta(days=days)
    times = [at - timedelta(minutes=one) for one in range(number)]
    await cases.insert_many([
        first | {"_id": new_id(), "state": report | {"reference": new_id(), "submitted_at": time}} for time in times
    ])  # fmt: skip


async def every(found: AsyncIterator[str]) -> list[str]:
    return [one async for one in found]


async def looked_at(store: Store, query: Awaitable[Any]) -> dict[str, Any]:
    """What the database itself wrote down about the query: its plan, and how many documents it looked at."""
    await query
    cases = store.reports.collection
    own = {"ns": cases.full_name, "op": {"$in": ["query", "command"]}}
    (found,) = await cases.database["system.profile"].find(own).sort("ts", -1).to_list(1)
    assert "COLLSCAN" not in found["planSummary"]
    assert "IXSCAN" in found["planSummary"]
    return found


QUESTIONS: list[tuple[str, Ask, int]] = [
    ("the map", lambda store: store.list_newest(Filter(open=True), 300), OPEN),
    (
        "the map of one category",
        lambda store: store.list_newest(Filter(open=True, categories=["water-leak"]), 300),
        OPEN,
    ),
    ("a part of the map", lambda store: store.list_newest(Filter(open=True, bounds=(98, 18, 99, 19)), 300), OPEN),
    ("what is done", lambda store: store.list_newest(Filter(open=False), 5), 5),
    ("the first page", lambda store: store.list_newest(Filter(), 6), 6),
    ("what lies near", lambda store: store.find_near("water-leak", PLACE, 100, LONG_AGO, OPEN), OPEN),
]


@pytest.mark.parametrize(("ask", "most"), [one[1:] for one in QUESTIONS], ids=[one[0] for one in QUESTIONS])
async def test_what_was_closed_is_not_looked_at(old_town: Store, ask: Ask, most: int) -> None:
    assert len(await ask(old_town)) == most
    assert (await looked_at(old_town, ask(old_town)))["docsExamined"] <= most


async def test_a_later_page_of_what_is_open_skips_what_was_closed(old_town: Store) -> None:
    first = await old_town.list_newest(Filter(open=True), 2)
    after = (first[-1].state.submitted_at, first[-1].id)
    assert len(await old_town.list_newest(Filter(open=True), OPEN, after)) == OPEN - 2
    cost = await looked_at(old_town, old_town.list_newest(Filter(open=True), OPEN, after))
    assert cost["docsExamined"] <= OPEN


async def test_the_counts_come_from_the_index_alone_and_once_a_minute(
    old_town: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = await looked_at(old_town, old_town.count_by_state())
    assert cost["docsExamined"] == 0
    assert await old_town.count_by_state() == {"received": 2, "closed": CLOSED, "on_site": OPEN - 2}
    await old_town.reports.collection.delete_many({"state.state": "closed"})
    assert (await old_town.count_by_state())["closed"] == CLOSED
    at, counts = old_town._counted
    old_town._counted = at - COUNTED_FOR, counts
    assert await old_town.count_by_state() == {"received": 2, "on_site": OPEN - 2}


async def test_the_sweep_of_photos_looks_at_no_report_without_them(old_town: Store) -> None:
    expired = {"_id": "f" * 32, "expires_at": LONG_AGO, "cases": []}
    await old_town.photos._photos.insert_one(expired)
    assert (await looked_at(old_town, old_town.photos.forget_unnamed()))["docsExamined"] == 0


async def test_the_search_for_who_is_to_be_forgotten_looks_at_none_that_is(old_town: Store) -> None:
    done = {"state.closed_at": LONG_AGO, "state.forgotten_at": LONG_AGO}
    await old_town.reports.collection.update_many({"state.state": "closed"}, {"$set": done})
    cost = await looked_at(old_town, every(old_town.list_to_be_forgotten()))
    assert (cost["docsExamined"], cost["keysExamined"]) <= (0, 1)


async def test_the_oldest_report_that_no_team_has_is_found_among_those_alone(old_town: Store) -> None:
    """Every process asks it every fifteen seconds. One that was opened again has waited for less."""
    collection = old_town.reports.collection
    newest, oldest = [one async for one in collection.find({"state.state": "received"}).sort("state.submitted_at", -1)]
    assert await old_town.find_oldest_unrouted() == oldest["state"]["submitted_at"]
    assert (await looked_at(old_town, old_town.find_oldest_unrouted()))["docsExamined"] <= 1
    await collection.update_one({"_id": oldest["_id"]}, {"$set": {"state.reopened": 1}})
    assert await old_town.find_oldest_unrouted() == newest["state"]["submitted_at"]
    await collection.update_one({"_id": newest["_id"]}, {"$set": {"state.team": "triage"}})
    assert await old_town.find_oldest_unrouted() is None
    assert await old_town.find_newest_submitted() == newest["state"]["submitted_at"]
    assert (await looked_at(old_town, old_town.find_newest_submitted()))["docsExamined"] <= 1


async def test_lists_do_without_timelines(service: Intake) -> None:
    await service.report()
    (case,) = await service.store.list_newest(Filter(), 1)
    assert case.state.timeline == []
