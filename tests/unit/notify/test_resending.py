"""What reached nobody is delivered after all, once its cause is mended; whoever it reached is not told twice."""

from services.notify.domain.delivery import Later, Refused, Sent
from services.notify.erasing import erase_contact
from services.notify.resending import Undelivered, find_undelivered, send_again
from shared.people import Person
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory

OPERATOR = Person(sub="operator:somchai", name="somchai", roles=frozenset({"admin"}))
SUBMITTED = "onestop.report.submitted.v1"


ANY = Undelivered()


async def undelivered(notify: NotifyInMemory, wanted: Undelivered = ANY) -> list[tuple[str, list[str]]]:
    found = find_undelivered(notify.store, wanted)
    return [(case.id, [one.channel for one in meant]) async for case, meant in found]


async def refused() -> tuple[NotifyInMemory, Story]:
    """The mail server has refused the reporter's mail for good."""
    notify, story = NotifyInMemory(), Story()
    notify.email.answers = [Refused("smtp-550")]
    await notify.hear(story.contact(), story.submitted())
    return notify, story


async def test_it_is_sent_again_by_whoever_sends_what_is_due() -> None:
    notify, _ = await refused()
    ((notice_id, channels),) = await undelivered(notify)
    assert channels == ["email"]

    assert await send_again(notify.store, OPERATOR, notice_id, ["email"])
    await notify.work()

    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("sent", None)
    assert await undelivered(notify) == []


async def test_each_end_is_told() -> None:
    notify, _ = await refused()
    ((notice_id, _),) = await undelivered(notify)
    await send_again(notify.store, OPERATOR, notice_id, ["email"])
    await notify.work()
    assert [one["ce_type"] for one in notify.said()] == ["onestop.notice.failed.v1", "onestop.notice.sent.v1"]


async def test_it_is_tried_as_often_and_for_as_long_as_anything_that_is_new() -> None:
    notify, _ = await refused()
    ((notice_id, _),) = await undelivered(notify)
    notify.email.answers = [Later("mail-server-away")]
    await send_again(notify.store, OPERATOR, notice_id, ["email"])
    await notify.work()
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("retrying", "mail-server-away")


async def test_what_a_lost_sender_says_of_an_older_attempt_does_not_count() -> None:
    notify, _ = await refused()
    ((notice_id, _),) = await undelivered(notify)
    await send_again(notify.store, OPERATOR, notice_id, ["email"])
    (_, again) = next(one for one in notify.deliveries() if one[1].channel == "email")
    assert (again.state, again.attempts) == ("queued", 1)


async def test_what_reached_somebody_is_not_sent_again() -> None:
    notify, story = NotifyInMemory(), Story()
    notify.email.answers = [Sent()]
    await notify.hear(story.contact(), story.submitted())
    assert await undelivered(notify) == []
    (notice_id,) = [key for key, one in notify.store.all().items() if one.party]
    assert not await send_again(notify.store, OPERATOR, notice_id, ["email", "inbox"])


async def test_whoever_was_erased_meanwhile_is_left_in_peace() -> None:
    notify, story = await refused()
    ((notice_id, _),) = await undelivered(notify)
    await erase_contact(notify.store, story.case_id, "reporter")
    await send_again(notify.store, OPERATOR, notice_id, ["email"])
    await notify.work()
    assert notify.outcomes()[SUBMITTED, "reporter", "email"] == ("skipped", "no-contact")


async def test_only_what_is_asked_for_is_found() -> None:
    notify, story = await refused()
    assert await undelivered(notify, Undelivered(reason="gave-up")) == []
    assert await undelivered(notify, Undelivered(case_id="another")) == []
    assert len(await undelivered(notify, Undelivered(case_id=story.case_id, reason="smtp-550"))) == 1
