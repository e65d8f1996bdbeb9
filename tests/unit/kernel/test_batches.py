"""The records of a case in one batch are one load and one write, whatever else happens to the case or to the batch."""

import asyncio
from typing import Any

import pytest

from shared.events.ids import derive_id, new_id
from shared.kernel import Cause, fold, now
from shared.kernel.errors import Stopping, Transient
from tests.support.tally import REPORTS, Desk, Reader, Watched, comment


async def test_the_records_of_a_case_in_a_batch_are_one_load_and_one_write() -> None:
    reader, first, second = Reader(), new_id(), new_id()
    batch = [comment(str(n), n, subject) for n in range(1, 51) for subject in (first, second)]
    offsets = await reader.inbox.take(batch)

    assert reader.taken(first) == reader.taken(second) == [str(n) for n in range(1, 51)]
    assert (reader.desk.store.loads, reader.desk.store.saves) == (1, 1), "both cases, and each with all its records"
    assert offsets == {(REPORTS, 0): 50}


async def test_a_handler_s_queries_see_what_the_batch_has_not_saved_yet() -> None:
    reader, subject, seen = Reader(), new_id(), []

    async def look(_: str) -> None:
        case = await reader.desk.cases.get(derive_id(subject, "tally"))
        seen.append((case.state.taken if case else (), [one.state.taken for one in reader.desk.cases.unsaved()]))

    reader.before = look
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("ab", 1)])

    assert seen == [((), []), (("a",), [("a",)])]
    assert reader.desk.cases.unsaved() == []


@pytest.mark.parametrize(("word", "reason"), [("no", "reject"), ("bug", "bug")])
async def test_in_a_batch_only_the_record_that_fails_is_parked(word: str, reason: str) -> None:
    reader, subject = Reader(), new_id()
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate(["a", word, "b"], 1)])

    assert reader.taken(subject) == ["a", "b"]
    assert reader.parked == [reason]


async def test_an_unreadable_record_among_others_is_parked_alone() -> None:
    reader, subject = Reader(), new_id()
    good, bad, last = (comment(text, n, subject) for n, text in enumerate("abc", 1))
    bad.value = b"\xff{"
    await reader.inbox.take([good, bad, last])

    assert reader.taken(subject) == ["a", "c"]
    assert reader.parked == ["undecodable"]


async def test_a_case_said_to_be_new_is_not_looked_for_and_one_that_was_there_is_found_all_the_same() -> None:
    reader, subject = Reader(), new_id()
    reader.desk.is_new = True
    batch = [comment(text, n, subject) for n, text in enumerate("ab", 1)]
    await reader.inbox.take(batch)
    assert reader.desk.store.loads == 0

    await reader.inbox.take([*batch, comment("c", 3, subject)])  # the first two come again
    assert reader.taken(subject) == ["a", "b", "c"]
    assert reader.parked == []


async def test_a_copy_within_a_batch_changes_nothing() -> None:
    reader, subject, event_id = Reader(), new_id(), new_id()
    await reader.inbox.take([comment("a", 1, subject, event_id), comment("a", 1, subject, event_id)])

    assert reader.taken(subject) == ["a"]


async def test_what_somebody_else_changed_meanwhile_is_taken_record_by_record() -> None:
    reader, subject = Reader(), new_id()

    async def interfere(text: str) -> None:
        if text == "b" and "x" not in reader.desk.decisions:
            elsewhere = Desk(reader.desk.store)
            elsewhere.decisions = reader.desk.decisions
            await asyncio.create_task(_outside(elsewhere.add("x", None, derive_id(subject, "tally"))))

    reader.before = interfere
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("abc", 1)])

    assert reader.taken(subject) == ["x", "a", "b", "c"]
    assert reader.parked == []


async def _outside(step: Any) -> None:
    """In another process: it knows of no batch."""
    fold._current.set(None)
    await step


async def test_a_task_that_outlives_its_batch_saves_for_itself() -> None:
    reader, subject, tasks = Reader(), new_id(), []
    tally = derive_id(subject, "tally")

    async def later() -> None:
        await asyncio.sleep(0.05)
        await reader.desk.add("later", None, tally)

    async def leave_behind(_: str) -> None:
        tasks.append(asyncio.create_task(later()))

    reader.before = leave_behind
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("ab", 1)])
    await asyncio.gather(*tasks)
    assert reader.taken(subject) == ["a", "b", "later", "later"]


