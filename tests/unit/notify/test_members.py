"""Whoever joins a case: ten thousand of them neither grow its file nor hold up who hears of it."""

from datetime import timedelta
from typing import cast

import pytest

from services.notify import telling
from services.notify.domain.file import HEARD_MOST, CaseFile
from shared.events.ids import new_id
from shared.events.reports import ReportCommented, ReportMerged
from shared.kernel import Cause, Transient, now
from tests.support.heard_by_notify import Story, Word
from tests.support.notify_house import House

COMPLETED = "onestop.work-order.completed.v1"
COMMENTED = ReportCommented.type
MANY = 230  # more than two pages


def file_of(house: House, case_id: str) -> CaseFile:
    return cast(CaseFile, house.service.tables["files"].states()[case_id])


def size_of(house: House, case_id: str) -> int:
    return len(file_of(house, case_id).model_dump_json())


async def followed_by_many(story: Story) -> House:
    house = House()
    await house.hear(story.submitted(()), story.created())
    for number in range(MANY):
        await house.hear(story.followed(f"follower-{number:03d}"))
    return house


def told(house: House, about: str) -> list[str]:
    return sorted(one.party for one in house.store.all().values() if one.about == about and one.party)


async def test_each_of_many_followers_is_told_once_and_the_file_is_no_larger_for_them() -> None:
    story = Story()
    house = await followed_by_many(story)
    few = House()
    other = Story()
    await few.hear(other.submitted(()), other.created(), other.followed("follower-1"))
    assert size_of(house, story.case_id) == size_of(few, other.case_id)
    await house.hear(story.completed())
    assert told(house, COMPLETED) == ["reporter"], "the handler tells whose case it is and leaves the rest to rounds"
    await house.work()
    assert told(house, COMPLETED) == sorted(["reporter", *(f"follower-{number:03d}" for number in range(MANY))])
    assert file_of(house, story.case_id).rounds == []


async def test_a_round_that_was_cut_off_goes_on_behind_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PAGE", 50)
    story = Story()
    house = await followed_by_many(story)
    await house.hear(story.completed())
    (first,) = file_of(house, story.case_id).rounds
    await telling.tell_page(house.desk, story.case_id, first.name, _woken(story, house))
    assert len(told(house, COMPLETED)) == 1 + 50
    house.service.fates += ["ok", "lost"]
    with pytest.raises(Transient):
        await telling.tell_page(house.desk, story.case_id, first.name, _woken(story, house))
    house.service.fates.clear()
    await house.work()
    assert len(told(house, COMPLETED)) == len(set(told(house, COMPLETED))) == 1 + MANY


def _woken(story: Story, house: House) -> Cause:
    (moment,) = house.service.moments["files"](file_of(house, story.case_id))
    return Cause.timer(story.case_id, moment)


async def test_a_page_that_is_told_twice_tells_nobody_twice() -> None:
    story = Story()
    house = await followed_by_many(story)
    await house.hear(story.completed())
    (first,) = file_of(house, story.case_id).rounds
    cause = _woken(story, house)
    await telling.tell_page(house.desk, story.case_id, first.name, cause)
    before = file_of(house, story.case_id)
    await telling.tell_page(house.desk, story.case_id, first.name, cause)
    assert file_of(house, story.case_id) == before
    await house.work()
    assert len(told(house, COMPLETED)) == len(set(told(house, COMPLETED))) == 1 + MANY


async def test_whoever_left_before_is_not_told() -> None:
    story, house = Story(), House()
    await house.hear(story.submitted(()), story.followed("follower-1"), story.followed("follower-2"))
    await house.hear(story.erased("follower-1"), story.completed())
    await house.work()
    assert told(house, COMPLETED) == ["follower-2", "reporter"]


async def test_the_people_of_many_merged_reports_hear_how_the_one_goes_on() -> None:
    kept, house = Story(), House()
    await house.hear(kept.submitted(()), kept.created())
    merged = [await _merged_into(kept, house) for _ in range(MANY)]
    kept.minutes += 10
    before = size_of(house, kept.case_id)
    done = kept.completed()
    await house.hear(done)
    assert len(told(house, COMPLETED)) == 1
    await house.work()
    cases = {one.case_id for one in house.store.all().values() if one.about == COMPLETED and one.party}
    assert cases == {kept.case_id, *merged}
    assert len(told(house, COMPLETED)) == 1 + MANY
    assert size_of(house, kept.case_id) < before + 2000, "one event more, and nobody of those who are told"


async def _merged_into(kept: Story, house: House) -> str:
    other = Story(case_id=new_id())
    merged = other.of_report(ReportMerged, into=kept.case_id, into_reference=kept.reference)
    await house.hear(other.submitted(()), merged)
    return other.case_id


async def test_a_chain_of_merges_reaches_its_end_and_a_circle_ends() -> None:
    first, second, third, house = Story(), Story(), Story(), House()
    await house.hear(first.submitted(()), second.submitted(()), third.submitted(()))
    await house.hear(third.of_report(ReportMerged, into=second.case_id, into_reference=second.reference))
    await house.hear(second.of_report(ReportMerged, into=first.case_id, into_reference=first.reference))
    await house.hear(first.of_report(ReportMerged, into=third.case_id, into_reference=third.reference))
    first.minutes += 10
    await house.hear(first.completed())
    for _ in range(5):
        await house.work_at(now() + timedelta(minutes=1))
    cases = [one.case_id for one in house.store.all().values() if one.about == COMPLETED and one.party]
    assert sorted(cases) == sorted([first.case_id, second.case_id, third.case_id])
    assert not [rounds for case in (first, second, third) for rounds in file_of(house, case.case_id).rounds]


async def test_a_file_stays_small_however_much_it_hears_and_a_late_follower_misses_none_of_it() -> None:
    story, house = Story(), House()
    follower, contact = story.followed("follower-1"), story.contact("follower-1")
    comments: list[Word] = [story.of_report(ReportCommented, by="staff", text=f"ข่าวที่ {n}") for n in range(200)]
    await house.hear(story.submitted(()), *comments)
    assert len(file_of(house, story.case_id).heard) <= 2 * HEARD_MOST
    await house.hear(contact, follower)
    of_comments = [one for one in house.store.all().values() if (one.about, one.party) == (COMMENTED, "follower-1")]
    assert len(of_comments) == 200


async def test_a_report_that_is_heard_after_two_hundred_of_its_events_tells_of_all_of_them() -> None:
    story, house = Story(), House()
    opening = story.submitted(())
    comments = [story.of_report(ReportCommented, by="staff", text=f"ข่าวที่ {n}") for n in range(100)]
    words = [story.of_report(ReportCommented, by="public", text=f"เห็นด้วย {n}") for n in range(100)]
    await house.hear(*comments, *words, opening)
    assert len([one for one in house.store.all().values() if one.party == "reporter"]) == 1 + 100
    await house.hear(story.created())
    teams = [one for one in house.store.all().values() if one.about == COMMENTED and one.party is None]
    assert len(teams) == 100, "what came before any team was known belongs to the first that is"
