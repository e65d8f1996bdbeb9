"""A report that was no duplicate after all: its people hear of their own report again, and of the other no more."""

from shared.events.reports import ReportMerged, ReportSeparated
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import NotifyInMemory
from tests.support.notify_members import COMPLETED, file_of


def merged(one: Story, kept: Story) -> Word:
    return one.of_report(ReportMerged, into=kept.case_id, into_reference=kept.reference)


def told_of_the_end(notify: NotifyInMemory) -> set[str]:
    return {one.case_id for one in notify.store.all().values() if one.about == COMPLETED and one.party}


async def test_its_people_are_told_of_it_and_of_what_becomes_of_it() -> None:
    kept, one, notify = Story(), Story(), NotifyInMemory()
    await notify.hear(kept.submitted(), kept.created(), one.submitted(), merged(one, kept), one.separated(kept.case_id))
    kept.minutes += 10
    await notify.hear(kept.completed())
    await notify.work()
    assert told_of_the_end(notify) == {kept.case_id}
    told = [notice.about for notice in notify.store.all().values() if notice.case_id == one.case_id]
    assert ReportSeparated.type in told
    await notify.hear(one.created(), one.completed())
    await notify.work()
    assert told_of_the_end(notify) == {kept.case_id, one.case_id}


async def test_the_two_words_in_either_order_end_the_same() -> None:
    ends = []
    for late in (False, True):
        kept, one, notify = Story(), Story(), NotifyInMemory()
        words = [merged(one, kept), one.separated(kept.case_id)]
        await notify.hear(kept.submitted(()), one.submitted(()), *(reversed(words) if late else words))
        ends.append(file_of(notify, one.case_id).into)
    assert ends == [None, None]


async def test_merged_anew_it_is_a_duplicate_again() -> None:
    kept, one, notify = Story(), Story(), NotifyInMemory()
    await notify.hear(
        kept.submitted(()), one.submitted(()), merged(one, kept), one.separated(kept.case_id), merged(one, kept)
    )
    assert file_of(notify, one.case_id).into == kept.case_id
