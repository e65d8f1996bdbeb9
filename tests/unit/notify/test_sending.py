"""Sending under faults: who claims sends, what is noted is not sent again, what is lost is sent again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notify import sending
from services.notify.domain.delivery import Delivery, Later, Refused
from shared.kernel import Cause, Moment, Transient, now
from tests.support.heard_by_notify import Story
from tests.support.notify_house import PATIENCE, House

SEND = Moment("send", now())  # what is due stands in the delivery
MAIL = ("onestop.report.submitted.v1", "reporter", "email")


async def a_mail_is_due() -> tuple[House, str, Cause]:
    house, story = House(), Story()
    await house.hear(story.submitted(), story.contact())
    key, one = next((key, one) for key, one in house.store.all().items() if one.channel == "email")
    assert one.wake_at is not None
    await asyncio.sleep(0.002)
    return house, key, Cause.timer(key, Moment("send", one.wake_at))


async def test_two_replicas_at_once_send_one_mail() -> None:
    house, key, cause = await a_mail_is_due()
    await asyncio.gather(*(house.sender.deliver(key, SEND, cause) for _ in range(5)))
    assert len(house.email.taken) == 1
    assert house.outcomes()[MAIL] == ("sent", None)


async def test_an_outcome_that_is_not_noted_at_once_is_noted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SETTLE_PAUSE_SECONDS", 0)
    house, key, cause = await a_mail_is_due()
    # get, the person, the claim's load and save; then the settling's load and save fail a few times
    house.service.fates += ["ok", "ok", "ok", "ok", "lost", "ok", "unacknowledged", "lost"]
    await house.sender.deliver(key, SEND, cause)
    assert house.outcomes()[MAIL] == ("sent", None)
    assert len(house.email.taken) == 1


async def test_a_claim_whose_answer_is_lost_sends_nothing_and_is_taken_up_after_its_lease() -> None:
    house, key, cause = await a_mail_is_due()
    house.service.fates += ["ok", "ok", "ok", "unacknowledged"]
    with pytest.raises(Transient):
        await house.sender.deliver(key, SEND, cause)
    await house.sender.deliver(key, SEND, cause)
    assert house.email.taken == []
    await house.work_at(now() + PATIENCE.lease)
    assert len(house.email.taken) == 1
    assert house.store.all()[key].attempts == 2


async def test_a_sender_that_dies_with_the_mail_is_followed_by_one_with_the_same_id() -> None:
    house, key, cause = await a_mail_is_due()
    person = await house.store.recipients.get(f"{house.store.all()[key].case_id}:reporter")
    assert person is not None
    claimed = await house.sender._claim(key, "go", cause)
    assert claimed is not None
    await house.sender._send(key, claimed, person.state)
    await house.work_at(now() + PATIENCE.lease)
    first, again = house.email.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert house.store.all()[key].attempts == 2


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
    await house.sender.deliver(key, SEND, cause)
    for minute in range(1, tries):
        await house.work_at(now() + timedelta(minutes=minute))
    assert house.outcomes()[MAIL] == outcome
    assert len(house.email.taken) == taken
    assert house.store.all()[key].attempts == tries


async def test_an_address_that_is_none_fails_without_asking_the_server() -> None:
    house, story = House(), Story()
    await house.hear(story.submitted(), story.contact(email="not an address"))
    await house.work()
    assert house.outcomes()[MAIL] == ("failed", "bad-address")


async def test_a_template_that_the_town_dropped_is_said() -> None:
    house, key, cause = await a_mail_is_due()
    deliveries = house.service.tables["deliveries"]
    row = deliveries.rows[key]
    assert isinstance(row.state, Delivery)
    state = row.state.model_copy(update={"template": "gone"})
    deliveries.rows[key] = replace(row, case=replace(row.case, state=state), state=state)
    await house.sender.deliver(key, SEND, cause)
    assert house.outcomes()[MAIL] == ("skipped", "no-template")
