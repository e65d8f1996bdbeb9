"""What `/workz` says, and what the log says of it while nobody asks."""

import asyncio
import logging

import pytest
from aiokafka import errors as kafka

from shared.kernel.background import Background
from shared.kernel.connections import away
from shared.kernel.errors import Transient, said
from shared.kernel.health import REPEAT_SECONDS, Health, Troubles

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
    assert said(kafka.KafkaConnectionError("Unable to bootstrap")) == "KafkaConnectionError: Unable to bootstrap"
    assert said(ValueError("two\nlines")) == "ValueError: two lines"
    assert said(TimeoutError()) == "TimeoutError"
    assert said(Transient("x" * 999)) == f"Transient: {'x' * 289}"


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
