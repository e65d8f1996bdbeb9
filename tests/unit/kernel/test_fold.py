"""Many steps on one case are few loads and writes, and each of them still has its own outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.events.base import Event
from shared.events.envelope import Envelope, encode, to_headers
from shared.events.ids import derive_id, new_id
from shared.events.reports import ReportCommented
from shared.events.topics import internal
from shared.kernel import Cause, DuplicateKey, Reject, Step, StoredModel, Transient, fold, now
from shared.kernel.cases import Cases
from shared.kernel.consume import Inbox
from shared.kernel.errors import Stopping
from shared.kernel.gather import all_of
from shared.kernel.write import Write
from tests.support.memory import Fate, MemoryCases

REPORTS = internal("reports")


class Tally(StoredModel):
    """A case that counts."""

    taken: tuple[str, ...] = ()


class Watched(MemoryCases):
    """Counts loads and writes; objects to a value that another case is said to hold."""

    def __init__(self, fates: list[Fate] | None = None) -> None:
        super().__init__(None, fates or [])
        self.loads = self.saves = 0
        self.taken_elsewhere: set[str] = set()

    async def load(self, ids: Sequence[str]) -> Sequence[Any]:
        self.loads += 1
        await asyncio.sleep(0)
        return await super().load(ids)

    async def save(self, writes: Sequence[Write[Any]]) -> Sequence[BaseException | None]:
        self.saves += 1
        await asyncio.sleep(0)
        wrong = [self.taken_elsewhere & set(write.state.taken) for write in writes]
        answers = await super().save([write for write, bad in zip(writes, wrong, strict=True) if not bad])
        return [DuplicateKey("state.taken")] if any(wrong) else answers


@dataclass
class Desk:
    """One case of one process."""

    store: Watched
    decisions: list[str] = field(default_factory=list)
    case_id: str = field(default_factory=new_id)
    is_new: bool = False

    def __post_init__(self) -> None:
        self.cases: Cases[Tally] = Cases("tallies", self.store, source="/town/test")

    async def add(self, word: str, cause: Cause | None = None, case_id: str | None = None) -> Any:
        def decide(state: Tally | None, _: Cause) -> Step[Tally]:
            self.decisions.append(word)
            if word.startswith("no"):
                raise Reject("not-this", f"after {state.taken if state else []}")
            if word.startswith("bug"):
                raise ZeroDivisionError
            return Step(Tally(taken=(*(state.taken if state else ()), word)))

        return await self.cases.step(case_id or self.case_id, decide, cause or Cause.request(), is_new=self.is_new)

    def taken(self, case_id: str | None = None) -> list[str]:
        state: Any = self.store.states()[case_id or self.case_id]
        return list(state.taken)


async def test_who_waits_for_a_case_is_decided_with_the_others_in_order() -> None:
    desk = Desk(Watched())
    words = [str(number) for number in range(256)]
    cases = await asyncio.gather(*map(desk.add, words))

    assert desk.taken() == words
    assert len(desk.decisions) == 256
    assert desk.store.saves <= 3
    assert [case.version for case in cases] == list(range(1, 257)), "each saw a state of its own"


async def test_two_processes_on_one_case_do_not_decide_thousands_of_times() -> None:
    store = Watched()
    desks = [Desk(store, case_id="01M") for _ in range(2)]
    await asyncio.gather(*(desk.add(str(number)) for number in range(256) for desk in desks))

    assert sorted(desks[0].taken(), key=int) == sorted([str(number // 2) for number in range(512)], key=int)
    assert sum(len(desk.decisions) for desk in desks) < 4 * 512


async def test_a_refusal_or_a_bug_among_them_is_its_own() -> None:
    desk = Desk(Watched())
    outcomes = await asyncio.gather(*map(desk.add, ["a", "no", "b", "bug", "c"]), return_exceptions=True)

    assert desk.taken() == ["a", "b", "c"]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Reject", "Case", "ZeroDivisionError", "Case"]


async def test_nobody_hears_a_refusal_that_rests_on_a_step_that_was_not_saved() -> None:
    desk = Desk(Watched(["ok", "ok", "ok", "lost"]))  # the first alone; then one load, and a save that is lost
    outcomes = await asyncio.gather(*map(desk.add, ["a", "b", "no"]), return_exceptions=True)

    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Transient", "Transient"]


async def test_a_value_that_another_case_holds_fails_only_who_brought_it() -> None:
    desk = Desk(Watched())
    desk.store.taken_elsewhere = {"dup"}
    outcomes = await asyncio.gather(*map(desk.add, ["a", "b", "dup", "c"]), return_exceptions=True)

    assert desk.taken() == ["a", "b", "c"]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Case", "DuplicateKey", "Case"]


async def test_who_gives_up_while_it_decides_for_all_leaves_them_to_the_next() -> None:
    desk = Desk(Watched())
    tasks = [asyncio.create_task(desk.add(word)) for word in "abc"]
    await asyncio.sleep(0)  # all have asked, the first one leads
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert desk.taken()[-2:] == ["b", "c"]
    assert desk.cases._lines == {}


async def test_the_same_cause_twice_at_once_takes_effect_once() -> None:
    desk, cause = Desk(Watched()), Cause.request(key="again", scope="test")
    cases = await asyncio.gather(*(desk.add("a", cause) for _ in range(5)))

    assert desk.taken() == ["a"]
    assert [case.repeated for case in cases] == [False, True, True, True, True]


@dataclass
class Record:
    """One record of the topic."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    key: bytes | None
    offset: int
    topic: str = REPORTS
    partition: int = 0
    timestamp: int = 0


def comment(text: str, sequence: int, subject: str, event_id: str | None = None) -> Record:
    event = ReportCommented(reference="MH-TEST-0001", category="other", by="public", text=text)
    cause = Cause.request()
    envelope = Envelope(
        id=event_id or new_id(), source="/town/intake", type=event.type, subject=subject, time=cause.at,
        sequence=sequence, causation_id=cause.id, correlation_id=subject,
    )  # fmt: skip
    return Record(encode(event.data()), to_headers(envelope), subject.encode(), sequence - 1)


@dataclass
class Reader:
    """A consumer whose handler adds each comment's text to the case of its report."""

    desk: Desk = field(default_factory=lambda: Desk(Watched()))
    parked: list[str] = field(default_factory=list)
    before: Callable[[str], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.inbox = Inbox("test", self._park, wait=_at_once)
        self.inbox.handlers[REPORTS] = self._on_report

    async def _park(self, _record: Any, reason: str, _why: str) -> None:
        self.parked.append(reason)

    async def _on_report(self, event: Event, envelope: Envelope, cause: Cause) -> None:
        assert isinstance(event, ReportCommented)
        if self.before:
            await self.before(event.text)
        await self.desk.add(event.text, cause, derive_id(envelope.subject, "tally"))

    def taken(self, subject: str) -> list[str]:
        return self.desk.taken(derive_id(subject, "tally"))


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


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


async def test_all_of_leaves_nothing_running_when_one_fails() -> None:
    ended = []

    async def work(seconds: float, fails: bool) -> None:
        await asyncio.sleep(seconds)
        ended.append(seconds)
        if fails:
            raise Transient("away")

    with pytest.raises(Transient):
        await all_of(work(0.0, True), work(0.02, False))

    assert ended == [0.0, 0.02]


async def test_moments_are_renewed_without_a_change_and_again_and_again() -> None:
    desk = Desk(Watched())
    case = await desk.add("a")
    for _ in range(2):
        await desk.cases.renew_moments(case.id)

    assert (desk.taken(), desk.store.rows[case.id].case.version) == (["a"], 3)