async def test_a_batch_whose_write_is_lost_is_done_again_and_once() -> None:
    reader, subject = Reader(Desk(Watched(["ok", "unacknowledged"]))), new_id()
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("abc", 1)])

    assert reader.taken(subject) == ["a", "b", "c"]


async def test_a_batch_that_dies_before_its_write_has_done_nothing() -> None:
    reader, subject = Reader(), new_id()

    async def stop(text: str) -> None:
        if text == "c":
            raise asyncio.CancelledError

    reader.before = stop
    with pytest.raises(Stopping):
        await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("abc", 1)])

    assert reader.desk.store.states() == {}
    reader.before = None
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("abc", 1)])
    assert reader.taken(subject) == ["a", "b", "c"]


async def test_a_case_that_is_left_at_a_stop_cuts_no_other_off() -> None:
    """What that one has saved it must go on with: nobody else does before its time."""
    reader, waits, hurried, ended = Reader(), new_id(), asyncio.Event(), list[str]()

    async def before(text: str) -> None:
        if text == "away":
            reader.inbox.stopping = True
            hurried.set()
            raise Transient("the provider is away")
        await hurried.wait()
        await asyncio.sleep(0.01)
        ended.append(text)

    reader.before = before
    with pytest.raises(Stopping):
        await reader.inbox.take([comment("away", 1, waits), comment("other", 1, new_id())])
    assert ended == ["other"]


async def test_a_batch_has_a_bound() -> None:
    reader, subject = Reader(), new_id()
    await reader.inbox.take([comment(str(n), n, subject) for n in range(1, 2 * fold.FOLD_MOST + 1)])

    assert len(reader.taken(subject)) == 2 * fold.FOLD_MOST
    assert reader.desk.store.saves == 2


async def test_a_handler_that_others_must_see_at_once_is_taken_out_of_its_batch() -> None:
    reader, subject, seen = Reader(), new_id(), []

    async def look(text: str) -> None:
        fold.leave_batch()
        seen.append(text in "ab" and [*reader.desk.store.states()])

    reader.before = look
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("ab", 1)])

    assert seen == [[], [derive_id(subject, "tally")]]
    assert reader.taken(subject) == ["a", "b"]


async def test_who_stops_takes_no_batch_behind_one_that_was_left() -> None:
    """Its commit would skip that one."""
    reader, subject = Reader(), new_id()
    reader.inbox.stopping = True
    with pytest.raises(Stopping):
        await reader.inbox.take([comment("a", 1, subject)])
    assert reader.desk.store.states() == {}


@pytest.mark.parametrize("claimed_in_time", [True, False])
async def test_nobody_acts_on_a_step_of_a_batch_that_failed(claimed_in_time: bool) -> None:
    """A sibling that was left running: what it was told in the batch is void, and what it asks later is its own."""
    reader, subject = Reader(), new_id()
    claim, acted = derive_id(subject, "claim"), []
    left: list[asyncio.Task[None]] = []

    async def act() -> None:
        if not claimed_in_time:
            await asyncio.sleep(0.02)
        case = await reader.desk.add("claim", Cause(claim, "", now()), claim)
        await asyncio.sleep(0.02)
        if not case.repeated:
            reader.desk.cases.after_save(claim, lambda: acted.append(claim in reader.desk.store.states()))

    async def leave_and_fail(_: str) -> None:
        if not left:
            left.append(asyncio.create_task(act()))
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

    reader.before = leave_and_fail
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("ab", 1)])
    await asyncio.gather(*left)

    assert acted == ([] if claimed_in_time else [True])
    assert reader.taken(subject) == ["a", "b"]


async def test_what_is_left_running_by_a_batch_that_is_saved_acts_on_its_step() -> None:
    reader, subject = Reader(), new_id()
    claim, acted = derive_id(subject, "claim"), []
    left: list[asyncio.Task[None]] = []

    async def act() -> None:
        await reader.desk.add("claim", None, claim)
        await asyncio.sleep(0.02)
        reader.desk.cases.after_save(claim, lambda: acted.append(claim in reader.desk.store.states()))

    async def leave(_: str) -> None:
        if not left:
            left.append(asyncio.create_task(act()))
            await asyncio.sleep(0.01)

    reader.before = leave
    await reader.inbox.take([comment(text, n, subject) for n, text in enumerate("ab", 1)])
    await asyncio.gather(*left)

    assert acted == [True]
