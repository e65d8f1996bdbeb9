"""Sending under faults: who claims sends, what is noted is not sent again, what is lost is sent again."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notify import claims, sending
from services.notify.domain.delivery import Delivery, Later, Refused, queue_delivery
from shared.events.ids import derive_id
from shared.kernel import Cause, Moment, Transient, now
from shared.kernel.errors import Conflict
from shared.kernel.fold import case_batch
from tests.support.notify_events import Story
from tests.support.notify_in_memory import PATIENCE, NotifyInMemory

MAIL = ("onestop.report.submitted.v1", "reporter", "email")


async def a_mail_is_due() -> tuple[NotifyInMemory, str, Cause]:
    """One that nobody had a hand free for when it was owed."""
    notify, story = NotifyInMemory(), Story()
    notify.email.room = 0
    await notify.hear(story.contact(), story.submitted())
    notify.email.room = 1000
    ((key, notice),) = notify.store.all().items()
    mail = notice.delivery_on("email")
    assert mail is not None
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert mail.due_at is not None
    await asyncio.sleep(0.002)
    return notify, key, Cause.timer(key, Moment("deliver email", mail.due_at, "mail"))


async def deliver(notify: NotifyInMemory, key: str, cause: Cause) -> None:
    await notify.sender.deliver(key, "email", cause)
    await notify.sender.wait_until_idle()


async def the_mail_is_sent(notify: NotifyInMemory) -> None:
    async with asyncio.timeout(10):
        while notify.outcomes().get(MAIL) != ("sent", None):  # noqa: ASYNC110 - as the database says
            await asyncio.sleep(0.001)


def attempts(notify: NotifyInMemory, key: str) -> int:
    mail = notify.store.all()[key].delivery_on("email")
    assert mail is not None
    return mail.attempts


async def test_what_can_be_sent_at_once_is_opened_in_hand_and_saved_twice() -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.contact(), story.submitted())
    ((key, notice),) = notify.store.all().items()
    assert notify.outcomes()[MAIL] == ("sent", None)
    seen = notify.service.tables["notices"].rows[key].case.seen
    assert list(seen) == [notice.event_id, derive_id(notice.event_id, "settled", "email")]


async def test_what_a_batch_takes_in_hand_is_sent_when_the_batch_is_saved() -> None:
    """Before that nobody has claimed it, and whoever runs the batch's records again would send it twice."""
    notify, story = NotifyInMemory(), Story()
    contact, submitted = story.contact(), story.submitted()
    await notify.hear(contact)
    with contextlib.suppress(ZeroDivisionError):
        async with case_batch():
            await notify.hear(submitted)
            raise ZeroDivisionError
    assert (notify.email.taken, notify.store.all()) == ([], {})
    async with case_batch():
        await notify.hear(submitted)
        assert notify.email.taken == []
    await notify.sender.wait_until_idle()
    assert len(notify.email.taken) == 1
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_with_all_hands_full_the_timers_send() -> None:
    notify, story = NotifyInMemory(), Story()
    notify.email.room = 0
    await notify.hear(story.contact(), story.submitted())
    assert notify.email.taken == []
    await notify.work()
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_a_contact_that_comes_when_all_hands_are_full_makes_it_due() -> None:
    notify, story = NotifyInMemory(), Story()
    notify.email.room = 0
    await notify.hear(story.submitted(), story.contact())
    assert notify.outcomes()[MAIL] == ("queued", None)
    await notify.work()
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_two_replicas_at_once_send_one_mail() -> None:
    notify, key, cause = await a_mail_is_due()
    await asyncio.gather(*(deliver(notify, key, cause) for _ in range(5)))
    assert len(notify.email.taken) == 1
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_an_outcome_that_is_not_noted_at_once_is_noted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SETTLE_PAUSE_SECONDS", 0)
    notify, key, cause = await a_mail_is_due()
    # get, the person, the claim's load and save; then the settling's load and save fail a few times
    notify.service.fates += ["ok", "ok", "ok", "ok", "lost", "ok", "unacknowledged", "lost"]
    await deliver(notify, key, cause)
    assert notify.outcomes()[MAIL] == ("sent", None)
    assert len(notify.email.taken) == 1


