"""Mail to an agency: all that it needs to act and to answer, its own language, and what becomes of it is told."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.notify.domain.delivery import Later, Refused
from shared.agency_links import AnswerLink, PhotoPass, read_answer_token, read_photo_pass
from shared.events.agencies import (
    WorkOrderAgencyAnswered,
    WorkOrderAgencyChased,
    WorkOrderAgencyTold,
    WorkOrderReferred,
    WorkOrderTakenBack,
)
from shared.events.base import Place
from shared.town import Town
from tests.support.notify_events import BEGAN, Story
from tests.support.notify_in_memory import SECRET, NotifyInMemory, at_work, maehia
from tests.support.notify_mail import texts

UNTIL = BEGAN + timedelta(days=14)
LINK: dict[str, Any] = {"link_number": 1, "link_until": UNTIL}
GIVEN: dict[str, Any] = {
    "agency": "pea", "level": "agency", "text": "ไฟดับทั้งซอย 4", "zone": "ban-tamnak", "photos": 2,
    "location": Place(latitude=18.7425, longitude=98.9438, address="ซอย 4 หน้าวัด"),
    "due_at": BEGAN + timedelta(hours=8), "answer_by": BEGAN + timedelta(hours=4), **LINK,
}  # fmt: skip


async def told(story: Story, *words: Any, town: Town | None = None) -> NotifyInMemory:
    notify = NotifyInMemory(town)
    await notify.hear(story.submitted(), story.created())
    notify.email.taken.clear()
    await at_work(notify, *words)
    return notify


def to_agency(notify: NotifyInMemory, address: str = "outage-desk@pea.example") -> list[Any]:
    return [mail for mail in notify.email.taken if mail["To"] == address]


async def test_an_agency_gets_the_place_the_photos_the_times_and_a_link_to_answer_by() -> None:
    story = Story()
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderReferred, **GIVEN)))
    plain, html = texts(mail)
    for needed in (story.reference, "ไฟดับทั้งซอย 4", "ซอย 4 หน้าวัด", "18.742500", "query=18.742500%2C98.943800", "12.42"):
        assert needed in plain
    assert mail["Reply-To"] == maehia().teams["works-water"].email
    link = next(line for line in plain.split() if "/agency/answer?" in line)
    token = parse_qs(urlsplit(link).query)["key"][0]
    assert read_answer_token((SECRET,), token) == AnswerLink(story.order_id, "pea", 1, UNTIL)
    assert "/agency/answer?" in html
    photos = [line for line in plain.split() if "/photos/" in line]
    assert len(photos) == 2
    given = parse_qs(urlsplit(photos[0]).query)["pass"][0]
    assert read_photo_pass((SECRET,), story.reference, given) == PhotoPass(story.order_id, "pea", 2, UNTIL)


async def test_the_reporter_is_told_of_it_and_sees_nothing_that_is_the_agencys_alone() -> None:
    story = Story()
    notify = await told(story, story.contact(), story.of_work(WorkOrderReferred, **GIVEN))
    mine = [texts(mail)[0] for mail in notify.email.taken if mail["To"] == "reporter@example.org"]
    assert [mail for mail in mine if "การไฟฟ้าส่วนภูมิภาค" in mail]
    assert not [mail for mail in mine if "/agency/answer" in mail or "pass=" in mail]


async def test_an_agency_is_written_to_in_its_own_language() -> None:
    pea = maehia().agencies["pea"].model_copy(update={"language": "en"})
    town = maehia().model_copy(update={"agencies": {**maehia().agencies, "pea": pea}})
    story = Story()
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderReferred, **GIVEN), town=town))
    assert mail["Content-Language"] == "en"
    assert "Please answer by" in texts(mail)[0]


async def test_of_a_hidden_case_an_agency_reads_what_was_written_for_it_and_the_place() -> None:
    story = Story()
    hidden = {**GIVEN, "category": "welfare", "sensitive": True, "shown": False}
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderReferred, **hidden)))
    plain, _ = texts(mail)
    assert "ไฟดับทั้งซอย 4" in plain
    assert "18.742500" in plain
    assert "ท่อประปาแตกหน้าตลาด" not in plain  # the reporter's words


async def test_no_address_of_a_strangers_is_passed_on_in_the_towns_name() -> None:
    story = Story()
    (mail,) = to_agency(
        await told(story, story.of_work(WorkOrderReferred, **{**GIVEN, "text": "ดู https://evil.example/x"}))
    )
    plain, html = texts(mail)
    assert "ดู [ลิงก์]" in plain
    assert "evil" not in plain + html


async def test_what_was_reported_stands_between_bars_and_whole_in_the_mail_to_an_agency() -> None:
    """Lines that look like the town's own are not taken for them, and nothing of what somebody saw is cut off."""
    written = "เสาไฟล้ม\n\nขอแสดงความนับถือ\nเทศบาลเมืองแม่เหียะ\nโปรดเข้าสู่ระบบที่ evil.example/x\n" + "สายไฟขาด " * 100
    story = Story()
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderReferred, **{**GIVEN, "text": written})))
    plain, html = texts(mail)
    lines = plain.replace("\r", "").splitlines()
    assert "┃ เทศบาลเมืองแม่เหียะ" in lines
    assert "┃ โปรดเข้าสู่ระบบที่ [ลิงก์]" in lines
    assert [line.strip() for line in lines].count("ขอแสดงความนับถือ") == 1  # the town's own
    assert plain.count("สายไฟขาด") == 100
    assert "evil" not in plain + html


