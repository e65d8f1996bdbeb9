"""Anybody may type anybody's address: mail goes there only to ask, until whoever reads it says that they want more."""

import re
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from services.notify.commands import LINKS_MOST
from services.notify.domain.recipient import Recipient
from shared.events.contacts import contact_key
from shared.events.ids import new_id
from shared.events.reports import ReportReopened
from shared.references import make_reference
from shared.secret_links import case_secret
from tests.support.notify_events import Story, Word
from tests.support.notify_in_memory import BROWSER, REFERENCE, SECRET, NotifyInMemory, at_work
from tests.unit.shared.test_emails import ALIKE

EVIL = (
    "see below\n\n!!! IMPORTANT !!!\nYour municipal tax refund: https://maehia-refund.evil.example/login?id=123\n\n"
    "Mae Hia Town Municipality, Division of Finance"
)


def typed(story: Story, party: str = "reporter", **changes: Any) -> Word:
    """A contact as somebody typed it into a form."""
    return story.contact(party, confirmed=False, **changes)


def texts(mail: EmailMessage) -> list[str]:
    """The plain text and the HTML."""
    return [part.get_content() for part in mail.iter_parts()]


def question(notify: NotifyInMemory) -> str:
    """Where the newest mail asks."""
    found: set[str] = {
        link for text in texts(notify.email.taken[-1]) for link in re.findall(r"/inbox/confirm/[\w.-]+", text)
    }
    assert len(found) == 1
    return found.pop()


def person(notify: NotifyInMemory, story: Story, party: str = "reporter") -> Recipient:
    state = notify.service.tables["recipients"].states()[contact_key(story.case_id, party)]
    assert isinstance(state, Recipient)
    return state


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


async def test_who_did_not_tick_the_consent_agrees_by_confirming(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    await at_work(notify, story.submitted(), typed(story, phone="0812345678"))
    await client.post(question(notify), data={"answer": "yes"}, headers=BROWSER)
    assert (person(notify, story).confirmed, person(notify, story).consent) == (True, True)


async def test_a_mailbox_is_asked_a_few_times_a_day_however_many_reports_name_it(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_stranger
    for _ in range(most + 3):
        case_id = new_id()
        story = Story(case_id=case_id, reference=make_reference("MH", case_id))
        address = "Victim@Example.org" if most % 2 else "victim@example.org"
        await at_work(notify, story.submitted(), typed(story, email=address))
    assert len(notify.email.taken) == most
    reasons = [one.reason for _, one in notify.deliveries() if one.channel == "email" and one.state == "failed"]
    assert reasons == ["too-many"] * 3


async def test_tags_behind_a_plus_fill_one_mailbox(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_stranger
    for number in range(most + 2):
        case_id = new_id()
        story = Story(case_id=case_id, reference=make_reference("MH", case_id))
        await at_work(notify, story.submitted(), typed(story, email=f"Victim+{number}@example.org"))
    assert [mail["To"] for mail in notify.email.taken] == [f"Victim+{number}@example.org" for number in range(most)]
    other = Story()
    await at_work(notify, other.submitted(), typed(other, email="other+0@example.org"))
    assert notify.email.taken[-1]["To"] == "other+0@example.org", "another mailbox has its own"


async def test_a_confirmed_mailbox_has_its_limit_too_and_loses_nothing(notify: NotifyInMemory) -> None:
    most = notify.settings.mails_to_person
    for _ in range(most + 1):
        case_id = new_id()
        story = Story(case_id=case_id, reference=make_reference("MH", case_id))
        await at_work(notify, story.submitted(), story.contact(email="busy@example.org"))
    assert len(notify.email.taken) == most
    (late,) = [one for _, one in notify.deliveries() if one.channel == "email" and one.state != "sent"]
    assert (late.state, late.reason) == ("retrying", "too-many")


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


async def test_lost_links_are_sent_to_the_address_and_nothing_is_told_to_whoever_asks(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    other = Story(reference="MH-1111-1111")
    await at_work(notify, story.submitted(), typed(story, email="som@example.org"))
    await at_work(
        notify, other.submitted(), other.followed("follower-1"), typed(other, "follower-1", email="SOM@example.org")
    )
    before = len(notify.email.taken)
    known = await client.post("/inbox/links", data={"email": "som@example.org,"}, headers=BROWSER)
    unknown = await client.post("/inbox/links", data={"email": "nobody@example.org"}, headers=BROWSER)
    assert known.status_code == 200
    assert known.text == unknown.text
    mails = {mail["To"]: texts(mail) for mail in notify.email.taken[before:]}
    own, theirs = case_secret(SECRET, story.case_id), case_secret(SECRET, other.case_id, "follower-1")
    assert set(mails) == {"som@example.org", "SOM@example.org"}, "each as it was left: they may be two mailboxes"
    assert all(own in text and theirs not in text for text in mails["som@example.org"])
    assert all(theirs in text and own not in text for text in mails["SOM@example.org"])
    for _ in range(5):
        await client.post("/inbox/links", data={"email": "som@example.org"}, headers=BROWSER)
    assert len(notify.email.taken) - before == 3, "a few a day"


async def test_reports_of_strangers_push_no_link_out_of_the_mail(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    applied = Story(reference="MH-1111-1111")
    await at_work(notify, story.submitted(), story.contact(email="som@example.org"))
    await at_work(notify, applied.applied(), typed(applied, "applicant", email="som@example.org"))
    for _ in range(LINKS_MOST + 1):
        case_id = new_id()
        stranger = Story(case_id=case_id, reference=make_reference("MH", case_id))
        await notify.hear(stranger.submitted(), typed(stranger, email="som@example.org"))
    await client.post("/inbox/links", data={"email": "som@example.org"}, headers=BROWSER)
    mail = texts(notify.email.taken[-1])
    assert all(case_secret(SECRET, one.case_id) in text for one in (story, applied) for text in mail)


@pytest.mark.parametrize(("left", "asked"), ALIKE)
async def test_no_link_is_sent_to_an_address_that_only_looks_alike(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story, left: str, asked: str
) -> None:
    await at_work(notify, story.submitted(), typed(story, email=left))
    before = len(notify.email.taken)
    await client.post("/inbox/links", data={"email": asked}, headers=BROWSER)
    assert notify.email.taken[before:] == []


async def test_all_links_of_an_address_are_in_one_mail_to_the_address_that_was_left(
    notify: NotifyInMemory, client: httpx.AsyncClient, story: Story
) -> None:
    other = Story(reference="MH-1111-1111")
    for one in (story, other):
        await at_work(notify, one.submitted(), typed(one, email="Som@example.org"))
    before = len(notify.email.taken)
    await client.post("/inbox/links", data={"email": "sOM@EXAMPLE.org"}, headers=BROWSER)
    (mail,) = notify.email.taken[before:]
    assert mail["To"] == "Som@example.org"
    assert all(case_secret(SECRET, one.case_id) in text for one in (story, other) for text in texts(mail))
    assert "เปิดดูเรื่องนี้" not in texts(mail)[1], "a button could lead to one of them only"


async def test_what_is_no_address_is_put_right_beside_the_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/inbox/links", data={"email": "som@"}, headers=BROWSER)
    assert answer.status_code == 422
    assert 'value="som@"' in answer.text
    assert "อีเมลไม่ถูกต้อง" in answer.text