async def test_a_claim_whose_answer_is_lost_is_sent_by_who_made_it() -> None:
    notify, key, cause = await a_mail_is_due()
    notify.service.fates += ["ok", "ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await deliver(notify, key, cause)
    assert notify.email.taken == []
    await asyncio.gather(*(deliver(notify, key, cause) for _ in range(3)))
    assert (len(notify.email.taken), attempts(notify, key)) == (1, 1)
    assert notify.outcomes()[MAIL] == ("sent", None)


async def test_a_claim_whose_answer_is_lost_is_found_though_nobody_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the moment has moved to the end of the lease, or the event went to another replica."""
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    notify, key, cause = await a_mail_is_due()
    notify.service.fates += ["ok", "ok", "ok", "unacknowledged", "lost", "ok", "lost"]  # and so do the first looks
    with pytest.raises(Transient):
        await deliver(notify, key, cause)
    await the_mail_is_sent(notify)
    await asyncio.sleep(0.02)  # a look at what was taken would come in it
    assert (len(notify.email.taken), attempts(notify, key)) == (1, 1)


async def test_a_claim_whose_answer_is_lost_is_for_nobody_else_to_send_before_its_lease_is_over() -> None:
    notify, key, cause = await a_mail_is_due()
    notify.service.fates += ["ok", "ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await deliver(notify, key, cause)
    elsewhere = replace(notify.sender, _claims=claims.Claims())
    await elsewhere.deliver(key, "email", cause)
    assert notify.email.taken == [], "whoever saved it may be sending it"
    await notify.work_at(now() + PATIENCE.lease)
    assert (len(notify.email.taken), attempts(notify, key)) == (1, 2)


async def test_a_claim_that_was_not_saved_is_sent_by_who_claims_it_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    notify, key, cause = await a_mail_is_due()
    notify.service.fates += ["ok", "ok", "ok", "lost"]
    with pytest.raises(Transient):
        await deliver(notify, key, cause)
    await asyncio.sleep(0.02)  # some looks, which find nothing of ours
    assert notify.email.taken == []
    await deliver(notify, key, replace(cause, at=now()))
    await asyncio.sleep(0.02)
    assert (len(notify.email.taken), attempts(notify, key)) == (1, 1)


async def test_a_batch_that_takes_long_is_sent_once_and_when_it_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.contact())
    async with case_batch():
        await notify.hear(story.submitted())
        await asyncio.sleep(0.02)
        assert notify.email.taken == []
    await the_mail_is_sent(notify)
    assert len(notify.email.taken) == 1


async def test_a_batch_that_was_not_saved_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    notify, story = NotifyInMemory(), Story()
    contact, submitted = story.contact(), story.submitted()
    await notify.hear(contact)
    notify.service.fates += ["ok", "ok", "lost"]
    with pytest.raises(Transient):
        async with case_batch():
            await notify.hear(submitted)
    await asyncio.sleep(0.02)
    assert (notify.email.taken, notify.store.all()) == ([], {})


@pytest.mark.parametrize("again", [True, False], ids=["given again", "given to another"])
async def test_a_batch_whose_save_had_no_answer_is_sent_once_by_who_ran_it(
    monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    notify, story = NotifyInMemory(), Story()
    contact, submitted = story.contact(), story.submitted()
    await notify.hear(contact)
    notify.service.fates += ["ok", "ok", "unacknowledged"]  # the person, the file's save, the notice's
    with pytest.raises(Transient):
        async with case_batch():
            await notify.hear(submitted)
    for _ in range(2 if again else 0):
        with contextlib.suppress(Conflict):  # what is taken for new is not looked for at first
            async with case_batch():
                await notify.hear(submitted)
    await the_mail_is_sent(notify)
    await asyncio.sleep(0.02)
    assert len(notify.email.taken) == 1


async def test_a_claim_that_has_waited_for_long_is_left_to_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is begun too late may still be on its way when somebody else takes it up."""
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.001)
    looks: list[int] = []

    async def look(claimed: Sequence[Delivery]) -> None:
        looks.append(len(claimed))

    kept, cause = claims.Claims(), Cause.request()
    late = queue_delivery("email", now() - claims.LATE_MOST)
    kept.note("one", cause, [late], look)
    assert kept.take("one", cause, [late]) == []
    kept.note("one", cause, [late], look)
    await asyncio.sleep(0.02)
    assert (looks, kept.forget("one", cause)) == ([], ())


async def test_a_notice_whose_opening_had_no_answer_is_sent_by_who_opened_it() -> None:
    notify, story = NotifyInMemory(), Story()
    contact, submitted = story.contact(), story.submitted()
    await notify.hear(contact)
    # the file's save, the person, the notice's save: both are most likely new, so neither is looked for
    notify.service.fates += ["ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await notify.hear(submitted)
    assert notify.email.taken == []
    await notify.hear(submitted)
    await notify.sender.wait_until_idle()
    assert (len(notify.email.taken), notify.outcomes()[MAIL]) == (1, ("sent", None))


async def test_a_sender_that_dies_with_the_mail_is_followed_by_one_with_the_same_id() -> None:
    notify, key, cause = await a_mail_is_due()
    notice, (delivery,) = await notify.sender._take(key, {"email": "go"}, cause)
    person = await notify.sender._find_person(notice)
    await notify.sender._hand_over(key, notice, delivery, person)  # and nobody notes what became of it
    await notify.work_at(now() + PATIENCE.lease)
    first, again = notify.email.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert attempts(notify, key) == 2


@pytest.mark.parametrize(
    ("answers", "outcome", "taken"),
    [
        ([Refused("smtp-550")], ("failed", "smtp-550"), 0),
        ([Later("smtp-451")], ("retrying", "smtp-451"), 0),
        ([Later("mail-server-away"), Later("smtp-451")], ("sent", None), 1),
    ],
)
async def test_the_servers_answer_decides(answers: list[Later], outcome: tuple[str, str | None], taken: int) -> None:
    notify, key, cause = await a_mail_is_due()
    tries = len(answers) + (1 if taken else 0)
    notify.email.answers += answers
    await deliver(notify, key, cause)
    for minute in range(1, tries):
        await notify.work_at(now() + timedelta(minutes=minute))
    assert notify.outcomes()[MAIL] == outcome
    assert len(notify.email.taken) == taken
    assert attempts(notify, key) == tries


async def test_an_address_that_is_none_fails_without_asking_the_server() -> None:
    notify, story = NotifyInMemory(), Story()
    await notify.hear(story.submitted(), story.contact(email="not an address"))
    await notify.work()
    assert notify.outcomes()[MAIL] == ("failed", "bad-address")


async def test_a_template_that_the_town_dropped_is_said() -> None:
    notify, key, cause = await a_mail_is_due()
    notices = notify.service.tables["notices"]
    row = notices.rows[key]
    state = row.state.model_copy(update={"template": "gone"})
    notices.rows[key] = replace(row, case=replace(row.case, state=state), state=state)
    await deliver(notify, key, cause)
    assert notify.outcomes()[MAIL] == ("skipped", "no-template")
