"""Whoever joins a case: ten thousand of them neither grow its file nor hold up who hears of it."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextvars import Context
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.notify import telling
from services.notify.domain.file import HEARD_MOST, CaseFile
from services.notify.domain.planning import owed_to_follower
from shared.events.ids import new_id
from shared.events.reports import ReportCommented, ReportMerged
from shared.kernel import Cause, Transient, now
from shared.kernel.consume import Inbox
from tests.support.notify_events import Story, Word, record
from tests.support.notify_in_memory import NotifyInMemory, at_work

COMPLETED = "onestop.work-order.completed.v1"
COMMENTED = ReportCommented.type
MANY = 230  # more than two pages


def file_of(notify: NotifyInMemory, case_id: str) -> CaseFile:
    return cast(CaseFile, notify.service.tables["files"].states()[case_id])


def size_of(notify: NotifyInMemory, case_id: str) -> int:
    return len(file_of(notify, case_id).model_dump_json())


async def followed_by_many(story: Story) -> NotifyInMemory:
    notify = NotifyInMemory()
    await notify.hear(story.submitted(()), story.created())
    for number in range(MANY):
        await notify.hear(story.followed(f"follower-{number:03d}"))
    return notify


def told(notify: NotifyInMemory, about: str) -> list[str]:
    return sorted(one.party for one in notify.store.all().values() if one.about == about and one.party)


async def test_each_of_many_followers_is_told_once_and_the_file_is_no_larger_for_them() -> None:
    story = Story()
    notify = await followed_by_many(story)
    few = NotifyInMemory()
    other = Story()
    await few.hear(other.submitted(()), other.created(), other.followed("follower-1"))
    assert size_of(notify, story.case_id) == size_of(few, other.case_id)
    await notify.hear(story.completed())
    assert told(notify, COMPLETED) == ["reporter"], "the handler tells whose case it is and leaves the rest to rounds"
    await notify.work()
    assert told(notify, COMPLETED) == sorted(["reporter", *(f"follower-{number:03d}" for number in range(MANY))])
    assert file_of(notify, story.case_id).rounds == []


async def test_a_round_that_was_cut_off_goes_on_behind_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PAGE", 50)
    story = Story()
    notify = await followed_by_many(story)
    await notify.hear(story.completed())
    (first,) = file_of(notify, story.case_id).rounds
    await telling.tell_page(notify.desk, story.case_id, first.name, _woken(story, notify))
    assert len(told(notify, COMPLETED)) == 1 + 50
    notify.service.fates += ["ok", "lost"]
    with pytest.raises(Transient):
        await telling.tell_page(notify.desk, story.case_id, first.name, _woken(story, notify))
    notify.service.fates.clear()
    await notify.work()
    assert len(told(notify, COMPLETED)) == len(set(told(notify, COMPLETED))) == 1 + MANY


def _woken(story: Story, notify: NotifyInMemory) -> Cause:
    (moment,) = notify.service.moments["files"](file_of(notify, story.case_id))
    return Cause.timer(story.case_id, moment)


async def test_a_page_that_is_told_twice_tells_nobody_twice() -> None:
    story = Story()
    notify = await followed_by_many(story)
    await notify.hear(story.completed())
    (first,) = file_of(notify, story.case_id).rounds
    cause = _woken(story, notify)
    await telling.tell_page(notify.desk, story.case_id, first.name, cause)
    before = file_of(notify, story.case_id)
    await telling.tell_page(notify.desk, story.case_id, first.name, cause)
    assert file_of(notify, story.case_id) == before
    await notify.work()
    assert len(told(notify, COMPLETED)) == len(set(told(notify, COMPLETED))) == 1 + MANY


async def test_whoever_left_before_is_not_told() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.submitted(()), story.followed("follower-1"), story.followed("follower-2"))
    await notify.hear(story.erased("follower-1"), story.completed())
    await notify.work()
    assert told(notify, COMPLETED) == ["follower-2", "reporter"]


async def test_the_people_of_many_merged_reports_hear_how_the_one_goes_on() -> None:
    kept, notify = Story(), NotifyInMemory()
    await notify.hear(kept.submitted(()), kept.created())
    merged = [await _merged_into(kept, notify) for _ in range(MANY)]
    kept.minutes += 10
    before = size_of(notify, kept.case_id)
    done = kept.completed()
    await notify.hear(done)
    assert len(told(notify, COMPLETED)) == 1
    await notify.work()
    cases = {one.case_id for one in notify.store.all().values() if one.about == COMPLETED and one.party}
    assert cases == {kept.case_id, *merged}
    assert len(told(notify, COMPLETED)) == 1 + MANY
    assert size_of(notify, kept.case_id) < before + 2000, "one event more, and nobody of those who are told"


async def _merged_into(kept: Story, notify: NotifyInMemory) -> str:
    other = Story(case_id=new_id())
    merged = other.of_report(ReportMerged, into=kept.case_id, into_reference=kept.reference)
    await notify.hear(other.submitted(()), merged)
    return other.case_id


async def test_a_chain_of_merges_reaches_its_end_and_a_circle_ends() -> None:
    first, second, third, notify = Story(), Story(), Story(), NotifyInMemory()
    await notify.hear(first.submitted(()), second.submitted(()), third.submitted(()))
    await notify.hear(third.of_report(ReportMerged, into=second.case_id, into_reference=second.reference))
    await notify.hear(second.of_report(ReportMerged, into=first.case_id, into_reference=first.reference))
    await notify.hear(first.of_report(ReportMerged, into=third.case_id, into_reference=third.reference))
    first.minutes += 10
    await notify.hear(first.completed())
    for _ in range(5):
        await notify.work_at(now() + timedelta(minutes=1))
    cases = [one.case_id for one in notify.store.all().values() if one.about == COMPLETED and one.party]
    assert sorted(cases) == sorted([first.case_id, second.case_id, third.case_id])
    assert not [rounds for case in (first, second, third) for rounds in file_of(notify, case.case_id).rounds]


async def test_a_file_stays_small_however_much_it_hears_and_a_late_follower_misses_none_of_it() -> None:
    story, notify = Story(), NotifyInMemory()
    follower, contact = story.followed("follower-1"), story.contact("follower-1")
    comments: list[Word] = [story.of_report(ReportCommented, by="staff", text=f"ข่าวที่ {n}") for n in range(200)]
    await notify.hear(story.submitted(()), *comments)
    assert len(file_of(notify, story.case_id).heard) <= 2 * HEARD_MOST
    await notify.hear(contact, follower)
    of_comments = [one for one in notify.store.all().values() if (one.about, one.party) == (COMMENTED, "follower-1")]
    assert len(of_comments) == 200


async def test_a_report_that_is_heard_after_two_hundred_of_its_events_tells_of_all_of_them() -> None:
    story, notify = Story(), NotifyInMemory()
    opening = story.submitted(())
    comments = [story.of_report(ReportCommented, by="staff", text=f"ข่าวที่ {n}") for n in range(100)]
    words = [story.of_report(ReportCommented, by="public", text=f"เห็นด้วย {n}") for n in range(100)]
    await notify.hear(*comments, *words, opening)
    assert len([one for one in notify.store.all().values() if one.party == "reporter"]) == 1 + 100
    await notify.hear(story.created())
    teams = [one for one in notify.store.all().values() if one.about == COMMENTED and one.party is None]
    assert len(teams) == 100, "what came before any team was known belongs to the first that is"


async def take_together(
    notify: NotifyInMemory, topic: str, words: Sequence[Word], others: Coroutine[Any, Any, None]
) -> None:
    """These records come in one poll, and `others` happens elsewhere when the last one has been handled."""
    inbox, waiting = Inbox("notify", _not_parked), [others]
    real = notify.service.handlers[topic]

    async def handle(event: Any, envelope: Any, cause: Cause) -> None:
        await real(event, envelope, cause)
        if envelope.id == words[-1][1].id and waiting:
            await asyncio.create_task(waiting.pop(), context=Context())

    inbox.handlers[topic] = handle
    records = [SimpleNamespace(partition=0, offset=n, timestamp=0, **record(word)) for n, word in enumerate(words)]
    await inbox.take(records)
    await notify.sender.settle()
    await notify.work()


async def _not_parked(*why: Any) -> None:
    raise AssertionError(why)


async def test_who_follows_in_a_batch_is_told_of_what_comes_before_the_batch_is_saved() -> None:
    story = Story()
    notify = NotifyInMemory()
    await notify.hear(story.submitted(()), story.created(), story.followed("follower-000"))
    followed = [story.followed("follower-111"), story.followed("follower-222")]
    await take_together(notify, "internal.reports.v1", followed, at_work(notify, story.completed()))

    assert {"follower-000", "follower-111", "follower-222"} <= set(told(notify, COMPLETED))


async def test_a_report_merged_in_a_batch_hears_what_comes_before_the_batch_is_saved() -> None:
    merged, other, before = Story(reference="MH-AAAA-29Q6"), Story(), Story(reference="MH-CCCC-29Q6")
    notify = NotifyInMemory()
    into = {"into": other.case_id, "into_reference": other.reference}
    await notify.hear(other.submitted(()), other.created(), merged.submitted(("reporter",)), before.submitted(()))
    await at_work(notify, before.of_report(ReportMerged, **into))
    other.minutes = merged.minutes = 30
    words = [merged.of_report(ReportCommented, by="reporter", text="ยังไหลอยู่"), merged.of_report(ReportMerged, **into)]
    other.minutes = 40
    await take_together(notify, "internal.reports.v1", words, at_work(notify, other.completed()))

    assert merged.case_id in [one.case_id for one in notify.store.all().values() if one.about == COMPLETED]


def broken_for(monkeypatch: pytest.MonkeyPatch, *parties: str, error: type[Exception] = ValueError) -> None:
    """A bug that only these followers meet."""

    def fails(case_id: str, party: str, *rest: Any) -> Any:
        if party in parties:
            raise error(party)
        return owed_to_follower(case_id, party, *rest)

    monkeypatch.setattr(telling, "owed_to_follower", fails)


def followers(*numbers: int) -> list[str]:
    return [f"follower-{number:03d}" for number in numbers]


async def page_after_page(notify: NotifyInMemory, story: Story) -> list[str]:
    """Every page that has come due, as the kernel does; whom it could not be told, and the errors of pages."""
    failed: list[str] = []
    for _ in range(20):
        waiting = [one for one in notify.service.tables["files"].waits[story.case_id] if one.name not in failed]
        if not waiting:
            return failed
        cause = Cause.timer(story.case_id, waiting[0])
        try:
            await notify.service.due["files"](story.case_id, waiting[0], cause)
        except ValueError:
            failed.append(waiting[0].name)
    return failed


async def test_a_bug_for_one_follower_holds_up_nobody_behind_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = Story()
    notify = await followed_by_many(story)
    await notify.hear(story.completed())
    broken_for(monkeypatch, *followers(3, 140))
    failed = await page_after_page(notify, story)

    everybody = {"reporter", *followers(*range(MANY))}
    assert set(told(notify, COMPLETED)) == everybody - set(followers(3, 140))
    assert [name.rpartition(":")[2] for name in failed] == followers(3, 140), "each waits alone, and is parked alone"
    monkeypatch.undo()
    assert await page_after_page(notify, story) == []
    assert set(told(notify, COMPLETED)) == everybody
    assert file_of(notify, story.case_id).rounds == []


async def test_a_bug_for_everybody_is_ours_and_fills_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    notify = await followed_by_many(story)
    await notify.hear(story.completed())
    broken_for(monkeypatch, *followers(*range(MANY)))
    assert len(await page_after_page(notify, story)) == 1
    assert len(file_of(notify, story.case_id).rounds) == 1


async def test_what_is_away_for_one_member_is_waited_for_by_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    notify = await followed_by_many(story)
    await notify.hear(story.completed())
    broken_for(monkeypatch, *followers(3), error=Transient)
    with pytest.raises(Transient):
        await notify.work()
    assert len(file_of(notify, story.case_id).rounds) == 1


async def test_a_bug_for_one_merged_report_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stays, notify = Story(), NotifyInMemory()
    others = [Story() for _ in range(3)]
    await notify.hear(stays.submitted(()), stays.created(), *(one.submitted(("reporter",)) for one in others))
    for one in others:
        merged = one.of_report(ReportMerged, into=stays.case_id, into_reference=stays.reference)
        await notify.hear(merged)
    stays.minutes += 10
    await notify.hear(stays.completed())
    first, *rest = sorted(one.case_id for one in others)
    pass_on = telling._pass_on

    async def fails(desk: Any, report: str, *more: Any) -> None:
        if report == first:
            raise ValueError(report)
        await pass_on(desk, report, *more)

    monkeypatch.setattr(telling, "_pass_on", fails)
    assert [name.split()[-1] for name in await page_after_page(notify, stays)] == [first]
    assert {one.case_id for one in notify.store.all().values() if one.about == COMPLETED and one.party} >= set(rest)
    monkeypatch.undo()
    assert await page_after_page(notify, stays) == []
    assert {one.case_id for one in notify.store.all().values() if one.about == COMPLETED and one.party} >= {first}
