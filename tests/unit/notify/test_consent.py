"""Who is told without having agreed to it: applicants, of their own application, and nobody else; and agreeing late."""

import httpx
import pytest

from services.notify.commands import send_links, set_preferences
from shared.events.permits import PermitDecided, PermitDocumentsRequested, PermitSubmitted
from shared.events.reports import ReportSubmitted
from tests.support.notify_asking import person, question, typed
from tests.support.notify_events import Story
from tests.support.notify_in_memory import BROWSER, NotifyInMemory, at_work

RECEIVED = (ReportSubmitted.type, "reporter", "email")
FIXED = ("onestop.work-order.completed.v1", "reporter", "email")


async def test_the_notices_of_an_application_are_owed_and_need_no_consent() -> None:
    story, notify = Story(), NotifyInMemory()
    asked = story.of_permit(PermitDocumentsRequested, permit_type="house", requirements=["plans"], note="ไม่ชัด")
    await notify.hear(story.applied(), story.contact("applicant", consent=False), asked, story.decided())
    await notify.work()

    for event in (PermitSubmitted, PermitDocumentsRequested, PermitDecided):
        assert notify.outcomes()[event.type, "applicant", "email"] == ("sent", None)


async def test_who_muted_their_application_is_left_in_peace() -> None:
    story, notify = Story(), NotifyInMemory()
    await notify.hear(story.contact("applicant", consent=False))
    await set_preferences(notify.desk, story.case_id, "applicant", 0, muted=True)
    await notify.hear(story.applied())

    assert notify.outcomes()[PermitSubmitted.type, "applicant", "email"] == ("skipped", "muted")


@pytest.mark.parametrize("confirmed", [False, True])
async def test_without_the_tick_nothing_is_mailed_not_even_the_question(
    notify: NotifyInMemory, story: Story, confirmed: bool
) -> None:
    contact = story.contact(consent=False, confirmed=confirmed)
    await at_work(notify, story.submitted(), contact, story.completed())
    assert notify.email.taken == []
    assert {notify.outcomes()[one] for one in (RECEIVED, FIXED)} == {("skipped", "no-consent")}


async def test_without_the_tick_the_own_link_is_still_sent_to_who_asks_for_it(
    notify: NotifyInMemory, story: Story
) -> None:
    await at_work(notify, story.submitted(), typed(story, consent=False))
    await send_links(notify.desk, "reporter@example.org", "th")
    assert [mail["To"] for mail in notify.email.taken] == ["reporter@example.org"]


async def test_who_did_not_tick_can_ask_for_mail_later_and_confirms_it_first(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), typed(story, consent=False))
    settings = notify.links.preferences(story.case_id, "reporter")
    assert "เราไม่ส่งอีเมลเรื่องนี้ให้ท่าน" in (await client.get(settings, headers=BROWSER)).text

    told = await client.post(settings, data={"action": "unmute"}, headers=BROWSER, follow_redirects=True)
    await notify.work()
    assert "ขอคำยืนยัน" in told.text
    assert (notify.outcomes()[RECEIVED], person(notify, story).confirmed) == (("sent", None), False)

    await client.post(question(notify), data={"answer": "yes"}, headers=BROWSER)
    assert "ท่านจะได้รับอีเมลเมื่อมีความคืบหน้า" in (await client.get(settings, headers=BROWSER)).text
    await at_work(notify, story.completed())
    assert notify.outcomes()[FIXED] == ("sent", None)


async def test_who_asks_for_mail_once_more_is_not_asked_or_told_twice(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    """Their notices that were kept back stay in the inbox: what is long past is no news."""
    await at_work(notify, story.submitted(), story.contact(consent=False))  # an officer took it down: it is theirs
    settings = notify.links.preferences(story.case_id, "reporter")
    for action in ("unmute", "mute", "unmute"):
        await client.post(settings, data={"action": action}, headers=BROWSER)
        await notify.work()
    assert notify.email.taken == []
    await at_work(notify, story.completed())
    assert len(notify.email.taken) == 1
