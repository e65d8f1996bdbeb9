"""Who is told without having agreed to it: applicants, of their own application, and nobody else."""

from services.notify.commands import set_preferences
from shared.events.permits import PermitDecided, PermitDocumentsRequested, PermitSubmitted
from tests.support.heard_by_notify import Story
from tests.support.notify_house import House


async def test_the_notices_of_an_application_are_owed_and_need_no_consent() -> None:
    story, house = Story(), House()
    asked = story.of_permit(PermitDocumentsRequested, permit_type="house", requirements=["plans"], note="ไม่ชัด")
    await house.hear(story.applied(), story.contact("applicant", consent=False), asked, story.decided())
    await house.work()

    for event in (PermitSubmitted, PermitDocumentsRequested, PermitDecided):
        assert house.outcomes()[event.type, "applicant", "email"] == ("sent", None)


async def test_who_muted_their_application_is_left_in_peace() -> None:
    story, house = Story(), House()
    await house.hear(story.contact("applicant", consent=False))
    await set_preferences(house.desk, story.case_id, "applicant", muted=True)
    await house.hear(story.applied())

    assert house.outcomes()[PermitSubmitted.type, "applicant", "email"] == ("skipped", "muted")
