"""The page of one report: who has it, what is confirmed, and what can be put right without starting again."""

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from services.intake.domain.progress import record_notice, record_work
from services.intake.domain.report import Report
from shared.events.notices import NoticeEvent, NoticeFailed, NoticeSent
from shared.events.work_orders import (
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderEvent,
    WorkOrderPaused,
    WorkOrderReferred,
)
from shared.kernel import Cause, Step
from tests.support.intake import ORIGIN, Intake
from tests.support.reports import ORDER, by_mail, category, town

HTML = {"Accept": "text/html"}
RESUME = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # 09:00 in Mae Hia


async def work(service: Intake, made: dict[str, str], event: type[WorkOrderEvent], **data: Any) -> None:
    """Dispatch says so."""
    common: dict[str, Any] = {
        "report_id": made["id"], "reference": made["reference"], "category": "water-leak", "team": "works-water",
    }  # fmt: skip
    if event is WorkOrderCreated:
        common |= {"priority": "high", "rules_version": "1", "service_level": "urgent"}
    said = event.model_validate({**common, **data})
    await service.store.step(
        made["id"],
        lambda report, cause: record_work(report, said, ORDER, cause.at, late=False, reopen_days=14),
        Cause.request(key=None, scope="test"),
    )


def tell(event: NoticeEvent, report: Report, cause: Cause) -> Step[Report] | None:
    """Notify says so."""
    return record_notice(report, event, cause.at)


