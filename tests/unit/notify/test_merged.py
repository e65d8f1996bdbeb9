"""A report that was merged: its people are told so once, and not again because its work was called off for it."""

from typing import Any

import pytest

from shared.events.reports import ReportMerged
from shared.events.work_orders import WorkOrderCancelled
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory, at_work


async def told_of(notify: NotifyInMemory, *, merged: bool, work_first: bool = False) -> list[tuple[str | None, str]]:
    """Whom of a report with a follower, and what, once its work is called off as a duplicate's."""
    kept, one = Story(), Story()
    await notify.hear(kept.submitted(()), kept.created(), one.submitted(), one.contact(), one.created())
    await notify.hear(one.followed("follower-1"), one.contact("follower-1"))
    known = {*notify.store.all()}
    why: dict[str, Any] = {"merged": True} if merged else {"reason": "แจ้งซ้ำกับเรื่องเดิม"}
    words = [one.of_work(WorkOrderCancelled, outcome="duplicate", **why)]
    if merged:
        words.insert(0, one.of_report(ReportMerged, into=kept.case_id, into_reference=kept.reference))
    await at_work(notify, *(reversed(words) if work_first else words))
    new = [notice for key, notice in notify.store.all().items() if key not in known]
    return sorted((one.party, one.template) for one in new if one.party)


@pytest.mark.parametrize("work_first", [False, True])
async def test_reporter_and_followers_are_told_of_a_merge_and_of_nothing_else(work_first: bool) -> None:
    """Whichever of the two topics is read first."""
    told = await told_of(NotifyInMemory(), merged=True, work_first=work_first)
    assert told == [("follower-1", "report-merged"), ("reporter", "report-merged")]


async def test_what_a_desk_calls_off_by_hand_as_a_duplicate_is_told() -> None:
    told = await told_of(NotifyInMemory(), merged=False)
    assert told == [("follower-1", "cancelled"), ("reporter", "cancelled")]
