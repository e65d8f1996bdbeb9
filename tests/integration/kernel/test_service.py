"""The kernel on the real broker and database: effects once, in order, and a begin that waits for the others."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.kernel import Cause, Reject, Step, Transient
from shared.kernel import consume as consume_module
from shared.kernel.bus import Subscription
from shared.kernel.errors import Conflict
from shared.kernel.fold import Asked
from shared.kernel.producer import Outgoing
from tests.support.kernel import Pair, Report, commented, equals, eventually, has_taken


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
    case_id, tries = new_id(), [Cause.request(key="the-phone-tried-again", scope="test") for _ in range(5)]
    async with pair.running():
        await asyncio.gather(*(pair.submit(case_id, cause=cause) for cause in tries))
        found = await pair.reports.get(case_id)
        assert found is not None
        assert found.state.texts == ["ท่อแตก"]
        await eventually(lambda: equals(pair.taken(case_id), [1]))


async def test_concurrent_steps_of_one_case_all_take_effect(pair: Pair) -> None:
    case_id = new_id()
    async with pair.running():
        await asyncio.gather(*(pair.submit(case_id, str(number)) for number in range(40)))
        found = await pair.reports.get(case_id)
        assert found is not None
        assert sorted(found.state.texts, key=int) == [str(number) for number in range(40)]
        await eventually(lambda: equals(pair.taken(case_id), list(range(1, 41))))


async def test_what_two_processes_begin_as_new_is_one_case(pair: Pair) -> None:
    case_id, (_, others) = new_id(), pair.make_writer()
    for cases, text in ((pair.reports, "1"), (others, "2"), (pair.reports, "3")):
        await cases.step(case_id, partial(_add_comment, text), Cause.request(), is_new=True)
    found = await others.get(case_id)
    assert found is not None
    assert (found.version, found.state.texts) == (3, ["1", "2", "3"])


async def test_what_the_broker_refuses_stays_and_nothing_overtakes_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, (relay,), tried = new_id(), pair.writer._publishing._relays, set[int]()
    real = relay._send_all
    for _ in range(4):  # before it runs, so that all of them wait
        await pair.submit(case_id)

    async def refused(messages: Sequence[Outgoing]) -> Sequence[Exception | None]:
        sequences = [int(dict(headers)["ce_sequence"] or b"") for *_, headers in messages]
        refused_now = {one for one in sequences if one in (1, 3) and one not in tried}
        tried.update(refused_now)
        others = iter(
            await real([one for one, number in zip(messages, sequences, strict=True) if number not in refused_now])
        )
        lost = Transient("the producer lost its sequence")
        return [lost if number in refused_now else next(others) for number in sequences]

    monkeypatch.setattr(relay, "_send_all", refused)
    async with pair.running():
        await eventually(partial(_has_taken_all, pair, case_id, 4), 15)
        assert await pair.taken(case_id) == [1, 2, 3, 4]


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


async def _has_taken_all(pair: Pair, case_id: str, count: int) -> bool:
    return len(await pair.taken(case_id)) >= count


async def test_a_step_does_not_bring_back_a_case_that_was_deleted_since_it_was_loaded(pair: Pair) -> None:
    gone, moved_on, good = (new_id() for _ in range(3))
    for case_id in (gone, moved_on, good):
        await pair.submit(case_id)
    turns = [await pair.reports.open(case_id) for case_id in (gone, moved_on, good)]
    for turn in turns:
        asked = Asked(lambda state, _: commented(state, "again"), Cause.request(), None)
        await pair.reports._answer(turn, asked)
    await pair.reports.collection.delete_one({"_id": gone})
    await pair.submit(moved_on)
    writes = [turn.write for turn in turns if turn.write]

    assert [type(outcome) for outcome in await pair.reports.store.save(writes)] == [Conflict, Conflict, type(None)]
    assert await pair.reports.get(gone) is None
    with pytest.raises(Reject):
        await pair.reports.step(gone, lambda state, _: commented(state, "more") if state else None, Cause.request())


def _add_comment(text: str, state: Report | None, _: Cause) -> Step[Report]:
    return commented(state, text)
