"""Who is told without having agreed to it: applicants, of their own application, and nobody else."""

from services.notify.commands import set_preferences
from shared.events.permits import PermitDecided, PermitDocumentsRequested, PermitSubmitted
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory


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
    await set_preferences(notify.desk, story.case_id, "applicant", muted=True)
    await notify.hear(story.applied())

    assert notify.outcomes()[PermitSubmitted.type, "applicant", "email"] == ("skipped", "muted")
