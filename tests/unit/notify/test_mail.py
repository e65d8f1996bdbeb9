"""A mail as its reader's program takes it apart again: Thai, links, a fixed id, and one click to stop it."""

import re
from email.message import EmailMessage

import pytest

from services.notify.channels.email import MailWriter
from services.notify.channels.smtp import Mail
from services.notify.domain.notice import Notice
from services.notify.domain.recipient import Recipient
from tests.support.notify_events import Story
from tests.support.notify_in_memory import NotifyInMemory, maehia
from tests.support.notify_mail import read, texts


async def a_notice(story: Story, *, audience: str = "reporter") -> tuple[str, Notice]:
    notify = NotifyInMemory()
    await notify.hear(story.submitted(), story.created())
    return next((key, one) for key, one in notify.store.all().items() if one.audience == audience)


def writer(mail_from: str = "") -> MailWriter:
    notify = NotifyInMemory()
    return MailWriter(maehia(), notify.links, notify.wording, mail_from)


def person(story: Story, email: str = "somying@example.org", language: str = "th") -> Recipient:
    fields = {"case_id": story.case_id, "party": "reporter", "email": email, "language": language, "recorded": True}
    return Recipient.model_validate(fields)


def read_back(mail: Mail | None) -> EmailMessage:
    assert mail is not None
    return read(mail)


async def test_thai_survives_the_way() -> None:
    story = Story()
    key, notice = await a_notice(story)
    message = read_back(writer().write(key, notice, person(story)))
    plain, html = texts(message)
    assert message["Subject"] == "ได้รับเรื่องของท่านแล้ว เลขที่ MH-4K7T-29Q6"
    assert "เรียน ท่านผู้แจ้งเรื่อง" in plain
    assert "เรียน ท่านผู้แจ้งเรื่อง" in html
    assert message["Content-Language"] == "th"
    assert message["To"] == "somying@example.org"


async def test_a_reference_stays_in_one_line_of_the_heading() -> None:
    story = Story()
    key, notice = await a_notice(story)
    _, html = texts(read_back(writer().write(key, notice, person(story))))
    assert '<span style="white-space:nowrap;">MH-4K7T-29Q6</span></h1>' in html


async def test_every_line_fits_the_wire() -> None:
    """RFC 5322: 998 octets a line at most, and headers in ASCII."""
    story = Story()
    key, notice = await a_notice(story)
    mail = writer().write(key, notice, person(story))
    assert mail is not None
    assert mail.content.isascii()
    assert max(len(line) for line in mail.content.splitlines()) <= 998


async def test_a_repeat_has_the_same_id_and_a_case_is_one_thread() -> None:
    story = Story()
    key, notice = await a_notice(story)
    one, again = (read_back(writer().write(key, notice, person(story))) for _ in range(2))
    assert one["Message-ID"] == again["Message-ID"] == f"<{key.lower()}@maehia.example>"
    assert one["References"] == f"<{story.case_id.lower()}@maehia.example>"
    assert one["Auto-Submitted"] == "auto-generated"


async def test_one_click_stops_it() -> None:
    story = Story()
    key, notice = await a_notice(story)
    written = writer().write(key, notice, person(story))
    assert written is not None
    message, raw = read_back(written), written.content
    (address,) = re.findall(rb"^List-Unsubscribe: <(.*)>\r?$", raw, re.MULTILINE)
    address = address.decode()
    token = address.removeprefix("http://localhost:8080/preferences/")
    assert NotifyInMemory().links.read_token("preferences", token) == (story.case_id, "reporter", 0)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(address in text for text in texts(message))


async def test_the_recipients_language_goes_before_the_cases() -> None:
    story = Story()
    key, notice = await a_notice(story)
    message = read_back(writer().write(key, notice, person(story, language="en")))
    assert message["Subject"] == "We have your report MH-4K7T-29Q6"
    chosen = person(story, language="en").model_copy(update={"chosen": "th"})
    assert "ได้รับเรื่อง" in read_back(writer().write(key, notice, chosen))["Subject"]


async def test_an_office_is_written_to_at_its_mailbox_without_unsubscribing() -> None:
    key, notice = await a_notice(Story(), audience="team")
    message = read_back(writer().write(key, notice, None))
    assert message["To"] == "works-water@maehia.example"
    assert message["List-Unsubscribe"] is None


async def test_an_office_without_a_mailbox_is_reached_through_triage() -> None:
    key, notice = await a_notice(Story(), audience="team")
    message = read_back(writer().write(key, notice.model_copy(update={"recipient": "level:agency"}), None))
    assert message["To"] == "onestop@maehia.example"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b\r\nBcc: all@example.org", "a@b, c@d", "a@b <c@d>", "@x", "a@", "a b@c", "a@b@c", "a..b@c\x00"],
)
async def test_what_is_no_single_address_is_not_written_to(address: str) -> None:
    story = Story()
    key, notice = await a_notice(story)
    assert writer().write(key, notice, person(story, address)) is None


@pytest.mark.parametrize("theirs", ["สมหญิง@example.org", "สมหญิง.ใจดี@ไปรษณีย์.ไทย", "somying@ไปรษณีย์.ไทย"])
async def test_an_address_in_thai_letters_is_written_to(theirs: str) -> None:
    story = Story()
    key, notice = await a_notice(story)
    mail = writer().write(key, notice, person(story, theirs))
    assert mail is not None
    assert mail.recipient == theirs
    assert f"To: {theirs}\r\n".encode() in mail.content


async def test_what_residents_write_is_text_and_nothing_else() -> None:
    notify, story = NotifyInMemory(), Story()
    note = '<script>alert(1)</script> https://evil.example/"onmouseover="x {link}'
    await notify.hear(story.submitted(), story.contact(), story.created(), story.completed(note=note))
    await notify.work()
    message = next(one for one in notify.email.taken if "แก้ไขเรื่อง" in one["Subject"])
    plain, html = texts(message)
    assert note in plain
    assert "<script>" not in html
    assert 'onmouseover="' not in html


async def test_the_town_can_write_from_another_address() -> None:
    story = Story()
    key, notice = await a_notice(story)
    message = read_back(writer("no-reply@post.town").write(key, notice, person(story)))
    assert message["From"].addresses[0].addr_spec == "no-reply@post.town"
    assert message["Message-ID"].endswith("@post.town>")
