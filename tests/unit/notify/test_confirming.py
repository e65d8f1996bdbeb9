"""Anybody may type anybody's address: mail goes there only to ask, until whoever reads it says that they want more."""

import re

import httpx
import pytest

from shared.events.reports import ReportReopened
from shared.secret_links import case_secret
from tests.support.notify_asking import person, question, typed
from tests.support.notify_events import Story
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work
from tests.support.notify_mail import texts

EVIL = (
    "see below\n\n!!! IMPORTANT !!!\nYour municipal tax refund: https://maehia-refund.evil.example/login?id=123\n\n"
    "Mae Hia Town Municipality, Division of Finance"
)


async def test_a_reporters_unconfirmed_address_gets_one_mail_whatever_happens(
    notify: NotifyInMemory, story: Story
) -> None:
    reopened = story.of_report(ReportReopened, times=1, text="ท่อแตก", reason=EVIL)
    await at_work(notify, story.submitted(), typed(story), story.created(), story.completed(), reopened)
    (mail,) = [mail for mail in notify.email.taken if mail["To"] == "reporter@example.org"]
    assert "ได้รับเรื่องของท่านแล้ว" in mail["Subject"]
    plain, html = texts(mail)
    assert "เปิดลิงก์นี้เพื่อยืนยัน: http://localhost:8080/inbox/confirm/" in plain
    assert (plain.count("/inbox/confirm/"), "ปุ่ม" in plain, "กรุณากดปุ่ม" in html) == (1, False, True)
    assert notify.outcomes()["onestop.work-order.completed.v1", "reporter", "email"] == ("skipped", "unconfirmed")
    assert notify.outcomes()["onestop.work-order.completed.v1", "reporter", "inbox"] == ("sent", None)


async def test_the_question_holds_no_word_of_a_strangers(notify: NotifyInMemory, story: Story) -> None:
    """Not even the name: the address may be somebody else's."""
    await at_work(notify, story.submitted(text=EVIL), typed(story, name="Win at evil.example"))
    (mail,) = notify.email.taken
    assert not any("evil" in text or "สมหญิง" in text for text in texts(mail))
    assert all("เรียน ท่านผู้แจ้งเรื่อง" in text for text in texts(mail))
    assert all("ยืนยัน" in text for text in texts(mail))
    assert not any(case_secret(SECRET, story.case_id) in text for text in texts(mail)), "first the question"


async def test_who_follows_is_asked_and_nobody_else_is_told_of_it(notify: NotifyInMemory, story: Story) -> None:
    first, second = typed(story, "follower-1"), typed(story, "follower-2")
    await at_work(notify, story.submitted(parties=()), story.followed("follower-1"), first)
    await at_work(notify, story.followed("follower-2", 2), second)
    assert [mail["To"] for mail in notify.email.taken] == ["follower-1@example.org", "follower-2@example.org"]
    await at_work(notify, story.completed())
    assert len([mail for mail in notify.email.taken if "follower" in mail["To"]]) == 2


async def test_opening_the_question_confirms_nothing_and_the_button_does(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), story.followed("follower-1"), typed(story, "follower-1"))
    link = question(notify)
    asked = await client.get(link, headers=BROWSER)
    assert "ยืนยันและเปิดดูเรื่อง" in asked.text
    assert not person(notify, story, "follower-1").confirmed
    answer = await client.post(link, data={"answer": "yes"}, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/track/{REFERENCE}?done=confirmed&by=link")
    secret = case_secret(SECRET, story.case_id, "follower-1")
    assert answer.headers["set-cookie"].startswith(f"case-{REFERENCE}={secret}.follower-1;")
    await at_work(notify, story.completed())
    assert notify.outcomes()["onestop.work-order.completed.v1", "follower-1", "email"] == ("sent", None)
    again = await client.get(link, headers=BROWSER)
    assert again.headers["location"] == f"/track/{REFERENCE}?by=link", "from then on it is simply their link"


async def test_it_was_not_me(notify: NotifyInMemory, client: httpx.AsyncClient, story: Story) -> None:
    await at_work(notify, story.submitted(), typed(story))
    link = question(notify)
    answer = await client.post(link, data={"answer": "not-me"}, headers=BROWSER)
    assert "ลบอีเมลออกจากเรื่องนี้แล้ว" in answer.text
    assert "example.org" not in repr(notify.service.tables["recipients"].rows)
    too_late = await client.post(link, data={"answer": "yes"}, headers=BROWSER)
    assert not person(notify, story).confirmed, "what is erased cannot be confirmed"
    assert "ลบอีเมลออกจากเรื่องนี้แล้ว" in too_late.text
    assert "set-cookie" not in too_late.headers, "and opens the case of others no more"


@pytest.mark.parametrize("token", ["x", "a.b.c", "preferences"])
async def test_only_the_question_of_the_mail_can_be_answered(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, token: str
) -> None:
    await at_work(notify, story.submitted(), typed(story))
    token = notify.links.token("preferences", story.case_id, "reporter") if token == "preferences" else token
    assert (await client.get(f"/inbox/confirm/{token}", headers=BROWSER)).status_code == 404
    assert (await client.post(f"/inbox/confirm/{token}", data={"answer": "yes"})).status_code == 404


async def test_another_address_is_to_be_confirmed_anew(notify: NotifyInMemory, story: Story) -> None:
    await at_work(notify, story.submitted(), story.contact())
    assert person(notify, story).confirmed
    await notify.hear(typed(story))
    assert person(notify, story).confirmed, "the same one is not"
    await notify.hear(typed(story, email="other@example.org"))
    assert not person(notify, story).confirmed


async def test_an_applicant_is_owed_the_notices_of_the_proceeding(notify: NotifyInMemory, story: Story) -> None:
    await at_work(notify, story.applied(), typed(story, "applicant"), story.decided())
    assert [mail["To"] for mail in notify.email.taken].count("applicant@example.org") == 2


async def test_confirming_is_agreeing_too(notify: NotifyInMemory, client: httpx.AsyncClient, story: Story) -> None:
    await at_work(notify, story.submitted(), typed(story, phone="0812345678"))
    await client.post(question(notify), data={"answer": "yes"}, headers=BROWSER)
    assert (person(notify, story).confirmed, person(notify, story).consent) == (True, True)


async def test_strangers_words_in_mail_are_quoted_cut_and_without_links(notify: NotifyInMemory, story: Story) -> None:
    reopened = story.of_report(ReportReopened, times=1, text="ท่อแตก", reason=EVIL)
    await at_work(notify, story.submitted(), story.contact(), story.created(), story.completed(), reopened)
    (mail,) = [mail for mail in notify.email.taken if "อีกครั้ง" in mail["Subject"]]
    plain, html = texts(mail)
    assert "evil" not in plain + html
    assert "┃ Your municipal tax refund: [ลิงก์]" in plain
    assert re.search(r"<blockquote[^>]*>see below<br>", html)
    assert "เรียน คุณสมหญิง ใจดี" in plain
    links = set(re.findall(r'href="([^"]+)"', html))
    assert all(link.startswith("http://localhost:8080/") for link in links)
    own = f"http://localhost:8080/track/{REFERENCE}?secret={case_secret(SECRET, story.case_id)}"
    assert html.count(own) == 1, "the button says it already"
