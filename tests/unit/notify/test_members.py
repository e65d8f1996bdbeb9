"""Whoever joins a case: ten thousand of them neither grow its file nor hold up who hears of it."""

from datetime import timedelta

import pytest

from services.notify import telling
from services.notify.domain.file import HEARD_MOST
from shared.events.ids import new_id
from shared.events.reports import ReportCommented, ReportMerged
from shared.kernel import Cause, Transient, now
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.notify_members import COMPLETED, MANY, file_of, followed_by_many, told

COMMENTED = ReportCommented.type


def size_of(notify: NotifyInMemory, case_id: str) -> int:
    return len(file_of(notify, case_id).model_dump_json())


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
