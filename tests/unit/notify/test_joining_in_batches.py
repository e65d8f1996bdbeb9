"""Who joins a case while a batch is under way misses nothing of what comes before the batch is saved."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextvars import Context
from types import SimpleNamespace
from typing import Any

from shared.events.reports import ReportCommented, ReportMerged
from shared.kernel import Cause
from shared.kernel.consume import Inbox
from tests.support.notify_events import Story, Word, record
from tests.support.notify_in_memory import NotifyInMemory, at_work
from tests.support.notify_members import COMPLETED, told


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
    await notify.sender.wait_until_idle()
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
