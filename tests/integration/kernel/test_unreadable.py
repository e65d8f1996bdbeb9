"""Records that the client library or the dead letters cannot take as they are: nothing beside them is lost."""

import asyncio
import subprocess
from functools import partial
from typing import Any

import pytest

from shared.events.ids import new_id
from shared.kernel import Transient
from shared.kernel import consume as consume_module
from tests.support.kernel import REPORTS, Pair, equals, eventually, has_taken


@pytest.mark.parametrize("codec", [b"none", b"gzip"])
async def test_a_header_name_of_any_bytes_is_parked_and_takes_nothing_with_it(pair: Pair, codec: bytes) -> None:
    cases = [new_id() for _ in range(12)]
    async with pair.running(pair.writer):
        for case_id in cases:
            await pair.submit(case_id)
        await eventually(lambda: _published(pair))
        for partition in (b"0", b"1", b"2"):
            await asyncio.to_thread(_produce, pair, codec, partition)
        for case_id in cases:
            await pair.submit(case_id)
        async with pair.running(pair.reader):
            for case_id in cases:
                await eventually(partial(has_taken, pair.orders, case_id, [1, 2]))
            for letter in await pair.parked(3):
                assert (letter.reason, letter.value, list(letter.headers)) == (
                    "undecodable",
                    b"\xffvalue",
                    [("\\xff\\xfe", b"1")],
                )


async def test_a_broker_that_is_away_while_a_record_is_parked_is_waited_for(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, real, tries = new_id(), pair.reader._inbox._park, []

    async def away(record: Any, reason: str, why: str) -> None:
        tries.append(reason)
        if len(tries) < 4:
            raise Transient("the producer is built anew")
        await real(record, reason, why)

    monkeypatch.setattr(consume_module, "BACKOFF_SECONDS", (0.01, 0.05))
    monkeypatch.setattr(pair.reader._inbox, "_park", away)
    async with pair.running():
        await pair.write_raw(b"nonsense", [])
        (letter,) = await pair.parked(1)
        assert (letter.value, len(tries)) == (b"nonsense", 4)
        await pair.submit(case_id)
        await eventually(lambda: equals(pair.taken(case_id), [1]))


async def test_what_can_be_neither_handled_nor_parked_stops_the_consumer_and_is_not_skipped(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(record: Any, reason: str, why: str) -> None:
        raise ValueError("the dead letters do not take this")

    async with pair.running():
        with monkeypatch.context() as broken:
            broken.setattr(pair.reader._inbox, "_park", never)
            for key in (b"a", b"b", b"c", b"d", b"e"):
                await pair.write_raw(b"nonsense", [], key)
            await eventually(lambda: _is_stopped(pair))
        for _ in range(3):  # were it to go on, the next batch's commit would take these along
            await pair.submit(new_id())
    mended, _ = pair.make_reader()
    async with pair.running(mended):
        assert len(await pair.parked(5)) == 5


def _produce(pair: Pair, codec: bytes, partition: bytes) -> None:
    """`kcat`, because our own client writes no such name."""
    server, topic = pair.settings.kafka_bootstrap_servers.encode(), f"{pair.prefix}{REPORTS}".encode()
    command = [b"kcat", b"-P", b"-b", server, b"-t", topic, b"-p", partition, b"-z", codec, b"-H", b"\xff\xfe=1"]
    subprocess.run(command, input=b"\xffvalue", check=True, capture_output=True)


async def _published(pair: Pair) -> bool:
    return await pair.reports.collection.count_documents({"outbox.at": {"$exists": True}}) == 0


async def _is_stopped(pair: Pair) -> bool:
    return "stopped" in (await pair.reader.health.work_problems()).get("consumer", "")
