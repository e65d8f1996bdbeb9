"""An alarm for mail that does not leave: what waits for its provider is seen, one full mailbox is not."""

import asyncio
from datetime import timedelta

from services.notify.domain.delivery import Later
from services.notify.undelivered import LONGEST_WAIT, find_stuck
from shared.kernel import now
from shared.telemetry import metrics
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory

AWAY, FULL = Later("mail-server-away"), Later("smtp-452")


async def told(notify: NotifyInMemory, *stories: Story) -> None:
    for story in stories:
        await notify.hear(story.contact(), story.submitted())


async def alarm(notify: NotifyInMemory, later: timedelta = LONGEST_WAIT) -> tuple[str | None, float]:
    """What `/workz` and the gauge say then."""
    problem = await find_stuck(notify.store, ["email"], now() + later)
    ((gauge,),) = (family.samples for family in metrics.deliveries_oldest_age_seconds.labels("email").collect())
    return problem, gauge.value


async def test_nothing_is_wrong_while_all_mail_has_left() -> None:
    notify = NotifyInMemory()
    await told(notify, Story())

    assert await alarm(notify) == (None, 0.0)


async def test_mail_that_waits_for_its_server_is_named_with_the_reason_and_not_before_its_time() -> None:
    notify = NotifyInMemory()
    notify.email.answers = [AWAY]
    await told(notify, Story())
    early, age = await alarm(notify, timedelta(minutes=9))
    problem, later_age = await alarm(notify)

    assert early is None
    assert 530 < age < 560
    assert later_age > 599
    assert problem == "nothing leaves by email, the oldest message has waited 10 min (mail-server-away)"


async def test_mail_that_nobody_has_tried_to_send_waits_too() -> None:
    notify = NotifyInMemory()
    notify.email.room = 0
    await told(notify, Story())

    assert (await alarm(notify))[0] == "nothing leaves by email, the oldest message has waited 10 min (not tried)"


async def test_a_full_mailbox_is_no_alarm_while_later_mail_leaves_and_hides_none() -> None:
    notify = NotifyInMemory()
    notify.email.answers = [FULL]
    await told(notify, Story(), Story())
    full, age = await alarm(notify)
    notify.email.answers = [AWAY]
    await asyncio.sleep(0.002)  # times are kept to the millisecond, and this mail is owed after the last one left
    await told(notify, Story())
    stuck, _ = await alarm(notify)

    assert full is None
    assert age > 599
    assert "mail-server-away" in (stuck or "")


async def test_who_has_promised_a_contact_holds_up_no_mail() -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.submitted())

    assert await alarm(notify) == (None, 0.0)
