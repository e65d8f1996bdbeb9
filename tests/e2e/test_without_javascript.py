"""Everything a resident needs works as plain forms: old phones, strict companies, broken scripts."""

from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Visitor
from tests.support.stack import Stack
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PLAIN = {**PHONE, "java_script_enabled": False}


def test_a_resident_reports_and_follows_without_scripts(stack: Stack, visitor: Callable[..., Visitor]) -> None:
    address = f"plain-{token_hex(5)}@resident.example"
    resident = visitor(**PLAIN)
    page = resident.page
    page.goto("/")
    page.locator("a.door.first").click()
    page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").fill("ขยะกองอยู่ริมทางมาสามวัน")
    page.locator("label.choice", has_text="ลักลอบทิ้ง").click()
    page.get_by_label("ที่อยู่หรือจุดสังเกต").fill("หลังตลาด")
    page.get_by_label("เพิ่มรูป").set_input_files(chosen_file("a.jpg", photo()))
    page.get_by_role("textbox", name="อีเมล").fill(address)
    page.get_by_label("แจ้งความคืบหน้าของเรื่องนี้").check()
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_role("heading", name="รับเรื่องแล้ว")).to_be_visible()
    reference = page.locator(".big-reference").inner_text()

    page.get_by_role("link", name="ดูความคืบหน้า").click()
    until(lambda: page.reload() and page.get_by_text("ส่งถึง").count(), "the team on the timeline")
    expect(page.get_by_role("img", name="รูปที่ 1")).to_be_visible()
    page.get_by_label("เพิ่มข้อความ").fill("มีกลิ่นแรงขึ้น")
    page.get_by_role("button", name="ส่งข้อความ").click()
    expect(page.locator("#timeline").get_by_text("มีกลิ่นแรงขึ้น")).to_be_visible()
    until(lambda: [mail for mail in stack.mailbox.to(address) if reference in str(mail["Subject"])], "the mail")
    assert resident.complaints == []


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(visitor: Callable[..., Visitor]) -> None:
    page = visitor(**PLAIN).page
    page.goto("/report")
    page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").fill("มีหลุมกลางถนน")
    page.get_by_label("เบอร์โทรศัพท์").fill("ไม่ใช่เบอร์")
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_text("กรุณาแก้ไขข้อมูลต่อไปนี้")).to_be_visible()
    expect(page.locator("#phone-error")).to_be_visible()
    expect(page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น")).to_have_value("มีหลุมกลางถนน")
    expect(page.get_by_label("เบอร์โทรศัพท์")).to_have_value("ไม่ใช่เบอร์")


def test_a_reference_typed_carelessly_finds_its_report(visitor: Callable[..., Visitor]) -> None:
    page = visitor(**PLAIN).page
    page.goto("/report")
    page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").fill("ยุงชุม")
    page.locator("label.choice", has_text="ยุง").click()
    page.get_by_label("ที่อยู่หรือจุดสังเกต").fill("หมู่ 3")
    page.get_by_role("button", name="ส่งเรื่อง").click()
    reference = page.locator(".big-reference").inner_text()
    page.goto("/track")
    page.get_by_label("เลขที่เรื่อง").fill(reference.lower().replace("-", " ").replace("0", "o"))
    page.get_by_role("button", name="ค้นหา").click()
    expect(page.get_by_role("heading", name=reference)).to_be_visible()