async def shown(service: Intake, made: dict[str, str], *, mine: bool = True, **query: str) -> str:
    """The page as its reporter or everybody sees it."""
    secret = {"secret": made["secret"]} if mine else {}
    service.http.cookies.clear()
    page = f"/track/{made['reference']}"
    answer = await service.http.get(page, params={**secret, **query}, headers=HTML, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def card(html: str, name: str) -> str:
    """One card of the page by its id."""
    return html.partition(f'id="{name}"')[2].partition("</section>")[0]


def holder(html: str) -> str:
    return html.partition('class="card holder"')[2].partition("</section>")[0]


async def test_a_resident_knows_that_everybody_reads_what_they_add(service: Intake) -> None:
    made = await service.report()
    mine = await shown(service, made)
    assert "เพิ่มข้อความ (แสดงต่อสาธารณะ)" in card(mine, "comment")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(mine, "comment")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in mine.partition("quiet-action")[2]
    await work(service, made, WorkOrderCompleted)
    fixed = await shown(service, made)
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(fixed, "rate")
    assert "โปรดอย่าใส่ชื่อ เบอร์โทร" in card(fixed, "reopen")


async def test_what_is_added_to_a_sensitive_report_is_said_to_be_hidden(service: Intake) -> None:
    mine = await shown(service, await service.report(category=category(sensitive=True), answers={}))
    assert "(ไม่แสดงต่อสาธารณะ)" in card(mine, "comment")
    assert "แสดงต่อสาธารณะ โปรด" not in card(mine, "comment")


async def test_an_agency_that_has_the_case_is_named_first(service: Intake) -> None:
    made = await service.report()
    await work(service, made, WorkOrderCreated, team=None, level="triage")
    await work(service, made, WorkOrderReferred, team=None, level="agency", agency=next(iter(town().agencies)))
    who = holder(await shown(service, made))
    agency = next(iter(town().agencies.values())).name.th
    assert f'class="holder-who">{agency}<' in who
    assert "กำลังพิจารณาทีม" not in who


async def test_the_page_says_when_work_that_waits_will_go_on(service: Intake) -> None:
    made = await service.report()
    await work(service, made, WorkOrderCreated)
    await work(service, made, WorkOrderPaused, reason="part", resume_at=RESUME)
    html = await shown(service, made)
    for part in (holder(html), card(html, "timeline")):
        assert "คาดว่าจะทำต่อ" in part
        assert "1 ธ.ค. 2569" in part


async def test_an_answer_is_rated_and_reopened_above_how_it_came_about(service: Intake) -> None:
    made = await service.report()
    await work(service, made, WorkOrderCompleted)
    html = await shown(service, made)
    assert html.index('id="rate"') < html.index('id="reopen"') < html.index('id="timeline"')
    assert "ขอให้แก้ไขอีกครั้งได้ถึง" in card(html, "reopen")


@pytest.mark.parametrize("kind", ["question", "suggestion"])
async def test_what_was_answered_is_not_said_to_be_repaired(service: Intake, kind: str) -> None:
    made = await service.report(category="other", kind=kind)
    await work(service, made, WorkOrderCompleted)
    verdict = card(await shown(service, made), "verdict")
    for said in ("คำตอบนี้ตรงกับที่ท่านต้องการหรือไม่", "ได้คำตอบแล้ว", "ยังไม่ได้คำตอบ"):
        assert said in verdict
    assert "แก้ไขเรียบร้อย" not in verdict


@pytest.mark.parametrize("sensitive", [False, True])
async def test_the_place_is_said_in_words_beside_its_map(service: Intake, sensitive: bool) -> None:
    marks: dict[str, Any] = {"category": category(sensitive=True), "answers": {}} if sensitive else {}
    made = await service.report(**marks)
    code = (await service.seen(made))["zone"]
    zone = next(zone.name.th for zone in town().zones if zone.code == code)
    place = card(await shown(service, made, mine=False), "place")
    assert zone in place.partition('class="map-field"')[0]
    assert f'aria-label="แผนที่: {zone}"' in place
    assert f'data-label="แผนที่: {zone}"' in place


async def test_mails_are_counted_on_one_line_and_a_failed_one_is_seen(service: Intake) -> None:
    made = await service.report()
    about: dict[str, Any] = {"case_id": made["id"], "reference": made["reference"], "audience": "reporter",
                             "about": "onestop.report.submitted.v1"}  # fmt: skip
    sent, bounced = by_mail("sent"), by_mail("failed", "bounced")
    for event in (
        NoticeSent(**about, channels=sent),
        NoticeFailed(**about, channels=bounced),
        NoticeSent(**about, channels=sent),
    ):
        await service.store.step(made["id"], partial(tell, event), Cause.request(key=None, scope="test"))
    lines = card(await shown(service, made), "timeline")
    assert lines.count("ส่งอีเมลถึงผู้แจ้งเรื่องแล้ว") == 1
    assert "ส่งอีเมลถึงผู้แจ้งเรื่องแล้ว 2 ครั้ง" in lines
    assert "ส่งอีเมลถึงผู้แจ้งเรื่องไม่สำเร็จ" in lines


async def test_a_mail_stands_with_the_step_that_it_told_of(service: Intake) -> None:
    made = await service.report()
    await work(service, made, WorkOrderCreated)
    received = (await service.seen(made))["timeline"][0]
    notice = NoticeSent(
        case_id=made["id"], reference=made["reference"], audience="reporter", channels=by_mail("sent"),
        about="onestop.report.submitted.v1", happened_at=received["at"],
    )  # fmt: skip
    await service.store.step(made["id"], partial(tell, notice), Cause.request(key=None, scope="test"))
    for mine in (True, False):
        newest, oldest = re.findall("<li .*?</li>", card(await shown(service, made, mine=mine), "timeline"), re.DOTALL)
        assert ("ส่งอีเมลถึงผู้แจ้งเรื่องแล้ว" in oldest) is mine, "that there is an address is nobody else's business"
        assert "ได้รับเรื่องแล้ว" in oldest
        assert "ส่งอีเมล" not in newest
    line = (await service.seen(made, secret=True))["timeline"][-1]
    assert (line["type"], line["about"], line["about_at"]) == ("notice", notice.about, received["at"])


@pytest.mark.parametrize("cut", ["", "bad", "x" * 22])
async def test_a_secret_that_opens_nothing_is_said(service: Intake, cut: str) -> None:
    made = await service.report()
    lost = "ลิงก์ส่วนตัวไม่ถูกต้องหรือไม่ครบ"
    assert lost in await shown(service, made, mine=False, secret=cut)
    assert lost in await shown(service, made, mine=False, secret=made["secret"][:-1], party="follower-x")
    assert lost not in await shown(service, made, mine=False)
    assert lost not in await shown(service, made)


async def test_the_inbox_opens_by_the_same_secret(service: Intake) -> None:
    made = await service.report()
    inbox = f'href="/inbox?reference={made["reference"]}"'
    assert inbox in await shown(service, made)
    assert inbox not in await shown(service, made, mine=False)
    follow = f"/track/{made['reference']}/follow"
    followed = await service.http.post(follow, data={"email": "f@example.org"}, headers=HTML, follow_redirects=True)
    assert inbox in followed.text


async def test_the_secret_stands_in_the_address_of_the_first_visit_only(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    first = await service.http.get(url, params={"secret": made["secret"], "before": "0"}, headers=HTML)
    assert (first.status_code, first.headers["location"]) == (303, f"{url}?before=0&by=link")
    assert first.headers["referrer-policy"] == "no-referrer"
    page = (await service.http.get(url, headers=HTML)).text
    assert 'id="withdraw"' in page or "quiet-action" in page
    own = f"{ORIGIN}/track/{made['reference']}?secret={made['secret']}"
    assert page.count(made["secret"]) == page.count(own) == 2, "only where it is to be kept, and to be copied"
    assert (await service.http.get(f"/api/v1/reports/{made['reference']}")).json()["answers"], (
        "programs of the page too"
    )
    gone = await service.http.post(f"{url}/close-here", headers=HTML, follow_redirects=True)
    assert "ลบลิงก์ส่วนตัวออกจากเครื่องนี้แล้ว" in gone.text
    assert "quiet-action" not in gone.text


async def test_a_browser_that_keeps_no_cookies_is_told_so(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}"
    moved = (await service.http.get(url, params={"secret": made["secret"]}, headers=HTML)).headers["location"]
    service.http.cookies.clear()
    assert "โปรดอนุญาตให้เว็บไซต์นี้ใช้คุกกี้" in (await service.http.get(moved, headers=HTML)).text
    assert "โปรดอนุญาตให้เว็บไซต์นี้ใช้คุกกี้" not in (await service.http.get(url, headers=HTML)).text


async def test_an_address_that_follows_already_is_not_given_the_link_again(service: Intake) -> None:
    """Whoever asks may be somebody else who knows the address: the link is in the mail that was sent there."""
    made = await service.report()
    url = f"/api/v1/reports/{made['reference']}/follow"
    first = (await service.http.post(url, json={"email": "mali@example.com"})).json()
    again = (await service.http.post(url, json={"email": "Mali@Example.com,"})).json()
    assert first["secret"]
    assert again == {"party": first["party"], "secret": None, "followers": 1}
    page = f"/track/{made['reference']}/follow"
    told = await service.http.post(page, data={"email": "mali@example.com"}, headers=HTML, follow_redirects=True)
    assert "อีเมลนี้ติดตามเรื่องนี้อยู่แล้ว" in told.text
    assert (await service.http.delete(url, params={"party": first["party"], "secret": first["secret"]})).is_success
    back = (await service.http.post(url, json={"email": "mali@example.com"})).json()
    assert back["party"] != first["party"], "who left and comes back is somebody new"
    assert (back["followers"], bool(back["secret"])) == (1, True)


async def test_one_key_with_two_addresses_is_two_requests(service: Intake) -> None:
    made = await service.report()
    url, key = f"/api/v1/reports/{made['reference']}/follow", {"Idempotency-Key": "the-same-key-of-a-program"}
    one = (await service.http.post(url, json={"email": "one@example.com"}, headers=key)).json()
    two = (await service.http.post(url, json={"email": "two@example.com"}, headers=key)).json()
    again = (await service.http.post(url, json={"email": "one@example.com"}, headers=key)).json()
    assert one["party"] != two["party"]
    assert (again["party"], again["secret"]) == (one["party"], one["secret"])
    assert again["followers"] == 2


async def test_each_act_is_confirmed(service: Intake) -> None:
    made = await service.report()

    async def act(what: str, **data: str) -> str:
        query = {"secret": made["secret"]}
        answer = await service.http.post(f"/track/{made['reference']}/{what}", params=query, data=data)
        assert answer.status_code == 303, answer.text
        return (await service.http.get(answer.headers["location"], headers=HTML, follow_redirects=True)).text

    assert "เพิ่มข้อความแล้ว" in await act("comment", text="น้ำเข้าบ้าน")
    await work(service, made, WorkOrderCompleted)
    assert "บันทึกคะแนนแล้ว" in await act("rate", stars="4")
    assert "รับคำขอให้แก้ไขอีกครั้งแล้ว" in await act("reopen", reason="ยังรั่ว")
    assert "ถอนเรื่องแล้ว" in await act("withdraw")


async def test_a_confirmation_that_nobody_wrote_is_not_shown(service: Intake) -> None:
    made = await service.report()
    assert 'class="alert ok"' not in await shown(service, made, done="everything")


async def test_following_without_a_contact_is_put_right_beside_the_form(service: Intake) -> None:
    made = await service.report()
    url = f"/track/{made['reference']}/follow"
    empty = await service.http.post(url, data={"email": " "}, headers=HTML)
    assert empty.status_code == 422
    assert "กรุณากรอกอีเมล" in card(empty.text, "follow")
    assert not re.search("LINE|เบอร์โทร", card(empty.text, "follow")), "news comes by e-mail only"
    assert "เราจะส่งอีเมลฉบับเดียวเพื่อขอคำยืนยัน" in card(empty.text, "follow")
    wrong = await service.http.post(url, data={"email": "nowhere"}, headers=HTML)
    assert wrong.status_code == 422
    assert "อีเมลไม่ถูกต้อง เช่น name@example.com" in card(wrong.text, "follow")
    assert 'value="nowhere"' in card(wrong.text, "follow")
    back = await service.http.get(url, headers=HTML)  # reloaded, or read in the other language
    assert (back.status_code, back.headers["location"]) == (303, f"/track/{made['reference']}")


async def test_an_empty_comment_is_put_right_beside_the_form(service: Intake) -> None:
    made = await service.report()
    query = {"secret": made["secret"]}
    answer = await service.http.post(f"/track/{made['reference']}/comment", params=query, data={"text": "  "})
    assert answer.status_code == 422
    assert 'id="text-error"' in card(answer.text, "comment")
    assert f"/comment?secret={made['secret']}" in card(answer.text, "comment")


async def test_a_link_that_leaked_is_replaced_and_opens_nothing_any_more(service: Intake) -> None:
    made = await service.report()
    url, api = f"/track/{made['reference']}", f"/api/v1/reports/{made['reference']}"
    leaked = {"X-Report-Secret": made["secret"]}
    await shown(service, made)
    renewed = await service.http.post(f"{url}/renew-link", headers=HTML, follow_redirects=True)
    assert "สร้างลิงก์ใหม่แล้ว" in renewed.text
    assert "quiet-action" in renewed.text, "this browser goes on with the new link"
    assert made["secret"] not in renewed.text
    service.http.cookies.clear()
    assert (await service.http.post(f"{api}/withdraw", json={}, headers=leaked)).status_code == 403
    assert (await service.http.post(f"{api}/link", headers=leaked)).status_code == 403
    assert "onestop.report.link-renewed.v1" in [kind for _, kind in await service.outbox(made["id"])]


async def test_a_program_gets_the_new_link_and_a_repeat_the_same(service: Intake) -> None:
    made = await service.report()
    api, key = f"/api/v1/reports/{made['reference']}", {"Idempotency-Key": "renew-it-only-once-please"}
    first = await service.http.post(f"{api}/link", headers=key | {"X-Report-Secret": made["secret"]})
    secret = first.json()["secret"]
    assert first.json()["tracking_url"] == f"{ORIGIN}/track/{made['reference']}?secret={secret}"
    assert (await service.seen({**made, "secret": secret}, secret=True))["answers"]
    assert (await service.seen(made, secret=True))["answers"] is None