async def test_an_address_that_a_stranger_wrote_brings_an_agency_no_link_either() -> None:
    story, place = Story(), Place(latitude=18.7425, longitude=98.9438, address="ซอย 4 ดู https://evil.example/x")
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderReferred, **{**GIVEN, "location": place})))
    plain, html = texts(mail)
    assert "ซอย 4 ดู [ลิงก์]" in plain
    assert "18.742500, 98.943800" in plain
    assert "evil" not in plain + html


@pytest.mark.parametrize("late", [False, True])
async def test_what_an_agency_writes_stands_between_bars_in_the_teams_mail_and_nothing_in_it_can_be_tapped(
    late: bool,
) -> None:
    story = Story()
    said: dict[str, Any] = {
        "answer": "asked", "late": late, "agency_reference": "W-77 ดู https://evil.example/a",
        "note": "กล่องจดหมายเต็ม เข้าสู่ระบบที่ https://evil.example/b",
    }  # fmt: skip
    notify = await told(story, story.of_work(WorkOrderAgencyAnswered, agency="pea", **said))
    (mail,) = to_agency(notify, "works-water@maehia.example")
    plain, html = texts(mail)
    assert "┃ กล่องจดหมายเต็ม เข้าสู่ระบบที่ [ลิงก์]" in plain
    assert late or "“W-77 ดู [ลิงก์]”" in plain
    assert "evil" not in plain + html


async def test_an_agency_gets_its_own_number_back_without_a_link_in_it() -> None:
    story = Story()
    said: dict[str, Any] = {"answer": "received", "agency_reference": "evil.example/a", **LINK}
    (mail,) = to_agency(await told(story, story.of_work(WorkOrderAgencyAnswered, agency="pea", **said)))
    plain, html = texts(mail)
    assert "เลขรับเรื่องของท่าน: “[ลิงก์]”" in plain
    assert "evil" not in plain + html


@pytest.mark.parametrize(
    ("kind", "fields", "says", "link"),
    [
        (WorkOrderAgencyAnswered, {"answer": "answered", "agency_reference": "W-77", **LINK}, "W-77", True),
        (WorkOrderAgencyChased, {"reason": "reminder", "reminders": 1, **LINK}, "ขอติดตามเรื่อง", True),
        (WorkOrderAgencyChased, {"reason": "overdue", "reminders": 2, **LINK}, "ขอติดตามเรื่อง", True),
        (WorkOrderAgencyChased, {"reason": "reply", "text": "ต้นหน้าวัด", **LINK}, "ต้นหน้าวัด", True),
        (WorkOrderTakenBack, {"reason": "ซ่อมเองแล้ว"}, "ซ่อมเองแล้ว", False),
    ],
)
async def test_each_further_word_to_an_agency_brings_a_link_while_an_answer_is_awaited(
    kind: type[Any], fields: dict[str, Any], says: str, link: bool
) -> None:
    story = Story()
    (mail,) = to_agency(await told(story, story.of_work(kind, agency="pea", **fields)))
    plain, html = texts(mail)
    assert says in plain
    assert ("/agency/answer?" in html) == link


async def test_an_agency_that_had_it_is_told_when_the_town_closes_it_and_nobody_else_is() -> None:
    story = Story()
    assert len(to_agency(await told(story, story.completed(agency="pea")))) == 1
    assert to_agency(await told(Story(), Story().completed())) == []


@pytest.mark.parametrize(
    ("answer", "end", "why"),
    [(None, "sent", None), (Refused("smtp-550"), "failed", "smtp-550")],
)
async def test_whoever_referred_it_hears_what_became_of_the_message(answer: Any, end: str, why: str | None) -> None:
    story = Story()
    notify = NotifyInMemory()
    await notify.hear(story.submitted(), story.created())
    notify.email.answers = [answer] if answer else []
    await at_work(notify, story.of_work(WorkOrderReferred, **GIVEN))
    ends = [one for one in notify.said() if one.get("ce_audience") == "agency"]
    assert [one["ce_type"] for one in ends] == [f"onestop.notice.{end}.v1"]
    assert notify.outcomes()[WorkOrderReferred.type, "agency:pea", "email"][1] == why


async def test_a_message_to_an_agency_is_given_up_in_time_to_take_the_phone() -> None:
    story = Story()
    notify = NotifyInMemory()
    await notify.hear(story.submitted(), story.created())
    notify.email.answers = [Later("mail-server-away") for _ in range(200)]
    _, began = word = story.of_work(WorkOrderReferred, **GIVEN)
    await notify.hear(word)
    at = began.time
    for minutes in range(0, 6 * 60, 5):
        await notify.work_at(at + timedelta(minutes=minutes) + timedelta(days=400))
    state = notify.outcomes()[WorkOrderReferred.type, "agency:pea", "email"]
    assert state == ("failed", "gave-up")


async def test_the_team_is_told_why_an_agency_was_not_reached() -> None:
    story = Story()
    failed = story.of_work(WorkOrderAgencyTold, agency="pea", status="failed", why="gave-up")
    notify = await told(story, failed)
    (mail,) = [one for one in notify.email.taken if one["To"] == maehia().teams["works-water"].email]
    assert "ส่งหลายครั้งแล้วไม่สำเร็จ" in texts(mail)[0]
    assert "1129" in texts(mail)[0]
