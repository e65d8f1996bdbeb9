"""The kernel on the real broker and database: effects once, in order, and a graceful begin and end."""

import asyncio
from functools import partial

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.events import Envelope, new_id
from shared.kernel import Cause, Transient
from shared.kernel import consume as consume_module
from shared.kernel.bus import Subscription
from tests.support.kernel import Pair, commented, equals, eventually, has_taken, taken_by


async def test_each_case_arrives_in_order_and_the_outboxes_are_empty(pair: Pair) -> None:
    cases = [new_id() for _ in range(20)]
    async with pair.running():
        for _ in range(5):
            await asyncio.gather(*(pair.submit(case_id) for case_id in cases))
        for case_id in cases:
            await eventually(partial(has_taken, pair.orders, case_id, [1, 2, 3, 4, 5]))
        waiting = {"outbox.at": {"$exists": True}}
        await eventually(lambda: equals(pair.reports.collection.count_documents(waiting), 0))


async def test_a_repeated_request_changes_nothing(pair: Pair) -> None:
    case_id, cause = new_id(), Cause.request(key="the-phone-tried-twice", scope="test")
    async with pair.running():
        await asyncio.gather(*(pair.submit(case_id, cause=cause) for _ in range(5)))
        await eventually(lambda: equals(pair.taken(case_id), [1]))
        found = await pair.reports.get(case_id)
        assert found is not None
        assert found.state.texts == ["ท่อแตก"]


async def test_concurrent_steps_of_one_case_all_take_effect(pair: Pair) -> None:
    case_id = new_id()
    async with pair.running():
        await asyncio.gather(*(pair.submit(case_id, str(number)) for number in range(40)))
        found = await pair.reports.get(case_id)
        assert found is not None
        assert sorted(found.state.texts, key=int) == [str(number) for number in range(40)]
        await eventually(lambda: equals(pair.taken(case_id), list(range(1, 41))))


async def test_what_was_saved_before_a_crash_is_swept_by_the_next_start(pair: Pair) -> None:
    case_id = new_id()
    alone, reports = pair.make_writer("api")  # a process that saves and never publishes
    async with alone.lifespan():
        await reports.step(case_id, lambda state, _: commented(state, "ท่อแตก"), Cause.request())
    async with pair.running():
        await eventually(lambda: equals(pair.taken(case_id), [1]))


async def test_a_stop_finishes_the_batch_under_way_and_its_commit(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_a_start_before_the_broker_is_made_up_for(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    real, case_id = Subscription.start, new_id()
    calls: list[object] = []

    async def away_at_first(self: Subscription) -> None:
        calls.append(self)
        if len(calls) == 1:
            raise KafkaConnectionError
        await real(self)

    async def away(envelope: Envelope) -> None:
        if len(calls) < 4:
            calls.append(envelope)
            raise Transient("the provider is away")

    monkeypatch.setattr(Subscription, "start", away_at_first)
    monkeypatch.setattr(pair, "before", away)
    monkeypatch.setattr(consume_module, "BACKOFF_SECONDS", (0.01, 0.05))
    async with pair.running():
        await pair.submit(case_id)
        await eventually(partial(has_taken, pair.orders, case_id, [1]))
