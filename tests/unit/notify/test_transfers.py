"""A permit that went to somebody else: the new holder alone is told, of what happened since, in whatever order it is
heard."""

from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from services.notify.commands import send_links
from shared.events.permit_life import PermitTransferred
from shared.events.permits import PermitDecided
from shared.secret_links import case_secret
from tests.support.notify_asking import person
from tests.support.notify_events import BEGAN, Story, Word
from tests.support.notify_in_memory import REFERENCE, SECRET, NotifyInMemory, at_work
from tests.support.notify_mail import texts

TRANSFERRED, DECIDED = PermitTransferred.type, PermitDecided.type


def transfer(story: Story, number: int = 1) -> tuple[Word, Word]:
    """What permits say of it in one step, at one time: the transfer, and how the new holder is reached."""
    at = BEGAN + timedelta(minutes=story.minutes + 1)
    told = story.of_permit(PermitTransferred, permit_type="house", transferred_at=at, link_number=number)
    return told, at_that(at, story.contact("applicant", email="heir@example.org", took_over_at=at))


def at_that(at: datetime, word: Word) -> Word:
    event, envelope = word
    return event, replace(envelope, time=at)


def mailed(notify: NotifyInMemory) -> list[str]:
    """Whoever had a mail as the applicant, the newest last."""
    return [mail["To"] for mail in notify.email.taken if mail["List-Unsubscribe"]]


async def asked(client: httpx.AsyncClient, story: Story, number: int) -> str:
    key = case_secret(SECRET, story.case_id, number=number)
    answer = await client.get("/inbox", params={"reference": REFERENCE}, headers={"cookie": f"case-{REFERENCE}={key}"})
    return answer.text


@pytest.mark.parametrize("contact_first", [False, True])
async def test_the_mail_of_a_transfer_goes_to_the_new_holder_with_the_link_that_opens(
    notify: NotifyInMemory, story: Story, contact_first: bool
) -> None:
    await at_work(notify, story.applied(), story.contact("applicant", email="before@example.org"))
    told, contact = transfer(story)
    for word in (contact, told) if contact_first else (told, contact):
        await at_work(notify, word)

    assert mailed(notify) == ["before@example.org", "heir@example.org"]
    living, dead = case_secret(SECRET, story.case_id, number=1), case_secret(SECRET, story.case_id)
    newest = texts(notify.email.taken[-1])[0]
    assert (living in newest, dead in newest) == (True, False)


async def test_the_inbox_shows_a_new_holder_nothing_that_was_told_to_the_one_before(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.applied(), story.contact("applicant"), story.decided(number="MH-77/2569"))
    assert "MH-77/2569" in await asked(client, story, 0)
    await at_work(notify, *transfer(story))

    seen = await asked(client, story, 1)
    assert "MH-77/2569" not in seen
    assert seen.count('<details class="notice"') == 1, "the transfer itself"
    assert "MH-77/2569" not in await asked(client, story, 0), "and the one before opens nothing any more"


@pytest.mark.parametrize("contact_first", [False, True])
async def test_what_was_still_owed_to_the_one_before_is_sent_to_nobody(
    notify: NotifyInMemory, story: Story, contact_first: bool
) -> None:
    await at_work(notify, story.applied(), story.decided())  # their contact is still to come
    told, contact = transfer(story)
    for word in (contact, told) if contact_first else (told, contact):
        await at_work(notify, word)

    assert mailed(notify) == ["heir@example.org"]
    assert notify.outcomes()[DECIDED, "applicant", "email"] == ("skipped", "not-theirs")
    assert notify.outcomes()[TRANSFERRED, "applicant", "email"] == ("sent", None)


async def test_word_from_before_that_is_heard_late_is_not_theirs(notify: NotifyInMemory, story: Story) -> None:
    late, old = story.decided(), story.contact("applicant", email="before@example.org")
    await at_work(notify, story.applied())
    told, contact = transfer(story)
    await at_work(notify, told, old, late)
    assert mailed(notify) == [], "nor is the contact of the one before"
    await at_work(notify, contact)
    assert mailed(notify) == ["heir@example.org"]


@pytest.mark.parametrize("contact_first", [False, True])
async def test_a_new_holder_is_told_whatever_the_one_before_had_set(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, contact_first: bool
) -> None:
    await at_work(notify, story.applied(), story.contact("applicant", confirmed=True))
    old = notify.links.preferences(story.case_id, "applicant")
    await client.post(old, data={"action": "language", "language": "en"})
    await client.post(old, data={"action": "mute"})
    told, contact = transfer(story)
    for word in (contact, told) if contact_first else (told, contact):
        await at_work(notify, word)

    known = person(notify, story, "applicant")
    assert (known.muted, known.speaks, known.email) == (False, "th", "heir@example.org")
    assert notify.outcomes()[TRANSFERRED, "applicant", "email"] == ("sent", None)


async def test_an_old_mail_of_the_one_before_silences_nobody(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.applied(), story.contact("applicant"))
    old = notify.links.preferences(story.case_id, "applicant")
    await at_work(notify, *transfer(story))

    assert (await client.post(old, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert (await client.post(old, data={"action": "mute"})).status_code == 303
    assert not person(notify, story, "applicant").muted
    own = notify.links.preferences(story.case_id, "applicant", 1)
    await client.post(own, data={"List-Unsubscribe": "One-Click"})
    assert person(notify, story, "applicant").muted


async def test_who_lost_the_link_is_sent_none_to_a_permit_that_is_somebody_elses(
    notify: NotifyInMemory, story: Story
) -> None:
    await at_work(notify, story.applied(), story.contact("applicant", email="before@example.org"))
    told, contact = transfer(story)
    await at_work(notify, told)
    sent = len(notify.email.taken)
    await send_links(notify.desk, "before@example.org", "th")
    assert len(notify.email.taken) == sent
    await at_work(notify, contact)
    await send_links(notify.desk, "heir@example.org", "th")
    assert case_secret(SECRET, story.case_id, number=1) in texts(notify.email.taken[-1])[0]


async def test_a_transfer_that_is_heard_twice_changes_nothing_and_a_second_one_counts(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    first = transfer(story)
    await at_work(notify, story.applied(), *first, first[0])
    await client.post(notify.links.preferences(story.case_id, "applicant", 1), data={"action": "mute"})
    second = transfer(story, 2)
    await at_work(notify, first[0])
    assert person(notify, story, "applicant").muted
    await at_work(notify, second[0])
    known = person(notify, story, "applicant")
    assert (known.muted, known.email, known.link_number) == (False, None, 2)
    await at_work(notify, second[1])
    assert person(notify, story, "applicant").email == "heir@example.org"


async def test_a_new_holder_whose_contact_is_erased_stays_the_new_holder(notify: NotifyInMemory, story: Story) -> None:
    await at_work(notify, story.applied(), *transfer(story))
    before = person(notify, story, "applicant")
    await at_work(notify, story.erased("applicant"))
    known = person(notify, story, "applicant")
    assert known.erased
    assert (known.took_over_at, known.first_link) == (before.took_over_at, 1)
