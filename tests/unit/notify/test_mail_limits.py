"""A mailbox gets a few mails a day, whoever aims them there."""

from tests.support.notify_asking import typed
from tests.support.notify_events import Story, new_story
from tests.support.notify_in_memory import NotifyInMemory, at_work


async def test_a_mailbox_is_asked_a_few_times_a_day_however_many_reports_name_it(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_stranger
    for number in range(most + 3):
        story = new_story()
        address = "Victim@Example.org" if number % 2 else "victim@example.org"
        await at_work(notify, story.submitted(), typed(story, email=address))
    assert len(notify.email.taken) == most
    reasons = [one.reason for _, one in notify.deliveries() if one.channel == "email" and one.state == "failed"]
    assert reasons == ["too-many"] * 3


async def test_tags_behind_a_plus_fill_one_mailbox(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_stranger
    for number in range(most + 2):
        story = new_story()
        await at_work(notify, story.submitted(), typed(story, email=f"Victim+{number}@example.org"))
    assert [mail["To"] for mail in notify.email.taken] == [f"Victim+{number}@example.org" for number in range(most)]
    other = Story()
    await at_work(notify, other.submitted(), typed(other, email="other+0@example.org"))
    assert notify.email.taken[-1]["To"] == "other+0@example.org", "another mailbox has its own"


async def test_a_confirmed_mailbox_has_its_limit_too_and_loses_nothing(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_person
    for _ in range(most + 1):
        story = new_story()
        await at_work(notify, story.submitted(), story.contact(email="busy@example.org"))
    assert len(notify.email.taken) == most
    (late,) = [one for _, one in notify.deliveries() if one.channel == "email" and one.state != "sent"]
    assert (late.state, late.reason) == ("retrying", "too-many")
