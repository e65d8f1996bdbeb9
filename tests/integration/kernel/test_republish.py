"""A broker that has lost what it acknowledged is told again from the database's journal: on real parts."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from shared.events.ids import new_id
from shared.events.topics import TOPICS, public
from shared.kernel import now
from tests.support.kernel import PARTITIONS, REPORTS, USED, Pair, eventually, has_taken
from tools.operate.__main__ import main
from tools.operate.on_broker import look

_COMMAND = (sys.executable, "-m", "tools.operate", "republish", "--since", "1h", "--by", "somchai", "--json")


@pytest.fixture
async def whole(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """With every topic, and the environment of an operator."""
    admin = AIOKafkaAdminClient(**pair.settings.brokers.options())
    await admin.start()
    await admin.create_topics([NewTopic(pair.prefix + name, 1, 1) for name in TOPICS if name not in USED])
    await admin.close()
    for name, value in _environment(pair).items():
        monkeypatch.setenv(name, value)
    return pair


async def test_what_was_lost_is_told_again_and_takes_effect_once(
    whole: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    report, later = new_id(), new_id()
    async with whole.running(whole.writer):
        for text in ("ท่อแตก", "ยังแตกอยู่"):
            await whole.submit(report, text)
        await eventually(lambda: _holds(whole, 4))
        await _lose_all(whole)
        await whole.submit(later)
        await eventually(lambda: _holds(whole, 2))
    before = await look(whole.settings.brokers, whole.prefix, now() - timedelta(minutes=5))

    assert await _republish(whole, "--dry-run") == {REPORTS: 2, public("reports"): 2}
    assert await _republish(whole) == {REPORTS: 2, public("reports"): 2}
    assert await _republish(whole) == {}
    capsys.readouterr()

    after = await look(whole.settings.brokers, whole.prefix, now() - timedelta(minutes=5))
    assert len(after.ids - before.ids) == 4
    async with whole.running(whole.reader):
        await eventually(lambda: has_taken(whole.orders, report, [1, 2]))
        await eventually(lambda: has_taken(whole.orders, later, [1]))


async def test_it_stays_on_record_who_did_it(whole: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["republish", "--since", "1h", "--by", "somchai"]
    assert await asyncio.to_thread(main, command) == 0
    assert capsys.readouterr().out.startswith("nothing is lost\n")
    line = await whole.writer.database["trail"].find_one({"act": "republish"})
    assert line is not None
    assert line["who"]["name"] == "somchai"


async def test_an_event_that_has_not_left_yet_is_left_to_the_relay(whole: Pair) -> None:
    async with whole.running(whole.writer):
        pass  # its indexes are there
    silent, reports = whole.make_writer("api")
    async with whole.running(silent):
        whole.reports = reports
        await whole.submit(new_id())
        assert await _republish(whole) == {}


def _environment(pair: Pair) -> dict[str, str]:
    settings = pair.settings
    ours = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOPIC_PREFIX": settings.topic_prefix,
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_PREFIX": settings.mongodb_prefix,
    }
    return {**os.environ, **ours}


async def _republish(pair: Pair, *more: str) -> Mapping[str, int]:
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, *more, env=_environment(pair), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    lost: Mapping[str, int] = json.loads(out)["lost"]
    return lost


async def _holds(pair: Pair, copies: int) -> bool:
    return len((await look(pair.settings.brokers, pair.prefix, now() - timedelta(minutes=5))).ids) == copies


async def _lose_all(pair: Pair) -> None:
    """As if the broker's disk had been lost: every record that it has acknowledged."""
    admin = AIOKafkaAdminClient(**pair.settings.brokers.options())
    await admin.start()
    for topic in (REPORTS, public("reports")):
        places: Sequence[TopicPartition] = [TopicPartition(pair.prefix + topic, one) for one in range(PARTITIONS)]
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})
    await admin.close()
