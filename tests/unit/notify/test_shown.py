"""What each reader is told: the words of an event in the form that is theirs, or that something happened."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.notify.domain.delivery import Later, Sent
from shared.events.agencies import WorkOrderAgencyAnswered
from shared.events.reports import ReportAmended, ReportCommented, ReportMerged
from shared.events.work_orders import WorkOrderAssigned, WorkOrderPaused
from shared.kernel import now
from shared.readers import openness_of, with_public_form
from tests.support.notify_events import Story
from tests.support.notify_in_memory import REFERENCE, NotifyInMemory
from tests.support.notify_pages import open_inbox

NUMBER = "081-234-5678"
SAID = f"บ้านนายประเสริฐ โทร {NUMBER}"
COVERED = "บ้านนายประเสริฐ โทร •••"
OPEN: dict[str, Any] = {"category": "obstruction"}
SENSITIVE: dict[str, Any] = {"category": "noise", "sensitive": True}
HIDDEN: dict[str, Any] = {"category": "welfare", "sensitive": True, "shown": False}


def form(name: str, marks: dict[str, Any]) -> dict[str, Any]:
    openness = openness_of(sensitive=marks.get("sensitive", False), shown=marks.get("shown", True))
    return with_public_form(name, SAID, openness)


def told(notify: NotifyInMemory, party: str) -> str:
    """All that this party finds in their inbox, in Thai."""
    notices = [one for one in notify.store.all().values() if one.party == party]
    said = [notify.wording.recall(one, "th") for one in notices]
    return "\n".join(f"{one.subject}\n{one.body}" for one in said)


def mailed(notify: NotifyInMemory, party: str) -> str:
    """All that was mailed to them."""
    mails = [mail for mail in notify.email.taken if party in str(mail["To"])]
    return "\n".join(str(part.get_content()) for mail in mails for part in mail.walk() if not part.is_multipart())


async def with_a_note(marks: dict[str, Any]) -> NotifyInMemory:
    """A follower and a reporter of such a report, a comment by staff, and work that ends with a note."""
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await notify.hear(story.submitted(**marks), story.created(**marks), story.followed("follower-1", **marks))
    await notify.hear(story.contact("follower-1"), story.contact())
    comment = story.of_report(ReportCommented, **marks, by="staff", **form("text", marks))
    await notify.hear(comment, story.completed(**marks, **form("note", marks)))
    await notify.work()
    return notify


async def test_a_follower_is_told_the_words_that_everybody_may_read() -> None:
    notify = await with_a_note(OPEN)
    assert told(notify, "follower-1").count(COVERED) == 2
    assert NUMBER not in told(notify, "follower-1")
    assert told(notify, "reporter").count(SAID) == 2


@pytest.mark.parametrize("marks", [SENSITIVE, HIDDEN], ids=["sensitive", "hidden"])
async def test_nobody_but_the_reporter_is_told_what_was_said_of_a_closed_case(marks: dict[str, Any]) -> None:
    notify = await with_a_note(marks)
    follower = told(notify, "follower-1") + mailed(notify, "follower-1")
    assert "ประเสริฐ" not in follower
    assert REFERENCE in follower
    assert told(notify, "reporter").count(SAID) == 2


async def test_of_a_hidden_case_a_follower_is_told_neither_category_nor_team() -> None:
    notify = await with_a_note(HIDDEN)
    names = [notify.town.category_name("welfare", "th"), notify.town.team_name("works-water", "th")]
    assert not [name for name in names if name in told(notify, "follower-1")]


async def test_what_was_told_while_a_case_was_open_closes_with_it() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await notify.hear(story.submitted(**OPEN), story.created(**OPEN), story.followed("follower-1"))
    await notify.hear(story.completed(**OPEN, **form("note", OPEN)))
    await notify.work()
    await notify.hear(story.of_report(ReportAmended, **HIDDEN))
    told = [one for one in notify.store.all().values() if one.party == "follower-1"]
    (notice,) = [one for one in told if one.about == "onestop.work-order.completed.v1"]
    assert COVERED in notify.wording.recall(notice, "th").body
    closed = notice.at_most(await notify.store.openness_now(story.case_id, of_survivor=False))
    assert "ประเสริฐ" not in notify.wording.recall(closed, "th").body


async def test_an_older_correction_that_comes_late_opens_nothing() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    early = story.submitted(**OPEN), story.of_report(ReportAmended, **OPEN)
    await notify.hear(early[0], story.of_report(ReportAmended, **HIDDEN), early[1])
    assert await notify.store.openness_now(story.case_id, of_survivor=False) == "hidden"


async def test_the_people_of_a_merged_report_are_told_of_the_other_one_as_its_followers_are() -> None:
    notify, other, mine = NotifyInMemory(), Story(reference=REFERENCE), Story(reference="MH-4K7T-29Q6")
    await notify.hear(mine.submitted(**OPEN), other.submitted(**OPEN), other.created(**OPEN))
    await notify.hear(mine.of_report(ReportMerged, **OPEN, into=other.case_id, into_reference=REFERENCE))
    await notify.hear(other.completed(**OPEN, **form("note", OPEN)))
    await notify.work()
    joined = [one for one in notify.store.all().values() if one.case_id == mine.case_id and one.passed_on]
    said = "".join(notify.wording.recall(one, "th").body for one in joined)
    assert COVERED in said
    assert NUMBER not in said
    await notify.hear(other.of_report(ReportAmended, **HIDDEN))
    assert await notify.store.openness_now(mine.case_id, of_survivor=True) == "hidden"


async def test_the_other_report_is_not_named_to_whoever_may_not_know_of_it() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    merged = {"into": Story().case_id, "into_reference": "MH-HIDE-HIDE", "into_shown": False}
    await notify.hear(story.submitted(**HIDDEN), story.of_report(ReportMerged, **HIDDEN, **merged))
    assert REFERENCE in told(notify, "reporter")
    assert "MH-HIDE-HIDE" not in told(notify, "reporter")


@pytest.mark.parametrize("later", [OPEN, SENSITIVE, HIDDEN], ids=["open", "sensitive", "hidden"])
async def test_a_report_that_was_hidden_since_is_named_neither_in_an_old_line_nor_in_mail_that_waited(
    client: httpx.AsyncClient, notify: NotifyInMemory, later: dict[str, Any]
) -> None:
    other, mine = Story(reference="MH-4K7T-29Q6"), Story(reference=REFERENCE)
    notify.email.answers = [Sent(), Later("mail-server-away")]
    await notify.hear(other.submitted(parties=(), **OPEN), mine.submitted(**OPEN), mine.contact())
    await notify.hear(mine.of_report(ReportMerged, **OPEN, into=other.case_id, into_reference=other.reference))
    assert other.reference in (await open_inbox(client, mine, "reporter")).text

    await notify.hear(other.of_report(ReportAmended, **later))
    await notify.work_at(now() + timedelta(minutes=5))
    named = later != HIDDEN
    assert (other.reference in (await open_inbox(client, mine, "reporter")).text) is named
    assert (other.reference in mailed(notify, "reporter")) is named


async def test_what_is_meant_for_the_reporter_or_for_staff_goes_no_further() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await notify.hear(story.submitted(**OPEN), story.created(**OPEN), story.followed("follower-1"))
    said = {"agency": "pea", "answer": "answered", "agency_reference": "PEA-77", "note": "ขอตรวจมิเตอร์ของบ้านผู้แจ้ง"}
    await notify.hear(story.of_work(WorkOrderAgencyAnswered, **OPEN, **said))
    await notify.hear(story.of_work(WorkOrderAssigned, **OPEN, previous_team=None, reason="ทีมเดิมไม่พร้อม"))
    await notify.work()
    assert not [secret for secret in ("PEA-77", "มิเตอร์") if secret in told(notify, "follower-1")]
    assert [secret for secret in ("PEA-77", "มิเตอร์") if secret in told(notify, "reporter")] == ["PEA-77", "มิเตอร์"]
    assert "ทีมเดิมไม่พร้อม" not in told(notify, "reporter")


async def test_the_inbox_of_a_follower_shows_no_words_once_the_report_is_hidden(
    notify: NotifyInMemory, story: Story, client: httpx.AsyncClient
) -> None:
    await notify.hear(story.submitted(**OPEN), story.created(**OPEN), story.followed("follower-1"))
    await notify.hear(story.of_work(WorkOrderPaused, **OPEN, reason="part", **form("note", OPEN)))
    await notify.work()
    assert COVERED in (await open_inbox(client, story, "follower-1")).text
    await notify.hear(story.of_report(ReportAmended, **HIDDEN))
    page = await open_inbox(client, story, "follower-1")
    assert page.status_code == 200
    assert REFERENCE in page.text
    assert "ประเสริฐ" not in page.text


async def test_a_mail_that_waited_tells_no_more_than_the_case_allows_by_now() -> None:
    notify, story = NotifyInMemory(), Story(reference=REFERENCE)
    await notify.hear(story.submitted(**OPEN), story.created(**OPEN), story.followed("follower-1", **OPEN))
    await notify.hear(story.contact("follower-1"))
    await notify.work()
    notify.email.taken.clear()
    notify.email.answers = [Later("away"), Later("away")]  # for the reporter, if at all, and the follower
    await notify.hear(story.completed(**OPEN, **form("note", OPEN)))
    await notify.work()
    assert mailed(notify, "follower-1") == ""
    await notify.hear(story.of_report(ReportAmended, **HIDDEN))
    notify.email.answers.clear()
    await notify.work_at(now() + timedelta(hours=1))
    assert REFERENCE in mailed(notify, "follower-1")
    assert "ประเสริฐ" not in mailed(notify, "follower-1")
