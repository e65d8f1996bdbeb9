"""The relay under load: what a killed process left does not wait for a pause."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError

from shared.events.ids import new_id
from shared.kernel import now
from shared.kernel import outlet as outlet_module
from shared.kernel import relay as relay_module
from shared.kernel.outbox import Entry, Message
from shared.kernel.relay import Relay
from shared.kernel.write import Stored, Write
from tests.support.sends import all_by
from tests.support.tally import Tally

SWEEP_SECONDS = 0.05


class Outboxes:
    """Every case that is woken has one event; one case was left behind by a process that died."""

    def __init__(self) -> None:
        self.left = new_id()
        self.pulled: set[str] = set()
        self.broken: set[str] = set()

    async def outboxes(self, ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        await asyncio.sleep(0.001)
        return [(case_id, [entry(case_id)]) for case_id in ids if case_id not in self.pulled]

    async def unpublished(self, before: datetime, most: int, passed: int = 0) -> Sequence[str]:
        return [case_id for case_id in (self.left, *self.broken) if case_id not in self.pulled]

    async def pull(self, published: Sequence[tuple[str, Sequence[str]]]) -> None:
        self.pulled |= {case_id for case_id, _ in published}

    async def floor(self) -> int:
        raise NotImplementedError("a relay numbers nothing")


def entry(case_id: str) -> Entry:
    headers = (("ce_type", b"onestop.report.commented.v1"),)
    return Entry(new_id(), now(), headers, (Message("internal.reports.v1", case_id, b"{}"),))


async def send(*_message: Any) -> None:
    await asyncio.sleep(0.003)


async def keep_busy(relay: Relay, seconds: float) -> None:
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        relay.wake(new_id())
        await asyncio.sleep(0.0005)


async def test_under_steady_load_what_a_killed_process_left_is_published_soon() -> None:
    store: Any = Outboxes()
    relay = Relay(store, all_by(send))
    following = asyncio.create_task(relay.follow(SWEEP_SECONDS))
    await keep_busy(relay, 10 * SWEEP_SECONDS)
    swept_under_load = store.left in store.pulled
    following.cancel()

    assert swept_under_load


async def test_what_a_sweep_sends_is_not_sent_again_though_it_was_handed_over() -> None:
    store: Any = Outboxes()
    sent: list[str] = []

    async def note(topic: str, key: str, *_message: Any) -> None:
        sent.append(key)

    relay = Relay(store, all_by(note))
    relay.wake(store.left, [entry(store.left)])
    await relay.sweep()
    await relay.drain()

    assert sent == [store.left]


async def test_a_save_that_is_found_before_it_tells_of_itself_is_sent_once() -> None:
    case_id, sent = new_id(), list[bytes | None]()
    first, second = (
        replace(entry(case_id), messages=(Message("internal.reports.v1", case_id, value),)) for value in (b"1", b"2")
    )
    store: Any = Outboxes()

    async def outboxes(_ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        return [(case_id, [first])]

    async def note(_topic: str, _key: str, value: bytes | None, *_headers: Any) -> None:
        if not sent:
            relay.wake(case_id, [first])  # only now does whoever saved it have the database's answer
        sent.append(value)

    store.outboxes = outboxes
    relay = Relay(store, all_by(note))
    relay.wake(case_id)  # another process tells of it
    await relay.drain()
    relay.wake(case_id, [first, second])
    await relay.drain()

    assert sent == [b"1", b"2"]


async def test_what_is_handed_over_is_sent_in_order_without_a_look_into_the_outbox() -> None:
    case_id, sent = new_id(), list[bytes | None]()
    store: Any = Outboxes()
    store.outboxes = None

    async def note(_topic: str, _key: str, value: bytes | None, *_headers: Any) -> None:
        sent.append(value)

    relay = Relay(store, all_by(note))
    for value in (b"1", b"2"):
        relay.wake(case_id, [replace(entry(case_id), messages=(Message("internal.reports.v1", case_id, value),))])
    await relay.drain()

    assert sent == [b"1", b"2"]


async def test_what_a_broker_that_was_away_did_not_take_is_sent_by_the_next_round() -> None:
    case_id, sent = new_id(), list[str]()
    away = [KafkaConnectionError()]

    async def note(_topic: str, key: str, *_message: Any) -> None:
        while away:
            raise away.pop()
        sent.append(key)

    store: Any = Outboxes()
    relay = Relay(store, all_by(note))
    relay.wake(case_id, [entry(case_id)])
    with pytest.raises(KafkaConnectionError):
        await relay.drain()
    await relay.drain()

    assert sent == [case_id]
    assert relay.idle


async def test_a_case_that_waits_and_tells_nothing_is_not_looked_at() -> None:
    store: Any = Outboxes()
    store.outboxes = None

    relay = Relay(store, all_by(send))
    relay.wake(new_id(), [])
    await relay.drain()

    assert relay.idle


async def test_a_save_before_which_others_wait_has_the_outbox_read() -> None:
    tally, one = Tally(), entry(new_id())
    told = Write(Stored(new_id(), 2, tally, has_unsent=True), tally, 1, (one,))

    assert told.unsent is None
    assert replace(told, case=replace(told.case, has_unsent=False)).unsent == (one,)
    assert replace(told, entries=()).unsent == ()


async def test_an_event_that_cannot_leave_does_not_keep_others_from_leaving() -> None:
    store: Any = Outboxes()
    bad = new_id()
    store.broken.add(bad)

    async def refuse_one(topic: str, key: str, *_message: Any) -> None:
        if key == bad:
            raise ValueError("too large")

    relay, good = Relay(store, all_by(refuse_one)), [new_id() for _ in range(20)]
    for case_id in good:
        relay.wake(case_id)
    async with asyncio.timeout(5):
        while store.pulled != {store.left, *good}:  # as `Service` runs it: again after each error
            with suppress(ValueError, TimeoutError):
                await asyncio.wait_for(relay.follow(SWEEP_SECONDS), 2 * SWEEP_SECONDS)


async def test_what_can_never_leave_holds_up_its_own_case_alone_and_says_so() -> None:
    store: Any = Outboxes()
    bad = new_id()
    store.broken.add(bad)

    async def refuse_one(topic: str, key: str, *_message: Any) -> None:
        if key == bad:
            raise MessageSizeTooLargeError

    relay, good = Relay(store, all_by(refuse_one)), [new_id() for _ in range(20)]
    for case_id in (bad, *good):
        relay.wake(case_id)
    await relay.drain()
    assert store.pulled == set(good)
    assert relay.idle
    assert relay.stuck == {bad: "[Error 10] MessageSizeTooLargeError"}

    assert await relay.sweep() > 0
    assert relay.stuck == {bad: "[Error 10] MessageSizeTooLargeError"}
    store.pulled.add(bad)  # an operator took it out
    await relay.sweep()
    assert relay.stuck == {}


async def test_an_outage_is_raised_and_what_was_woken_stays() -> None:
    store: Any = Outboxes()

    async def away(*_message: Any) -> None:
        raise KafkaConnectionError

    relay = Relay(store, all_by(away))
    relay.wake(new_id())
    with pytest.raises(KafkaConnectionError):
        await relay.drain()

    assert not relay.idle
    assert relay.stuck == {}


class OneHangs:
    """A broker of several partitions, one of which has no leader until `back` is set."""

    def __init__(self) -> None:
        self.back = asyncio.Event()
        self.sent: list[tuple[str, bytes | None]] = []

    @staticmethod
    def place(topic: str, key: str) -> tuple[str, bool]:
        """Where cases go that are called so."""
        return topic, key.startswith("HANGS")

    async def send(self, _topic: str, key: str, value: bytes | None, _headers: Any) -> None:
        """As the producer: it is there, or it waits."""
        if key.startswith("HANGS"):
            await self.back.wait()
        self.sent.append((key, value))


def numbered(case_id: str, *values: bytes) -> list[Entry]:
    return [replace(entry(case_id), messages=(Message("internal.reports.v1", case_id, value),)) for value in values]


async def test_a_partition_that_cannot_be_written_holds_up_only_its_own_cases() -> None:
    store, broker, hung = Outboxes(), OneHangs(), f"HANGS{new_id()}"
    told = {hung: numbered(hung, b"1", b"2")}

    async def outboxes(ids: Sequence[str]) -> Sequence[tuple[str, Sequence[Entry]]]:
        return [(case_id, told.get(case_id) or [entry(case_id)]) for case_id in ids if case_id not in store.pulled]

    store.outboxes = outboxes  # type: ignore[method-assign]
    relay = Relay(store, all_by(broker.send), broker.place)  # type: ignore[arg-type]
    following = asyncio.create_task(relay.follow(SWEEP_SECONDS))
    for case_id in (hung, *(f"HANGS{new_id()}" for _ in range(20))):
        relay.wake(case_id)
    for _ in range(3):  # each is saved when the one before has left
        good = new_id()
        relay.wake(good, [entry(good)])
        async with asyncio.timeout(5):
            while good not in store.pulled:  # noqa: ASYNC110 - whoever pulls cannot set an event of ours
                await asyncio.sleep(0)
    assert not any(key.startswith("HANGS") for key, _ in broker.sent)
    broker.back.set()
    async with asyncio.timeout(5):
        while not relay.idle:  # noqa: ASYNC110 - same
            await asyncio.sleep(0.001)
    following.cancel()

    assert [value for key, value in broker.sent if key == hung] == [b"1", b"2"]


async def test_cases_that_wait_for_a_partition_do_not_hide_from_the_sweep_what_is_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay_module, "MOST", 5)
    monkeypatch.setattr(outlet_module, "WAIT_MOST", 12)
    broker, behind = OneHangs(), new_id()
    waiting = {f"HANGS{new_id()}": None for _ in range(23)} | {behind: None}
    store: Any = Outboxes()

    async def unpublished(_before: datetime, most: int, passed: int = 0) -> Sequence[str]:
        return [case_id for case_id in waiting if case_id not in store.pulled][passed:][:most]

    store.unpublished = unpublished
    relay = Relay(store, all_by(broker.send), broker.place)
    following = asyncio.create_task(relay.follow(SWEEP_SECONDS / 10))
    async with asyncio.timeout(5):
        while behind not in store.pulled:  # noqa: ASYNC110 - whoever pulls cannot set an event of ours
            await asyncio.sleep(0.001)
    assert store.pulled == {behind}
    assert len(relay._at) < len(waiting) - 1, "what waits is known by its outbox, not by us"
    broker.back.set()
    async with asyncio.timeout(5):
        while store.pulled < set(waiting):  # noqa: ASYNC110 - same
            await asyncio.sleep(0.001)
    following.cancel()


async def test_a_case_whose_next_event_goes_elsewhere_keeps_its_order() -> None:
    """As a contact, whose key is the person's, before the event that says what happened."""
    store, case_id, sent = Outboxes(), new_id(), list[str]()

    async def note(_topic: str, key: str, *_rest: Any) -> None:
        for _ in range(3 if key == "slow" else 1):
            await asyncio.sleep(0)
        sent.append(key)

    keys = ("slow", case_id, "slow", "other")
    told = [replace(entry(case_id), messages=(Message("internal.reports.v1", key, b"{}"),)) for key in keys]
    relay = Relay(store, all_by(note), lambda _, key: key)  # type: ignore[arg-type]
    relay.wake(case_id, told[:2])
    relay.wake(case_id, told[2:])
    await relay.drain()

    assert sent == list(keys)
    assert relay.idle
