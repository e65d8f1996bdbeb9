"""What relay and timers ask each second costs as much as the work that waits, however many cases are stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.moments import Search
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.service import Service
from shared.settings import ServiceSettings
from tests.support.kernel import Report, commented

RESTING, WAITING, ASKED = 300, 40, 5


@pytest.fixture
async def cases(mongo: str) -> AsyncIterator[MongoCases[Report]]:
    """Many cases at rest, some with an event to publish and an hour that has come."""
    settings = ServiceSettings(mongodb_uri=mongo, mongodb_prefix=new_id(), otel_traces_exporter="none")
    service = Service("intake", settings, "maehia")
    made = service.cases(
        "reports", Report, moments=lambda report: [Moment("look", now())] if report.texts else [], kinds=("look",)
    )
    await made.collection.create_indexes(list(KERNEL_INDEXES))
    resting = (made.step(new_id(), lambda state, cause: Step(Report()), Cause.request()) for _ in range(RESTING))
    await asyncio.gather(*resting)
    for minutes in range(WAITING):
        long_ago = now() - timedelta(minutes=minutes)
        await made.step(new_id(), lambda state, _: commented(state, "ท่อแตก"), Cause.request(at=long_ago))
    yield made
    service._client.close()


async def test_the_relays_sweep_finds_the_oldest_first_and_leaves_the_young(cases: MongoCases[Report]) -> None:
    found = await cases.store.unpublished(now() - timedelta(minutes=WAITING - 3, seconds=-30), 100)
    assert list(found) == await _ids_by_age(cases, 3)


async def test_what_a_clock_that_was_far_ahead_has_stamped_does_not_wait_for_that_time(
    cases: MongoCases[Report],
) -> None:
    far, little = new_id(), new_id()
    for case_id, seconds in ((far, 3600), (little, 30)):
        at = now() + timedelta(seconds=seconds)
        await cases.step(case_id, lambda state, _: commented(state, "ท่อแตก"), Cause.request(at=at))
    assert {far, little}.intersection(await cases.store.unpublished(now(), 2 * WAITING)) == {far}


@pytest.mark.parametrize(
    "ask",
    [
        lambda cases: cases.store.unpublished(now(), ASKED),
        lambda cases: cases.waiting.due(Search(now(), ASKED)),
        lambda cases: cases.store.oldest_unpublished(),
    ],
    ids=["relay", "timers", "age"],
)
async def test_a_sweep_reads_no_more_than_it_answers(
    cases: MongoCases[Report], ask: Callable[[MongoCases[Report]], Awaitable[object]]
) -> None:
    database = cases.collection.database
    await database.command("profile", 2)
    assert await ask(cases)
    await database.command("profile", 0)
    asked = await database["system.profile"].find({"command.find": "reports"}).to_list(None)
    assert [one["docsExamined"] <= ASKED for one in asked] == [True], [one["planSummary"] for one in asked]


async def _ids_by_age(cases: MongoCases[Report], count: int) -> list[str]:
    documents = await cases.collection.find({"outbox.0": {"$exists": True}}).to_list(None)
    return [one["_id"] for one in sorted(documents, key=lambda one: one["outbox"][0]["at"])][:count]
