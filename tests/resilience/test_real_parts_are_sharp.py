"""The tests on real parts find each way in which the code could be broken: one break in a copy, and its test turns red.

`make campaign` runs them all. What holds always is that each break still fits the code and its test is there.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.machine import ROOT

SERVICE, STOPPING = "integration/kernel/test_service.py::", "integration/kernel/test_stopping.py::"
FAILURES, OPERATIONS = "integration/kernel/test_failures.py::", "integration/kernel/test_operations.py::"
OUTAGES, BAD_RECORDS = "resilience/test_outages.py::", "resilience/test_bad_records.py::"
NEW_ID = '__import__("shared.events", fromlist=["new_id"]).new_id()'
REFUSED = f"{SERVICE}test_what_the_broker_refuses_stays_and_nothing_overtakes_it"
REPEATED = f"{SERVICE}test_a_repeated_request_changes_nothing"
TWICE = f"{BAD_RECORDS}test_everything_published_a_second_time_changes_nothing"


@dataclass(frozen=True)
class Break:
    """`old` becomes `new` in `file`, and `found_by` must fail."""

    what: str
    file: str
    old: str
    new: str
    found_by: str


BREAKS = (
    Break("an event is pulled before the broker's ack", "shared/kernel/relay.py",
          "        left: dict[str, list[str]] = {}\n",
          "        await self._store.pull([(case, [entry.id for entry in entries]) for case, entries in outboxes])\n"
          "        left: dict[str, list[str]] = {}\n", REFUSED),
    Break("an event is pulled although the broker refused it", "shared/kernel/relay.py",
          "if failed is None:\n                    left", "if entry:\n                    left", REFUSED),
    Break("the ack is not waited for", "shared/kernel/producer.py",
          "        await asyncio.wait(set(begun))\n", "        return [None] * len(begun)\n",
          f"{OUTAGES}test_what_a_hanging_broker_has_not_confirmed_stays_with_its_case"),
    Break("a case's newest event leaves first", "shared/kernel/relay.py",
          "iter(self._own(outlet, entries))", "iter(self._own(outlet, entries)[::-1])", REFUSED),
    Break("the next event overtakes a refused one", "shared/kernel/relay.py",
          "for case_id, later, _ in heads if case_id not in failures", "for case_id, later, _ in heads", REFUSED),
    Break("offsets are committed before the effect", "shared/kernel/bus.py",
          "        try:\n            offsets = await self._inbox.take(",
          "        done = {(one.topic, one.partition): one.offset + 1 for one in records}\n"
          "        await _commit(self._subscriber.consumer, done)\n"
          "        try:\n            offsets = await self._inbox.take(",
          f"{STOPPING}test_what_had_no_effect_yet_is_not_committed"),
    Break("the cause is not kept", "shared/kernel/mongo.py", '"seen": list(case.seen)', '"seen": []', REPEATED),
    Break("the cause is not looked for", "shared/kernel/cases.py",
          "if asked.cause.id in found.seen and", "if False and", TWICE),
    Break("the last writer wins", "shared/kernel/mongo.py",
          'UpdateOne({"_id": write.id, "v": write.expected}', 'UpdateOne({"_id": write.id}',
          f"{SERVICE}test_concurrent_steps_of_one_case_all_take_effect"),
    Break("what is new replaces what is there", "shared/kernel/mongo.py",
          'return InsertOne({"_id": write.id, **bookkeeping, "state": state, **beside})',
          'return UpdateOne({"_id": write.id}, {"$set": {**bookkeeping, "state": state, **beside}}, upsert=True)',
          f"{SERVICE}test_what_two_processes_begin_as_new_is_one_case"),
    Break("nothing is swept", "shared/kernel/relay.py", "        page = await",
          "        return 0\n        page = await", f"{STOPPING}test_what_a_crash_left_is_swept_by_the_next_start"),
    Break("a dead letter is not written", "shared/kernel/dlq.py", "await producer.send(dlq(group), record.key, value,",
          "_ = (dlq(group), record.key, value,", f"{FAILURES}test_a_reject_is_parked_and_its_replay_takes_effect_once"),
    Break("what is away is poison", "shared/kernel/consume.py", "await self._pause(waits, error, envelope.id)\n"
          "                    continue", 'return await self._dead_letter(record, "reject", str(error))',
          f"{FAILURES}test_what_is_away_is_waited_for"),
    Break("a database that is away is a bug", "shared/kernel/failures.py", "    mongo.ConnectionFailure,\n", "",
          f"{OUTAGES}test_while_the_database_is_away_clients_are_told_to_come_back_and_all_arrive_once"),
    Break("everybody holds the lease", "shared/kernel/leases.py",
          'if lease is None or lease["holder"] != self._holder:', "if lease is None:",
          f"{OPERATIONS}test_a_lease_has_one_holder_until_it_ends"),
    Break("a moment has another cause for each who sees it", "shared/kernel/case.py",
          'derive_id(case_id, "timer", moment.name, moment.at.isoformat())', "new_id()",
          f"{OPERATIONS}test_a_moment_that_two_processes_see_takes_effect_once"),
    Break("a key is not kept", "shared/kernel/keys.py",
          "new_id() if key is None else await self._claim(derive_keyed_id(scope, key))", "new_id()",
          f"{OPERATIONS}test_a_key_finds_its_case_again_from_every_process_and_ids_sort_by_time"),
    Break("a key is not the cause", "shared/kernel/case.py", "derive_keyed_id(scope, key) if key else new_id()",
          "new_id()", REPEATED),
    Break("a notice is another one each time", "services/notify/domain/planning.py",
          "derive_id(heard.id, to.recipient, *([str(place)] if place else ()))", NEW_ID, TWICE),
    Break("a report's work is another one each time", "services/dispatch/handlers.py",
          "orders.step(order_id(envelope.subject), decide", f"orders.step({NEW_ID}, decide", TWICE),
    Break("a stop does not wait for the relay", "shared/kernel/service.py",
          "        await within(DRAIN * whole, self._publishing.drain())\n", "",
          f"{STOPPING}test_what_was_saved_leaves_before_the_end"),
    Break("a relay that publishes says that it is idle", "shared/kernel/relay.py",
          "return not self._at", "return not any(outlet.waiting for outlet in self._outlets.values())",
          f"{STOPPING}test_what_was_saved_leaves_before_the_end"),
    Break("a stop cuts the batch off", "shared/kernel/service.py", "taken.append(self._subscription.stop())", "pass",
          f"{STOPPING}test_the_batch_under_way_is_finished_and_committed"),
    Break("a stop cuts timers off", "shared/kernel/service.py",
          "taken = [self._clockwork.stop()]", "taken = []",
          f"{STOPPING}test_a_timer_s_work_under_way_is_finished"),
)  # fmt: skip


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.what)
def test_each_break_fits_the_code_and_its_test_is_there(one: Break) -> None:
    file, _, name = one.found_by.partition("::")
    assert (ROOT / one.file).read_text().count(one.old) == 1
    assert f"async def {name}(" in (ROOT / "tests" / file).read_text()


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.what)
def test_a_broken_town_is_found(one: Break, tmp_path: Path) -> None:
    for folder in ("deploy", "services", "shared", "tests", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    broken = tmp_path / one.file
    broken.write_text(broken.read_text().replace(one.old, one.new))
    compile(broken.read_text(), one.file, "exec")  # a break that is no Python would be found by anything

    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-m", "not campaign", f"tests/{one.found_by}"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    assert re.search(r"^1 failed(, \d+ deselected)? in ", run.stdout, re.MULTILINE), run.stdout[-4000:]
