"""A burst pipe: reported by phone, worked off by the right crew, followed at each level, told by mail, one trace."""

from collections.abc import Callable
from secrets import token_hex

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.confirming import confirm_address
from tests.support.stack import Stack
from tests.support.trace_checks import assert_no_secrets, trace_of
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
SPANS_MOST = 25  # of a report with a mail and the team's notice: one span per step


def test_a_burst_pipe_goes_from_a_phone_to_the_crew_and_back(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    mark = token_hex(6)
    address = f"malee-{mark}@resident.example"
    crew, resident = visitor(), visitor()
    board = crew.sign_in("crew-water", "/crew")
    expect(board.get_by_text("อัปเดตอัตโนมัติ")).to_be_visible()

    reference = report(resident.page, f"ท่อประปาใต้ถนนหน้าวัดร้าว น้ำท่วมถึงประตูบ้าน {mark}", address)
    link = resident.page.get_by_role("link", name="ดูความคืบหน้า").get_attribute("href")
    assert link
    confirm_address(stack, address)

    work(board, reference)

    follow_to_the_end(resident.page, link)
    secret = link.partition("secret=")[2]
    mails_tell_each_step(stack, address, reference, secret)
    notices_are_unique(stack, api, reference)
    the_submission_is_one_trace(stack, reference)
    assert_no_secrets(stack, [mark, address, "081-555-0199", "0815550199", secret, "ท่อประปาใต้ถนน"])
    assert crew.complaints + resident.complaints == []


def report(page: Page, text: str, address: str) -> str:
    """As a resident would: words, the suggested kind, the phone's place, a photo, how to be reached."""
    page.goto("/report")
    page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").fill(text)
    page.get_by_role("button", name="ท่อน้ำรั่วหรือแตก").click()
    page.get_by_label("น้ำไหลแรงเพียงใด").select_option(label="พุ่งแรง ท่วมถนน")
    page.get_by_role("button", name="ใช้ตำแหน่งของฉัน").click()
    expect(page.get_by_text("ปักหมุดที่ตำแหน่งของท่านแล้ว")).to_be_visible()
    page.get_by_label("เพิ่มรูป").set_input_files(chosen_file("pipe.jpg", photo()))
    page.get_by_role("textbox", name="อีเมล").fill(address)
    page.get_by_label("แจ้งความคืบหน้าของเรื่องนี้").check()
    page.get_by_label("เบอร์โทรศัพท์").fill("081-555-0199")
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_role("heading", name="รับเรื่องแล้ว")).to_be_visible()
    return page.locator(".big-reference").inner_text()


def work(board: Page, reference: str) -> None:
    """The card comes by itself; each step is one big button; the end needs a photo."""
    card = board.locator("article.work").filter(has_text=reference)
    expect(card).to_be_visible()
    card.locator(".job-row").click()
    picture = card.get_by_role("img", name="รูปที่ 1")
    picture.scroll_into_view_if_needed()  # others' work may stand above: pictures are fetched when nearly in view
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    for step, then in (("รับงาน", "ออกเดินทาง"), ("ออกเดินทาง", "ถึงจุดแล้ว"), ("ถึงจุดแล้ว", "เสร็จงาน")):
        card.get_by_role("button", name=step, exact=True).click()
        expect(card.get_by_text(then).first).to_be_visible()
    card.locator("summary", has_text="เสร็จงาน").click()
    done = card.locator("details.finish")
    with board.expect_file_chooser() as opened:
        done.get_by_role("button", name="เลือกรูป").click()
    opened.value.set_files(chosen_file("fixed.jpg", photo()))
    done.get_by_label("บันทึกการทำงาน").fill("เปลี่ยนท่อ 2 เมตร น้ำไหลปกติ")
    done.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(board.get_by_text(f"บันทึกแล้ว: {reference} · เสร็จแล้ว")).to_be_visible()


def follow_to_the_end(page: Page, link: str) -> None:
    """Every level is on the timeline, with the proof."""
    page.goto(link)
    timeline = page.locator("#timeline")
    for line in ("ได้รับเรื่องแล้ว", "ส่งถึง", "รับงานแล้ว", "ทีมกำลังเดินทางไป", "ทีมถึงที่แล้ว", "แก้ไขเรียบร้อยแล้ว"):
        # The page looks for news by itself.
        expect(timeline.locator(".what").filter(has_text=line).first).to_be_visible()
    expect(timeline.get_by_text("เปลี่ยนท่อ 2 เมตร น้ำไหลปกติ")).to_be_visible()
    expect(timeline.get_by_role("img", name="รูปหลังแก้ไข").or_(timeline.locator(".thumb")).first).to_be_visible()
    expect(page.get_by_role("heading", name="เรื่องนี้แก้ไขเรียบร้อยแล้วหรือไม่")).to_be_visible()


def mails_tell_each_step(stack: Stack, address: str, reference: str, secret: str) -> None:
    """Received, with the question; then fixed: once each, in Thai, with the resident's own link."""
    subjects = {f"ได้รับเรื่องของท่านแล้ว เลขที่ {reference}", f"แก้ไขเรื่อง {reference} เรียบร้อยแล้ว"}
    until(lambda: len(stack.mailbox.to(address)) >= len(subjects), f"mail for {address}")
    mails = {str(mail["Subject"]): mail for mail in stack.mailbox.to(address)}
    assert set(mails) == subjects
    assert len(stack.mailbox.to(address)) == len(subjects)
    body = mails[f"แก้ไขเรื่อง {reference} เรียบร้อยแล้ว"].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "เปลี่ยนท่อ 2 เมตร น้ำไหลปกติ" in text
    assert f"{stack.origin}/track/{reference}?secret={secret}" in text


def notices_are_unique(stack: Stack, api: httpx.Client, reference: str) -> None:
    """One notice for each event and recipient, and the mails among them are sent."""
    token = {"Authorization": f"Bearer {stack.token('officer')}"}
    answer = api.get("/api/v1/deliveries", params={"reference": reference, "limit": 200}, headers=token)
    records = answer.raise_for_status().json()["items"]
    keys = [(one["event_id"], one["recipient"]) for one in records]
    assert len(keys) == len(set(keys))
    ways = [way for one in records if one["audience"] == "reporter" for way in one["deliveries"]]
    assert [way["state"] for way in ways if way["channel"] == "email"] == ["sent"] * 2


def the_submission_is_one_trace(stack: Stack, reference: str) -> None:
    """From the request through outbox, Kafka and three services to the mail server, without a broken thread."""
    spans = trace_of(
        stack, "POST /api/v1/reports", reference,
        {
            ("intake", "send internal.reports.v1"), ("dispatch", "process internal.reports.v1"),
            ("notify", "process internal.reports.v1"), ("dispatch", "send internal.work-orders.v1"),
            ("intake", "process internal.work-orders.v1"), ("notify", "process internal.work-orders.v1"),
            ("notify", "process private.contacts.v1"), ("notify", "deliver email"),
        },
    )  # fmt: skip
    assert [span.service for span in spans if not span.parent_id] == ["intake"]
    assert len(spans) <= SPANS_MOST, "\n".join(sorted(f"{span.service} {span.name}" for span in spans))
    sends = [span for span in spans if span.name.startswith("send ")]
    processed = [span for span in spans if span.name.startswith("process ")]
    assert all(span.attributes["outbox.wait_ms"] >= 0 for span in sends)
    assert all(span.attributes["kafka.wait_ms"] >= 0 for span in processed)
    named = {span.attributes["onestop.reference"] for span in spans if "onestop.reference" in span.attributes}
    assert named == {reference}
