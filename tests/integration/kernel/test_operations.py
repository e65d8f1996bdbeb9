"""What the kernel keeps beside the cases: leases, keys, and an operator's command over the dead letters."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.mongo import KERNEL_INDEXES, MongoCases
from shared.kernel.timers import Timer
from tests.support.kernel import Order, Pair, eventually
from tools.operate.__main__ import main


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


async def test_a_moment_that_two_processes_see_takes_effect_once(pair: Pair) -> None:
    """Without the lease, which only saves work."""
    case_id, long_ago, both = new_id(), now() - timedelta(hours=1), asyncio.Barrier(2)

    def process() -> tuple[Timer, MongoCases[Order]]:
        service, _ = pair.make_writer()
        alarms = service.cases(
            "alarms", Order, moments=lambda order: [] if order.taken else [Moment("ring", long_ago)], kinds=("ring",)
        )

        async def on_due(due: str, _moment: Moment, cause: Cause) -> None:
            await both.wait()
            await alarms.step(due, lambda state, _: Step(Order(taken=[*(state.taken if state else ()), 1])), cause)

        service.on_due(alarms, on_due)
        return service._clockwork.timers[0], alarms

    (first, alarms), (second, _) = process(), process()
    await alarms.collection.create_indexes(list(KERNEL_INDEXES))
    await alarms.step(case_id, lambda _, __: Step(Order()), Cause.request())
    await asyncio.gather(first.look(), second.look())
    await asyncio.gather(first.wait_until_idle(), second.wait_until_idle())
    found = await alarms.get(case_id)
    assert found is not None
    assert found.state.taken == [1]


async def test_the_operator_lists_shows_replays_and_discards(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    async with pair.running(pair.reader):
        await pair.write_raw(b"nonsense", [("x", b"\xff")])
        (letter,) = await pair.parked(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAFKA_BOOTSTRAP_SERVERS", pair.settings.kafka_bootstrap_servers)
        patch.setenv("TOPIC_PREFIX", pair.prefix)
        command = [sys.executable, "-m", "tools.operate", "dlq", "list", "--group", "dispatch"]
        assert letter.id in (await asyncio.to_thread(subprocess.check_output, command, text=True))
        for what, status, says, state in (
            (["show", letter.id], 0, "nonsense", "open"),
            (["discard", letter.id], 2, "say why", "open"),
            (["replay", "--dry-run"], 2, "say which", "open"),
            (["replay", "--all", "--dry-run"], 0, letter.id, "open"),
            (["discard", letter.id, "--because", "a test wrote it"], 0, "1 discarded", "discarded"),
            (["list"], 0, "no dead letters", "discarded"),
            (["show", letter.id], 0, "because: a test wrote it", "discarded"),
        ):
            assert await asyncio.to_thread(main, ["dlq", *what, "--group", "dispatch"]) == status
            assert says in "".join(capsys.readouterr())
            assert [one.state for one in await pair.letters.all()] == [state]


async def test_a_key_finds_its_case_again_from_every_process_and_ids_sort_by_time(pair: Pair) -> None:
    keys, others = pair.writer.keys, pair.make_writer()[0].keys
    first = await asyncio.gather(*(kept.case_id("reports", "a-phone") for kept in (keys, others) * 10))
    assert len(set(first)) == 1
    assert await keys.case_id("comments", "a-phone") not in first
    assert await keys.case_id("reports", None) > first[0]
    assert await others.case_id("reports", "another-phone") > first[0]
