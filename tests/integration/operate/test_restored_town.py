"""Two services and the broker between them, after one moment of both was restored: nothing is heard twice, nothing that
was under way is missed, and nobody hears what nobody remembers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from shared.events.ids import new_id
from shared.events.topics import public
from shared.kernel import Cause, Step
from shared.kernel.restored import LAST, RESTORED
from tests.support.kernel import Pair, Report, eventually, has_taken
from tools.operate import backup, republish, restore, topics
from tools.operate.failures import NotDone


class Restorable(Pair):
    """The pair whose databases and topics the commands mean."""

    async def take(self) -> None:
        assert await asyncio.to_thread(backup.main, ["take"]) == 0

    async def restore(self) -> int:
        """In place of what is there; the services of before are gone, and the floor is what those after it stand on."""
        assert await asyncio.to_thread(restore.main, ["--yes", "--by", "somchai", "--replace"]) == 0
        self.writer, self.reports = self.make_writer()
        self.reader, self.orders = self.make_reader()
        mark = await self.writer.database[RESTORED].find_one({"_id": LAST})
        assert mark is not None
        return int(mark["floor"])

    async def lose_topics(self) -> None:
        """A new cluster: the same topics with nothing in them, and no group has ever been there."""
        self.prefix = f"{new_id().lower()}."
        self.settings = self.settings.model_copy(update={"topic_prefix": self.prefix})
        await self.create_topics()


@pytest.fixture
async def pair(kafka: str, mongo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Restorable]:
    made = Restorable(kafka, mongo)
    await made.create_topics()
    backup.main(["key", str(tmp_path / "key")])
    around = {
        "MONGODB_URI": mongo,
        "MONGODB_PREFIX": made.settings.mongodb_prefix,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "TOPIC_PREFIX": made.prefix,
        "BACKUP_DIR": str(tmp_path / "kept"),
        "BACKUP_IDENTITY_FILE": str(tmp_path / "key"),
        "BACKUP_RECIPIENTS": (tmp_path / "key").read_text("utf-8").split()[3],
    }
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


async def _under_way(pair: Restorable, case_id: str) -> None:
    """Two events are heard, a third is published and not heard yet; then comes the backup."""
    async with pair.running():
        await pair.submit(case_id, "one")
        await pair.submit(case_id, "two")
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2]))
    writer, reports = pair.make_writer()
    pair.writer, pair.reports = writer, reports
    async with pair.running(writer):
        await pair.submit(case_id, "three")
        await eventually(lambda: _is_published(pair, case_id))
    await pair.take()


async def _is_published(pair: Restorable, case_id: str) -> bool:
    case = await pair.reports.collection.find_one({"_id": case_id})
    return case is not None and not case["outbox"]


@pytest.mark.parametrize("kafka_is_lost", [False, True], ids=["kafka-is-there", "kafka-is-lost"])
async def test_what_was_under_way_is_heard_and_what_is_forgotten_is_not(
    pair: Restorable, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kafka_is_lost: bool
) -> None:
    case_id, other, silent = new_id(), new_id(), new_id()
    await pair.reports.step(silent, lambda _, __: Step(Report(texts=["of which nobody was told"])), Cause.request())
    await _under_way(pair, case_id)
    pair.writer, pair.reports = pair.make_writer()
    pair.reader, pair.orders = pair.make_reader()
    async with pair.running():  # a time that will be forgotten
        await pair.submit(case_id, "four")
        await pair.submit(other, "another case")
        await pair.submit(silent, "of which everybody is told")
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2, 3, 4]))
        await eventually(lambda: has_taken(pair.orders, other, [1]))
        await eventually(lambda: has_taken(pair.orders, silent, [1]))
    if kafka_is_lost:
        await pair.lose_topics()
        monkeypatch.setenv("TOPIC_PREFIX", pair.prefix)
    capsys.readouterr()

    floor = await pair.restore()

    said = capsys.readouterr().out
    # Of what services hear all three, for notify has never come to hear them; and public topics are kept whole.
    assert f"{3 + (3 if kafka_is_lost else 0)} events are told again" in said
    assert f"{0 if kafka_is_lost else 3} events were told after the moment and are forgotten" in said
    async with pair.running():
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2, 3]))
        await pair.submit(case_id, "four anew")
        await eventually(lambda: has_taken(pair.orders, case_id, [1, 2, 3, floor + 1]))
        assert not await has_taken(pair.orders, other, [1])
    told = await _public(pair)
    jumped = {(key, kind.split(".")[2]) for key, kind, sequence in told if sequence == floor}
    assert jumped == (set() if kafka_is_lost else {(other, "hidden"), (silent, "hidden"), (case_id, "commented")})
    highest: dict[str, int] = {}
    for key, _, sequence in told:  # as the integrators' page tells readers to
        assert sequence > highest.get(key, 0) or sequence <= 3, "only what was under way comes twice"
        highest[key] = max(sequence, highest.get(key, 0))


async def _public(pair: Restorable) -> list[tuple[str, str, int]]:
    """Key, type and sequence of everything that was ever told to everybody."""
    topic = pair.prefix + public("reports")
    consumer = AIOKafkaConsumer(topic, **pair.settings.brokers.options(), auto_offset_reset="earliest")
    await consumer.start()
    found: list[tuple[str, str, int]] = []
    try:
        while batches := await consumer.getmany(timeout_ms=1500):
            for record in (record for records in batches.values() for record in records):
                headers = dict(record.headers)
                found.append((record.key.decode(), headers["ce_type"].decode(), int(headers["ce_sequence"])))
    finally:
        await consumer.stop()
    return found


async def test_what_is_forgotten_is_not_told_again_by_republish_either(
    pair: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, other = new_id(), new_id()
    await _under_way(pair, case_id)
    pair.writer, pair.reports = pair.make_writer()
    async with pair.running(pair.writer):
        await pair.submit(other, "a case that will be forgotten")
        await eventually(lambda: _is_published(pair, other))
    await asyncio.sleep(1.1)  # the journal is read from a whole second on
    await pair.restore()
    await pair.lose_topics()
    monkeypatch.setenv("TOPIC_PREFIX", pair.prefix)
    assert await asyncio.to_thread(topics.main, ["create"]) == 0

    assert await asyncio.to_thread(republish.main, ["--since", "1h", "--by", "somchai"]) == 0

    assert other not in {key for key, _, _ in await _public(pair)}


async def test_a_restoration_refuses_while_a_group_still_has_members(pair: Restorable) -> None:
    await _under_way(pair, new_id())
    pair.reader, pair.orders = pair.make_reader()
    async with pair.running(pair.reader):
        with pytest.raises(NotDone, match="stop all services first"):
            await pair.restore()
    _, reports = pair.make_writer()
    assert await reports.collection.count_documents({}) == 1, "nothing was touched"
