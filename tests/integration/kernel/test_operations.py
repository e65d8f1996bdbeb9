"""What the kernel keeps beside the cases: leases, keys, and an operator's command over the dead letters."""

import asyncio
import os
import subprocess
import sys

from tests.support.kernel import Pair, eventually


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


async def test_a_key_finds_its_case_again_from_every_process_and_ids_sort_by_time(pair: Pair) -> None:
    keys, others = pair.writer.keys, pair.make_writer()[0].keys
    first = await asyncio.gather(*(kept.case_id("reports", "a-phone") for kept in (keys, others) * 10))
    assert len(set(first)) == 1
    assert await keys.case_id("comments", "a-phone") not in first
    assert await keys.case_id("reports", None) > first[0]
    assert await others.case_id("reports", "another-phone") > first[0]
