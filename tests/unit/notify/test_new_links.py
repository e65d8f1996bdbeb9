"""A link that was replaced: mails and the inbox go by the new one, whichever service says so and in whatever order."""

import pytest

from services.notify.access import find_file, party_of
from shared.events.permits import PermitLinkRenewed
from shared.events.reports import ReportLinkRenewed
from shared.secret_links import case_secret
from shared.web.case_keys import CaseKey
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import REFERENCE, SECRET, NotifyInMemory, at_work


def renewed(story: Story, number: int, *, permit: bool) -> Word:
    return story.of_permit(PermitLinkRenewed, permit_type="house", number=number) if permit else story.of_report(
        ReportLinkRenewed, number=number
    )  # fmt: skip


def links(notify: NotifyInMemory) -> str:
    """What the newest mail says, as plain text."""
    body = notify.email.taken[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def opens(notify: NotifyInMemory, secret: str) -> bool:
    """Whether that secret opens the owner's inbox."""
    return await party_of(notify.desk, await find_file(notify.desk, REFERENCE), CaseKey(secret)) is not None


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
