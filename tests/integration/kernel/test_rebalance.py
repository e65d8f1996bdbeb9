"""Partitions that go to another replica take no half-done work with them."""

import asyncio
from collections import Counter
from functools import partial

from shared.events.envelope import Envelope
from shared.events.ids import new_id
from tests.support.kernel import Pair, equals, eventually, has_taken


async def test_a_batch_under_way_is_finished_and_committed_before_another_replica_gets_its_partitions(
    pair: Pair,
) -> None:
    cases, handled = [new_id() for _ in range(30)], Counter[str]()
    begun, going = asyncio.Event(), asyncio.Event()

    async def until_the_partitions_go(envelope: Envelope) -> None:
        handled[envelope.id] += 1
        begun.set()
        await going.wait()
        await asyncio.sleep(1)  # longer than a rebalance takes by itself

    pair.before = until_the_partitions_go  # type: ignore[method-assign]
    for case_id in cases:
        await pair.submit(case_id)
    second, _ = pair.make_reader()
    async with pair.running():
        await begun.wait()
        joining = asyncio.create_task(_is_revoked(pair, going))
        async with pair.running(second):
            for case_id in cases:
                await eventually(partial(has_taken, pair.orders, case_id, [1]))
        await joining
    assert set(handled.values()) == {1}, "done by both"
    assert len(handled) == len(cases)


async def _is_revoked(pair: Pair, going: asyncio.Event) -> None:
    subscription = pair.reader._subscription
    assert subscription is not None
    await eventually(lambda: equals(_value(subscription.assigned), False))
    going.set()


async def _value(value: bool) -> bool:
    return value


async def test_a_halted_consumer_stops_at_once(pair: Pair) -> None:
    async with pair.running():
        pair.reader._inbox.halted = True
        before = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - before < 5
