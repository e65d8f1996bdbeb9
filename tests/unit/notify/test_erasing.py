"""Erasing a contact on the page of preferences: nothing is left here, and nothing comes back from the topic."""

from dataclasses import replace
from datetime import timedelta

import httpx

from shared.events.envelope import read_envelope
from shared.kernel import Tombstone
from tests.support.notify_asking import person
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import BROWSER, NotifyInMemory, at_work


async def test_erasing_leaves_nothing_that_leads_to_the_person(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    address = notify.links.preferences(story.case_id, "reporter")
    await client.post(address, data={"action": "erase"}, headers=BROWSER)
    await at_work(notify, story.completed())
    assert notify.outcomes()["onestop.work-order.completed.v1", "reporter", "email"] == ("skipped", "no-contact")
    assert "example.org" not in repr([table.rows for table in notify.service.tables.values()])


def tombstone(notify: NotifyInMemory) -> Word:
    """What the relay takes from the recipient's outbox, as it comes back from the topic."""
    (entry,) = notify.service.tables["recipients"].outbox
    (message,) = entry.messages
    envelope = read_envelope(entry.headers)
    assert (message.topic, message.key, message.value) == ("private.contacts.v1", envelope.subject, None)
    return Tombstone(), envelope


async def erase(notify: NotifyInMemory, client: httpx.AsyncClient, story: Story) -> None:
    address = notify.links.preferences(story.case_id, "reporter")
    assert (await client.post(address, data={"action": "erase"}, headers=BROWSER)).status_code == 303


async def test_erasing_leaves_a_tombstone_under_the_contacts_own_key(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    contact = story.contact()
    await at_work(notify, story.submitted(), contact)
    await erase(notify, client, story)
    _, envelope = tombstone(notify)
    assert envelope.subject == contact[1].subject == f"{story.case_id}:reporter"
    assert (envelope.source, envelope.correlation_id) == ("/maehia/notify", story.case_id)
    assert envelope.time >= contact[1].time


async def test_it_stays_erased_whatever_older_word_comes_again(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    never_heard, contact = story.contact(email="old@example.org"), story.contact()
    await at_work(notify, story.submitted(), contact)
    await erase(notify, client, story)
    for word in (contact, never_heard, tombstone(notify), contact, never_heard):
        await notify.hear(word)
        assert (person(notify, story).erased, person(notify, story).email) == (True, None)


async def test_who_reads_the_topic_anew_forgets_too(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    """The tombstone's sequence is notify's own: it says nothing of what intake has counted for the same contact."""
    words = story.submitted(), story.contact(), story.contact(email="new@example.org")
    await at_work(notify, *words)
    await erase(notify, client, story)
    other = NotifyInMemory()
    await other.hear(*words, tombstone(notify))
    assert person(other, story).erased
    assert "example.org" not in repr([table.rows for table in other.service.tables.values()])


async def test_a_contact_that_is_left_after_the_erasure_counts(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    await erase(notify, client, story)
    erased = tombstone(notify)
    contact, envelope = story.contact(email="new@example.org")
    await notify.hear((contact, replace(envelope, time=erased[1].time + timedelta(seconds=1))), erased)
    assert person(notify, story).email == "new@example.org"


async def test_erasing_is_asked_twice_and_leaves_nothing_to_set(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact())
    address = notify.links.preferences(story.case_id, "reporter")
    await client.post(address, data={"action": "mute"}, headers=BROWSER)
    before = (await client.get(address, headers=BROWSER)).text
    folded = before.partition("<details>")[2].partition("</details>")[0]
    assert 'value="erase"' in folded
    assert before.count('value="erase"') == 1
    assert "ลบแล้วเรียกคืนไม่ได้" in folded
    await client.post(address, data={"action": "erase"}, headers=BROWSER)
    after = (await client.get(address, headers=BROWSER)).text
    main = after.partition("<main")[2].partition("</main>")[0]
    assert "เราไม่มีที่อยู่ติดต่อของท่าน" in main
    assert "<form" not in main
    assert "งดรับ" not in main
