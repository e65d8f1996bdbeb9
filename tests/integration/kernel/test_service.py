"""The kernel on the real broker and database: effects once, failures by their class, a graceful end."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.events import Envelope, derive_id, new_id
from shared.kernel import Cause, Reject, Transient
from shared.kernel import consume as consume_module
from shared.kernel.bus import Subscription
from tests.support.kernel import REPORTS, Pair, commented, eventually


@pytest.fixture
async def pair(kafka: str, mongo: str) -> AsyncIterator[Pair]:
    """A writer and a reader that nobody else knows."""
    made = Pair(kafka, mongo)
    await made.create_topics()
    yield made
    made.close()


async def test_each_case_arrives_in_order_and_the_outboxes_are_empty(pair: Pair) -> None:
    cases = [new_id() for _ in range(20)]
    async with pair.running():
        for _ in range(5):
            await asyncio.gather(*(pair.submit(case_id) for case_id in cases))
        for case_id in cases:
            await eventually(partial(_has_taken, pair.orders, case_id, [1, 2, 3, 4, 5]))
        waiting = {"outbox.at": {"$exists": True}}
        await eventually(lambda: _is(pair.reports.collection.count_documents(waiting), 0))


async def test_a_repeated_request_changes_nothing(pair: Pair) -> None:
    case_id, cause = new_id(), Cause.request(key="the-phone-tried-twice", scope="test")
    async with pair.running():
        await asyncio.gather(*(pair.submit(case_id, cause=cause) for _ in range(5)))
        await eventually(lambda: _is(pair.taken(case_id), [1]))
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
        await eventually(lambda: _is(pair.taken(case_id), list(range(1, 41))))


async def test_what_was_saved_before_a_crash_is_swept_by_the_next_start(pair: Pair) -> None:
    case_id = new_id()
    alone, reports = pair.make_writer("api")  # a process that saves and never publishes
    async with alone.lifespan():
        await reports.step(case_id, lambda state, _: commented(state, "ท่อแตก"), Cause.request())
    async with pair.running():
        await eventually(lambda: _is(pair.taken(case_id), [1]))


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (b"\xff\x00", []),
        (None, [("ce_id", None)]),
        (b"{}", [("ce_id", b"\xff\xfe"), ("ce_type", b"onestop.report.submitted.v1")]),
        (b'{"reference": 1}', [("content-type", b"application/json")]),
        (b"", []),
    ],
)
async def test_poison_is_parked_with_its_bytes_and_others_go_on(
    pair: Pair, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    case_id = new_id()
    async with pair.running():
        for key in (b"a", b"b", b"c", None if value else b"d"):  # every partition, also beside the good one
            await pair.write_raw(value, headers, key)
        await pair.submit(case_id)
        await eventually(lambda: _is(pair.taken(case_id), [1]))
        for letter in await pair.parked(4):
            assert (letter.value, list(letter.headers)) == (value, headers)
            assert letter.reason == "undecodable"
            assert letter.topic == REPORTS


async def test_a_reject_is_parked_and_its_replay_takes_effect_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = new_id()

    async def refuse(envelope: Envelope) -> None:
        raise Reject("not-now", "the rule is broken")

    async with pair.running():
        monkeypatch.setattr(pair, "before", refuse)
        await pair.submit(case_id)
        (letter,) = await pair.parked(1)
        assert "the rule is broken" in letter.why
        monkeypatch.undo()
        for _ in range(2):  # twice is harmless: the event keeps its id
            await pair.letters.replay([letter], by="operator")
        await eventually(lambda: _is(pair.taken(case_id), [1]))
        await pair.submit(case_id)
        await eventually(lambda: _is(pair.taken(case_id), [1, 2]))
        (after,) = await pair.letters.all()
        assert (after.state, after.note) == ("replayed", "operator")


async def test_what_is_away_is_waited_for(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, calls = new_id(), []

    async def away(envelope: Envelope) -> None:
        calls.append(envelope.id)
        if len(calls) < 5:
            raise Transient("the provider is away")

    monkeypatch.setattr(consume_module, "BACKOFF_SECONDS", (0.01, 0.05))
    monkeypatch.setattr(pair, "before", away)
    async with pair.running():
        await pair.submit(case_id)
        await eventually(lambda: _is(pair.taken(case_id), [1]))
        assert await pair.letters.all() == []


async def test_a_bug_is_tried_again_and_then_parked(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, calls = new_id(), new_id(), []

    async def bug(envelope: Envelope) -> None:
        if envelope.subject == bad:
            calls.append(envelope.id)
            raise ZeroDivisionError

    monkeypatch.setattr(pair, "before", bug)
    async with pair.running():
        await pair.submit(bad)
        await pair.submit(good)
        await eventually(lambda: _is(pair.taken(good), [1]))
        (letter,) = await pair.parked(1)
        assert (letter.reason, len(calls)) == ("bug", consume_module.TRIES)


async def test_a_bad_deploy_stops_the_consumer_and_loses_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [new_id() for _ in range(40)]

    async def bug(envelope: Envelope) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pair, "before", bug)
    async with pair.running():
        for case_id in cases:
            await pair.submit(case_id)
        await eventually(lambda: _is_stopped(pair))
        assert len(await pair.letters.all()) < 20, "the topic was emptied into the dead letters"
    monkeypatch.undo()
    parked = await pair.letters.all()
    mended, orders = pair.make_reader()
    async with pair.running(mended):
        await pair.letters.replay(parked, by="operator")
        for case_id in cases:
            await eventually(partial(_has_taken, orders, case_id, [1]))


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
            assert await _taken(orders, case_id) == [1]
            await asyncio.sleep(1)
            assert not begun.is_set(), "the batch was not committed"


async def test_a_lease_has_one_holder_until_it_ends(pair: Pair) -> None:
    first, second = pair.make_writer()[0]._leases, pair.make_reader()[0]._leases
    second._collection, second._holder = first._collection, "another"
    assert await first.hold("sweep", 0.3)
    assert await first.hold("sweep", 0.3)
    assert not await second.hold("sweep", 0.3)
    await eventually(lambda: second.hold("sweep", 30))
    assert not await first.hold("sweep", 30)
    await second.release_all()
    assert await first.hold("sweep", 30)


async def test_the_operator_lists_shows_replays_and_discards(pair: Pair) -> None:
    async with pair.running(pair.reader):
        await pair.write_raw(b"nonsense", [("x", b"\xff")])
        (letter,) = await pair.parked(1)
    assert letter.id in (await _dlq(pair, "list"))[1]
    assert "nonsense" in (await _dlq(pair, "show", letter.id))[1]
    assert "say why" in (await _dlq(pair, "discard", letter.id))[1]
    assert (await _dlq(pair, "replay", "--dry-run"))[0] == 0
    assert (await pair.letters.all())[0].state == "open"
    assert (await _dlq(pair, "discard", letter.id, "--because", "a test wrote it"))[0] == 0
    assert (await pair.letters.all())[0].state == "discarded"
    assert (await _dlq(pair, "list"))[0] == 1


async def _dlq(pair: Pair, *arguments: str) -> tuple[int, str]:
    env = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": pair.settings.kafka_bootstrap_servers,
        "TOPIC_PREFIX": pair.prefix,
    }
    command = [sys.executable, "-m", "shared.kernel.dlq_command", *arguments, "--group", "dispatch"]
    done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def _is(awaited: Any, wanted: Any) -> bool:
    return bool(await awaited == wanted)


async def _is_stopped(pair: Pair) -> bool:
    return "stopped" in (await pair.reader.health.problems()).get("consumer", "")


async def _has_taken(orders: Any, case_id: str, wanted: list[int]) -> bool:
    return await _taken(orders, case_id) == wanted


async def _taken(orders: Any, case_id: str) -> list[int]:
    found = await orders.get(derive_id(case_id, "order"))
    return found.state.taken if found else []


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
        await eventually(partial(_has_taken, pair.orders, case_id, [1]))


async def test_a_key_finds_its_case_again_from_every_process_and_ids_sort_by_time(pair: Pair) -> None:
    keys, others = pair.writer.keys, pair.make_writer()[0].keys
    first = await asyncio.gather(*(kept.case_id("reports", "a-phone") for kept in (keys, others) * 10))
    assert len(set(first)) == 1
    assert await keys.case_id("comments", "a-phone") not in first
    assert await keys.case_id("reports", None) > first[0]
    assert await others.case_id("reports", "another-phone") > first[0]
