"""Sending under faults: who claims sends, what is noted is not sent again, what is lost is sent again."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notify import sending
from services.notify.channels.mail import Mail
from services.notify.domain.delivery import Later, Outcome, Refused
from shared.events.ids import derive_id
from shared.kernel import Cause, Moment, Transient, now
from shared.kernel.fold import lane
from tests.support.heard_by_notify import Story
from tests.support.notify_house import PATIENCE, House

MAIL = ("onestop.report.submitted.v1", "reporter", "email")


async def a_mail_is_due() -> tuple[House, str, Cause]:
    """One that nobody had a hand free for when it was owed."""
    house, story = House(), Story()
    house.email.room = 0
    await house.hear(story.contact(), story.submitted())
    house.email.room = 1000
    ((key, notice),) = house.store.all().items()
    mail = notice.delivery_on("email")
    assert mail is not None
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert mail.due_at is not None
    await asyncio.sleep(0.002)
    return house, key, Cause.timer(key, Moment("email", mail.due_at, "mail"))


async def deliver(house: House, key: str, cause: Cause) -> None:
    await house.sender.deliver(key, Moment("email", cause.at), cause)


def attempts(house: House, key: str) -> int:
    mail = house.store.all()[key].delivery_on("email")
    assert mail is not None
    return mail.attempts


async def test_what_can_be_sent_at_once_is_opened_in_hand_and_saved_twice() -> None:
    house, story = House(), Story()
    await house.hear(story.contact(), story.submitted())
    ((key, notice),) = house.store.all().items()
    assert house.outcomes()[MAIL] == ("sent", None)
    seen = house.service.tables["notices"].rows[key].case.seen
    assert list(seen) == [notice.event_id, derive_id(notice.event_id, "settled", "email")]


async def test_what_a_lane_takes_in_hand_is_sent_when_the_lane_is_saved() -> None:
    """Before that nobody has claimed it, and whoever runs the lane's records again would send it twice."""
    house, story = House(), Story()
    contact, submitted = story.contact(), story.submitted()
    await house.hear(contact)
    with contextlib.suppress(ZeroDivisionError):
        async with lane():
            await house.hear(submitted)
            raise ZeroDivisionError
    assert (house.email.taken, house.store.all()) == ([], {})
    async with lane():
        await house.hear(submitted)
        assert house.email.taken == []
    await house.sender.settle()
    assert len(house.email.taken) == 1
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_with_all_hands_full_the_timers_send() -> None:
    house, story = House(), Story()
    house.email.room = 0
    await house.hear(story.contact(), story.submitted())
    assert house.email.taken == []
    await house.work()
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_a_contact_that_comes_when_all_hands_are_full_makes_it_due() -> None:
    house, story = House(), Story()
    house.email.room = 0
    await house.hear(story.submitted(), story.contact())
    assert house.outcomes()[MAIL] == ("queued", None)
    await house.work()
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_two_replicas_at_once_send_one_mail() -> None:
    house, key, cause = await a_mail_is_due()
    await asyncio.gather(*(deliver(house, key, cause) for _ in range(5)))
    assert len(house.email.taken) == 1
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_an_outcome_that_is_not_noted_at_once_is_noted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SETTLE_PAUSE_SECONDS", 0)
    house, key, cause = await a_mail_is_due()
    # get, the person, the claim's load and save; then the settling's load and save fail a few times
    house.service.fates += ["ok", "ok", "ok", "ok", "lost", "ok", "unacknowledged", "lost"]
    await deliver(house, key, cause)
    assert house.outcomes()[MAIL] == ("sent", None)
    assert len(house.email.taken) == 1


async def test_a_claim_whose_answer_is_lost_sends_nothing_and_is_taken_up_after_its_lease() -> None:
    house, key, cause = await a_mail_is_due()
    house.service.fates += ["ok", "ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await deliver(house, key, cause)
    await deliver(house, key, cause)
    assert house.email.taken == []
    await house.work_at(now() + PATIENCE.lease)
    assert len(house.email.taken) == 1
    assert attempts(house, key) == 2


async def test_a_notice_whose_opening_had_no_answer_is_taken_up_after_its_lease() -> None:
    house, story = House(), Story()
    contact, submitted = story.contact(), story.submitted()
    await house.hear(contact)
    # the file's load and save, the person, the notice's load and save
    house.service.fates += ["ok", "ok", "ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await house.hear(submitted)
    await house.hear(submitted)
    assert house.email.taken == [], "whoever saved it may be sending it"
    await house.work_at(now() + PATIENCE.lease)
    assert len(house.email.taken) == 1
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_a_sender_that_dies_with_the_mail_is_followed_by_one_with_the_same_id() -> None:
    house, key, cause = await a_mail_is_due()
    notice, (delivery,) = await house.sender._take(key, {"email": "go"}, cause)
    person = await house.sender._person(notice)
    await house.sender._hand_over(key, notice, delivery, person)
    await house.work_at(now() + PATIENCE.lease)
    first, again = house.email.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert attempts(house, key) == 2


@pytest.mark.parametrize(
    ("answers", "outcome", "taken"),
    [
        ([Refused("smtp-550")], ("failed", "smtp-550"), 0),
        ([Later("smtp-451")], ("retrying", "smtp-451"), 0),
        ([Later("mail-server-away"), Later("smtp-451")], ("sent", None), 1),
    ],
)
async def test_the_servers_answer_decides(answers: list[Later], outcome: tuple[str, str | None], taken: int) -> None:
    house, key, cause = await a_mail_is_due()
    tries = len(answers) + (1 if taken else 0)
    house.email.answers += answers
    await deliver(house, key, cause)
    for minute in range(1, tries):
        await house.work_at(now() + timedelta(minutes=minute))
    assert house.outcomes()[MAIL] == outcome
    assert len(house.email.taken) == taken
    assert attempts(house, key) == tries


async def test_an_address_that_is_none_fails_without_asking_the_server() -> None:
    house, story = House(), Story()
    await house.hear(story.submitted(), story.contact(email="not an address"))
    await house.work()
    assert house.outcomes()[MAIL] == ("failed", "bad-address")


async def test_a_template_that_the_town_dropped_is_said() -> None:
    house, key, cause = await a_mail_is_due()
    notices = house.service.tables["notices"]
    row = notices.rows[key]
    state = row.state.model_copy(update={"template": "gone"})
    notices.rows[key] = replace(row, case=replace(row.case, state=state), state=state)
    await deliver(house, key, cause)
    assert house.outcomes()[MAIL] == ("skipped", "no-template")


async def test_a_stop_waits_for_the_mail_that_is_under_way() -> None:
    house, story = House(), Story()
    slow = asyncio.Event()
    real = house.email.send

    async def send(mail: Mail) -> Outcome:
        await slow.wait()
        return await real(mail)

    house.email.send = send  # type: ignore[method-assign]
    word, envelope = story.submitted()
    await house.hear(story.contact())
    await house.service.handlers["internal.reports.v1"](word, envelope, Cause.of(envelope))
    assert house.outcomes()[MAIL] == ("sending", None)
    stopping = asyncio.create_task(house.sender.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    slow.set()
    await stopping
    assert house.outcomes()[MAIL] == ("sent", None)
    other = Story()
    await house.hear(other.contact(), other.submitted())
    assert len(house.email.taken) == 1, "whoever stops leaves what is new to the timers of others"
