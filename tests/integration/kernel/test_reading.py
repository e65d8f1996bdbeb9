"""A consumer that cannot read what it should says so, and a case knows the causes that it no longer holds."""

from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import TopicAuthorizationFailedError

from shared.events.ids import new_id
from shared.kernel import Cause
from shared.kernel.beside import REMEMBERED
from shared.kernel.ending import CLOSE, DRAIN, FINISH, NOTE
from tests.support.kernel import Pair, eventually, has_taken


async def test_a_missing_topic_is_named_not_made_and_read_once_it_is_there(kafka: str, mongo: str) -> None:
    pair, case_id = Pair(kafka, mongo), new_id()
    async with pair.reader.lifespan():
        await eventually(partial(_says, pair, f"no topic {pair.prefix}internal.reports.v1"))
        assert [name for name in await pair.topics() if name.startswith(pair.prefix)] == []
        await pair.create_topics()
        async with pair.running(pair.writer):
            await pair.submit(case_id)
            await eventually(partial(has_taken, pair.orders, case_id, [1]))
    pair.close()


async def test_a_poll_that_fails_makes_it_unready(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, real = new_id(), AIOKafkaConsumer.getmany

    async def forbidden(_self: Any, *_partitions: Any, **_options: Any) -> Any:
        raise TopicAuthorizationFailedError("internal.reports.v1")

    async with pair.running():
        monkeypatch.setattr(AIOKafkaConsumer, "getmany", forbidden)
        await eventually(
            partial(
                _says, pair, "cannot read its topics: [Error 29] TopicAuthorizationFailedError: internal.reports.v1"
            )
        )
        monkeypatch.setattr(AIOKafkaConsumer, "getmany", real)
        await pair.submit(case_id)
        await eventually(partial(has_taken, pair.orders, case_id, [1]))
        assert "consumer" not in await pair.reader.health.work_problems()


async def test_a_cause_that_no_longer_fits_into_its_case_is_known_beside_it(pair: Pair) -> None:
    case_id, causes = new_id(), [Cause.request() for _ in range(2 * REMEMBERED + 1)]
    for cause in causes:
        await pair.submit(case_id, cause=cause)
    document = await pair.reports.collection.find_one({"_id": case_id})
    assert document is not None
    assert document["seen"] == [cause.id for cause in causes[-REMEMBERED - 1 :]]

    await pair.submit(case_id, cause=causes[0])
    found = await pair.reports.get(case_id)
    assert found is not None
    assert len(found.state.texts) == len(causes)


async def test_only_what_the_majority_has_is_read(pair: Pair) -> None:
    assert pair.reports.collection.read_concern.level == "majority"


def test_the_steps_of_a_stop_fit_into_its_time() -> None:
    assert FINISH + NOTE + DRAIN + 2 * CLOSE <= 1


async def _says(pair: Pair, words: str) -> bool:
    return words in (await pair.reader.health.work_problems()).get("consumer", "")
