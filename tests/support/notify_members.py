"""Cases that many have joined: who of them was told, and what the file of the case is like."""

from typing import cast

from services.notify.domain.file import CaseFile
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory

COMPLETED = "onestop.work-order.completed.v1"
MANY = 230  # more than two pages


def file_of(notify: NotifyInMemory, case_id: str) -> CaseFile:
    """What notify keeps of the case."""
    return cast(CaseFile, notify.service.tables["files"].states()[case_id])


async def followed_by_many(story: Story) -> NotifyInMemory:
    """A report with its work and that many followers."""
    notify = NotifyInMemory()
    await notify.hear(story.submitted(()), story.created())
    for number in range(MANY):
        await notify.hear(story.followed(f"follower-{number:03d}"))
    return notify


def told(notify: NotifyInMemory, about: str) -> list[str]:
    """The parties that such an event was told to."""
    return sorted(one.party for one in notify.store.all().values() if one.about == about and one.party)
