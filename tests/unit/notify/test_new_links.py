"""A link that was replaced: mails and the inbox go by the new one, whichever service says so and in whatever order."""

import httpx
import pytest

from services.notify.access import find_file, party_of
from services.notify.domain.recipient import Recipient
from shared.events.permits import PermitLinkRenewed
from shared.events.reports import ReportLinkRenewed
from shared.secret_links import case_secret
from shared.web.case_keys import CaseKey
from tests.support.notify_asking import person, question, typed
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work
from tests.support.notify_mail import texts


def renewed(story: Story, number: int, *, permit: bool) -> Word:
    return story.of_permit(PermitLinkRenewed, permit_type="house", number=number) if permit else story.of_report(
        ReportLinkRenewed, number=number
    )  # fmt: skip


def links(notify: NotifyInMemory) -> str:
    """What the newest mail says, as plain text."""
    return texts(notify.email.taken[-1])[0]


async def opens(notify: NotifyInMemory, secret: str) -> bool:
    """Whether that secret opens the owner's inbox."""
    return await party_of(notify.desk, await find_file(notify.desk, REFERENCE), CaseKey(secret)) is not None


async def asked_before_the_renewal(notify: NotifyInMemory, story: Story) -> str:
    """The question of a mail that is older than the reporter's link by now."""
    await at_work(notify, story.submitted(), typed(story))
    asked = question(notify)
    await at_work(notify, renewed(story, 1, permit=False))
    return asked


@pytest.mark.parametrize("permit", [False, True])
async def test_its_owner_is_mailed_the_new_link_and_the_old_one_opens_nothing(permit: bool) -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    party = "applicant" if permit else "reporter"
    await at_work(notify, story.applied() if permit else story.submitted(), story.contact(party))
    old, new = case_secret(SECRET, story.case_id), case_secret(SECRET, story.case_id, number=1)
    assert (await opens(notify, old), await opens(notify, new)) == (True, False)
    await at_work(notify, renewed(story, 1, permit=permit))
    assert new in links(notify)
    assert (await opens(notify, old), await opens(notify, new)) == (False, True)


async def test_an_older_number_that_comes_late_changes_nothing() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    first, second = renewed(story, 1, permit=False), renewed(story, 2, permit=False)
    await notify.hear(second, story.submitted(), first)
    assert await opens(notify, case_secret(SECRET, story.case_id, number=2))


async def test_a_link_replaced_while_it_was_a_draft_is_known_when_it_is_handed_in() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await at_work(notify, story.applied(link_number=3), story.contact("applicant"))
    assert case_secret(SECRET, story.case_id, number=3) in links(notify)


async def test_an_erased_contact_keeps_the_number_of_its_link() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await notify.hear(story.submitted(), story.contact(), renewed(story, 1, permit=False), story.erased())
    assert await opens(notify, case_secret(SECRET, story.case_id, number=1))


async def test_the_question_of_an_older_mail_confirms_and_hands_out_no_key(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    asked = await asked_before_the_renewal(notify, story)
    keys = {case_secret(SECRET, story.case_id, number=number) for number in (0, 1)}
    answers = [await client.get(asked, headers=BROWSER)]
    answers += [await client.post(asked, data={"answer": "yes"}, headers=BROWSER)]
    assert person(notify, story).confirmed
    answers += [await client.get(asked, headers=BROWSER)]
    answers += [await client.post(asked, data={"answer": "not-me"}, headers=BROWSER)]
    assert [answer.headers.get("location") for answer in answers] == [
        None, f"/track/{REFERENCE}?done=confirmed", f"/track/{REFERENCE}", f"/track/{REFERENCE}",
    ]  # fmt: skip
    for answer in answers:
        assert "set-cookie" not in answer.headers
        assert not any(key in answer.text + str(answer.headers) for key in keys)
    assert person(notify, story).email == "reporter@example.org", "it was confirmed: the old question erases nothing"


async def test_it_was_not_me_can_still_be_said_by_an_older_mail(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    asked = await asked_before_the_renewal(notify, story)
    await client.post(asked, data={"answer": "not-me"}, headers=BROWSER)
    assert person(notify, story).erased


async def test_the_question_of_a_mail_after_the_renewal_leads_to_the_new_key(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await notify.hear(renewed(story, 1, permit=False))
    await at_work(notify, story.submitted(), typed(story))
    answer = await client.post(question(notify), data={"answer": "yes"}, headers=BROWSER)
    assert case_secret(SECRET, story.case_id, number=1) in answer.headers["set-cookie"]


@pytest.mark.parametrize("permit", [False, True])
async def test_the_preferences_of_an_older_link_mute_and_do_nothing_else(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, permit: bool
) -> None:
    party = "applicant" if permit else "reporter"
    await at_work(notify, story.applied() if permit else story.submitted(), story.contact(party))
    old = notify.links.preferences(story.case_id, party)
    await at_work(notify, renewed(story, 1, permit=permit))

    def known() -> Recipient:
        return person(notify, story, party)

    for act in ({"action": "erase"}, {"action": "language", "language": "en"}, {}):
        answer = await client.post(old, data=act, headers=BROWSER)
        assert (answer.status_code, answer.headers["location"]) == (303, "/inbox/links")
    shown = await client.get(old, headers=BROWSER)
    assert (shown.status_code, shown.headers["location"]) == (303, "/inbox/links")
    assert (known().erased, known().muted, known().speaks) == (False, False, "th")
    assert (await client.post(old, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert known().muted
    await client.post(old, data={"action": "unmute"}, headers=BROWSER)
    assert known().muted, "it can only be stopped"
    new = notify.links.preferences(story.case_id, party, 1)
    await client.post(new, data={"action": "unmute"}, headers=BROWSER)
    assert not known().muted
    await client.post(old, data={"action": "mute"}, headers=BROWSER)
    assert known().muted
    await client.post(new, data={"action": "erase"}, headers=BROWSER)
    assert known().erased


async def test_mails_and_the_inbox_lead_to_the_preferences_of_the_newest_link(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.contact(), renewed(story, 1, permit=False))
    new = notify.links.preferences(story.case_id, "reporter", 1)
    assert new in links(notify)
    assert new in notify.email.taken[-1]["List-Unsubscribe"]
    key = case_secret(SECRET, story.case_id, number=1)
    inbox = await client.get("/inbox", params={"reference": REFERENCE}, headers={"cookie": f"case-{REFERENCE}={key}"})
    assert new in inbox.text
