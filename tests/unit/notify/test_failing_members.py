"""A bug for one member of a case: it holds up nobody else, and is tried again for them alone."""

from typing import Any

import pytest

from services.notify import telling
from services.notify.domain.planning import list_owed_to_follower
from shared.events.reports import ReportMerged
from shared.kernel import Cause, Transient
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.notify_members import COMPLETED, MANY, file_of, followed_by_many, told


def broken_for(monkeypatch: pytest.MonkeyPatch, *parties: str, error: type[Exception] = ValueError) -> None:
    """A bug that only these followers meet."""

    def fails(case_id: str, party: str, *rest: Any) -> Any:
        if party in parties:
            raise error(party)
        return list_owed_to_follower(case_id, party, *rest)

    monkeypatch.setattr(telling, "list_owed_to_follower", fails)


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
