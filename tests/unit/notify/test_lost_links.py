"""Lost links are sent to the address that was left with a case, and whoever asks for them learns nothing."""

import httpx
import pytest

from services.notify.commands import LINKS_MOST
from shared.secret_links import case_secret
from tests.support.notify_asking import typed
from tests.support.notify_events import Story, new_story
from tests.support.notify_in_memory import BROWSER, SECRET, NotifyInMemory, at_work
from tests.support.notify_mail import texts
from tests.unit.shared.test_emails import ALIKE


async def test_lost_links_are_sent_to_the_address_and_nothing_is_told_to_whoever_asks(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    other = Story(reference="MH-1111-1111")
    await at_work(notify, story.submitted(), typed(story, email="som@example.org"))
    await at_work(
        notify, other.submitted(), other.followed("follower-1"), typed(other, "follower-1", email="SOM@example.org")
    )
    before = len(notify.email.taken)
    known = await client.post("/inbox/links", data={"email": "som@example.org,"}, headers=BROWSER)
    unknown = await client.post("/inbox/links", data={"email": "nobody@example.org"}, headers=BROWSER)
    assert known.status_code == 200
    assert known.text == unknown.text
    mails = {mail["To"]: texts(mail) for mail in notify.email.taken[before:]}
    own, theirs = case_secret(SECRET, story.case_id), case_secret(SECRET, other.case_id, "follower-1")
    assert set(mails) == {"som@example.org", "SOM@example.org"}, "each as it was left: they may be two mailboxes"
    assert all(own in text and theirs not in text for text in mails["som@example.org"])
    assert all(theirs in text and own not in text for text in mails["SOM@example.org"])
    for _ in range(5):
        await client.post("/inbox/links", data={"email": "som@example.org"}, headers=BROWSER)
    assert len(notify.email.taken) - before == 3, "a few a day"


async def test_reports_of_strangers_push_no_link_out_of_the_mail(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    applied = Story(reference="MH-1111-1111")
    await at_work(notify, story.submitted(), story.contact(email="som@example.org"))
    await at_work(notify, applied.applied(), typed(applied, "applicant", email="som@example.org"))
    for _ in range(LINKS_MOST + 1):
        stranger = new_story()
        await notify.hear(stranger.submitted(), typed(stranger, email="som@example.org"))
    await client.post("/inbox/links", data={"email": "som@example.org"}, headers=BROWSER)
    mail = texts(notify.email.taken[-1])
    assert all(case_secret(SECRET, one.case_id) in text for one in (story, applied) for text in mail)


@pytest.mark.parametrize(("left", "asked"), ALIKE)
async def test_no_link_is_sent_to_an_address_that_only_looks_alike(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, left: str, asked: str
) -> None:
    await at_work(notify, story.submitted(), typed(story, email=left))
    before = len(notify.email.taken)
    await client.post("/inbox/links", data={"email": asked}, headers=BROWSER)
    assert notify.email.taken[before:] == []


async def test_all_links_of_an_address_are_in_one_mail_to_the_address_that_was_left(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    other = Story(reference="MH-1111-1111")
    for one in (story, other):
        await at_work(notify, one.submitted(), typed(one, email="Som@example.org"))
    before = len(notify.email.taken)
    await client.post("/inbox/links", data={"email": "sOM@EXAMPLE.org"}, headers=BROWSER)
    (mail,) = notify.email.taken[before:]
    assert mail["To"] == "Som@example.org"
    assert all(case_secret(SECRET, one.case_id) in text for one in (story, other) for text in texts(mail))
    assert "เปิดดูเรื่องนี้" not in texts(mail)[1], "a button could lead to one of them only"


async def test_what_is_no_address_is_put_right_beside_the_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/inbox/links", data={"email": "som@"}, headers=BROWSER)
    assert answer.status_code == 422
    assert 'value="som@"' in answer.text
    assert "อีเมลไม่ถูกต้อง" in answer.text
