"""What `/workz` says, and what the log says of it while nobody asks."""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from aiokafka import errors as kafka

from shared.events.ids import new_id
from shared.kernel import background as background_module
from shared.kernel.background import Background
from shared.kernel.connections import away
from shared.kernel.errors import Transient, say_error
from shared.kernel.health import REPEAT_SECONDS, Health, Troubles
from shared.kernel.pools import Pools
from shared.kernel.relay import Relay
from shared.kernel.timers import Timer
from tests.support.sends import all_by
from tests.support.simulation import Process, SimStore, Table

AWAY = {"consumer": "Kafka at 127.0.0.1:9092 gives no answer"}


async def _fail() -> None:
    raise kafka.KafkaConnectionError("Unable to bootstrap")


async def _well() -> None:
    return None


def test_an_outage_is_logged_when_it_goes_once_a_minute_and_when_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles()
    for second in range(0, 131, 5):
        troubles.note(AWAY, second)
    troubles.note({}, 135)

    told = [(one.message, vars(one)["check"], vars(one)["seconds"]) for one in caplog.records]
    assert told == [
        ("does not go on", "consumer", 5),
        ("does not go on", "consumer", 5 + REPEAT_SECONDS),
        ("does not go on", "consumer", 5 + 2 * REPEAT_SECONDS),
        ("goes on again", "consumer", 135),
    ]
    assert vars(caplog.records[0])["why"] == AWAY["consumer"]


def test_a_start_is_no_outage(caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles()
    troubles.note({"consumer": "has not joined its consumer group"}, 0)
    troubles.note({}, 5)

    assert caplog.records == []


async def test_a_check_that_needs_the_database_says_so_while_that_is_away() -> None:
    health = Health()
    health.add("database", lambda: away("MongoDB", "db:27017", _fail()))
    health.add_work("outbox", _fail)
    health.add_work("timers", _well)

    assert await health.work_problems() == {
        "database": "MongoDB at db:27017 gives no answer (KafkaConnectionError); mend it, all else goes on by itself",
        "outbox": "cannot be told while there is no database",
    }


def test_an_error_names_its_class_once() -> None:
    assert say_error(kafka.KafkaConnectionError("Unable to bootstrap")) == "KafkaConnectionError: Unable to bootstrap"
    assert say_error(ValueError("two\nlines")) == "ValueError: two lines"
    assert say_error(TimeoutError()) == "TimeoutError"
    assert say_error(Transient("x" * 999)) == f"Transient: {'x' * 289}"


async def test_a_task_that_meets_an_outage_says_so_once_and_by_name(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.kernel.background.RETRY_SECONDS", 0.001)
    background = Background()
    background.keep("relay", _fail)
    await asyncio.sleep(0.05)
    await background.end()

    (line,) = [one for one in caplog.records if one.levelno >= logging.WARNING and one.name.startswith("shared")]
    assert line.message == "relay will begin again"
    assert vars(line)["why"] == "KafkaConnectionError: Unable to bootstrap"


async def test_a_task_that_fails_as_a_bug_is_a_problem_until_it_no_longer_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.kernel.background.RETRY_SECONDS", 0.001)
    mended = asyncio.Event()

    async def measure() -> None:
        if not mended.is_set():
            raise ZeroDivisionError("a figure")
        await asyncio.Event().wait()

    background = Background()
    background.keep("relay", _fail)  # an outage, of which others tell
    background.keep("gauge", measure)
    await asyncio.sleep(0.01)
    assert await background.problem() == "gauge fails: ZeroDivisionError: a figure"
    mended.set()
    await asyncio.sleep(0.01)
    monkeypatch.setattr("shared.kernel.background.RECENT_SECONDS", 0.005)
    assert await background.problem() is None
    await background.end()


async def do_nothing(*_: Any) -> None:
    return None


async def test_a_stop_ends_a_relay_that_is_woken_in_the_same_moment() -> None:
    """`asyncio.wait_for` of Python 3.11 answers then, and forgets that it was cancelled: the process never ended."""
    background, relay = Background(), Relay(SimStore(Process(lambda: "ok"), Table()), all_by(do_nothing))
    background.keep("relay", partial(relay.follow, 60.0))
    await asyncio.sleep(0.01)
    relay.wake(new_id())

    async with asyncio.timeout(5):
        await background.end()


async def test_a_stop_ends_a_timer_that_is_woken_in_the_same_moment() -> None:
    process = Process(lambda: "ok")
    timer = Timer("letters", SimStore(process, Table()), do_nothing, do_nothing, Pools())
    background = Background()
    background.keep("timer", timer.follow)
    await asyncio.sleep(0.01)
    timer.look_now()

    async with asyncio.timeout(5):
        await background.end()


async def test_a_stop_ends_what_has_forgotten_that_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As libraries do that wait by `asyncio.wait_for`."""
    monkeypatch.setattr(background_module, "AGAIN_SECONDS", 0.01)
    background = Background()

    async def forgetful() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    background.keep("consumer", forgetful)
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await background.end()


async def test_what_has_ended_well_fails_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kernel.background.RETRY_SECONDS", 0)
    background, missing = Background(), [1, 2]

    async def prepare() -> None:
        if missing:
            raise LookupError(f"an index: {missing.pop()}")

    background.keep("prepare", prepare)
    while missing:  # noqa: ASYNC110 - it is begun again at once
        await asyncio.sleep(0)
    assert await background.problem() == "prepare fails: LookupError: an index: 1"
    await asyncio.sleep(0.01)

    assert await background.problem() is None
    await background.end()
