"""A stop finishes what is under way, publishes what was saved, and leaves the rest to the next start."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, Transient, now
from tests.support.kernel import Order, Pair, Report, commented, eventually, has_taken, taken_by


async def test_the_batch_under_way_is_finished_and_committed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, begun = new_id(), asyncio.Event()

    async def slow(envelope: Envelope) -> None:
        begun.set()
        await asyncio.sleep(0.5)

    monkeypatch.setattr(pair, "before", slow)
    async with pair.running(pair.writer):
        async with pair.running(pair.reader):
            await pair.submit(case_id)
            await begun.wait()
        begun.clear()
        again, orders = pair.make_reader()
        async with pair.running(again):
            assert await taken_by(orders, case_id) == [1]
            await asyncio.sleep(1)
            assert not begun.is_set(), "the batch was not committed"


async def test_what_had_no_effect_yet_is_not_committed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, begun = new_id(), asyncio.Event()

    async def away(envelope: Envelope) -> None:
        begun.set()
        raise Transient("the provider is away")

    async with pair.running(pair.writer):
        with monkeypatch.context() as outage:
            outage.setattr(pair, "before", away)
            async with pair.running(pair.reader):
                await pair.submit(case_id)
                await begun.wait()
        again, orders = pair.make_reader()
        async with pair.running(again):
            await eventually(partial(has_taken, orders, case_id, [1]), 10)


async def test_what_was_saved_leaves_before_the_end(pair: Pair) -> None:
    writer, reports = pair.make_writer()
    async with pair.running(writer):
        await asyncio.gather(*(reports.step(new_id(), _first_word, Cause.request()) for _ in range(50)))
    assert await pair.reports.collection.count_documents({}) == 50
    assert await pair.reports.collection.count_documents({"outbox.at": {"$exists": True}}) == 0


async def test_a_timer_s_work_under_way_is_finished(pair: Pair) -> None:
    """A mail that has left must be noted."""
    service, case_id, begun = pair.make_writer("timers")[0], new_id(), asyncio.Event()
    overdue = Moment("ring", now() - timedelta(hours=1))
    cases = service.cases("alarms", Order, moments=lambda order: [] if order.taken else [overdue], kinds=("ring",))

    async def on_due(due: str, _moment: Moment, cause: Cause) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        await cases.step(due, lambda _, __: Step(Order(taken=[1])), cause)

    service.on_due(cases, on_due)
    async with pair.running(service):
        await cases.step(case_id, lambda _, __: Step(Order()), Cause.request())
        await begun.wait()
    document = await pair.reports.collection.database["alarms"].find_one({"_id": case_id})
    assert document is not None
    assert document["state"]["taken"] == [1]


async def test_what_a_crash_left_is_swept_by_the_next_start(pair: Pair) -> None:
    case_id = new_id()
    alone, reports = pair.make_writer("api")  # a process that saves and never publishes
    async with alone.lifespan():
        await reports.step(case_id, _first_word, Cause.request())
    async with pair.running():
        await eventually(partial(has_taken, pair.orders, case_id, [1]), 10)


def _first_word(state: Report | None, _cause: Cause) -> Step[Report]:
    return commented(state, "ท่อแตก")
