"""Photos as they are chosen in the report form: made smaller on the phone, and each told what is wrong with it."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browser import Visitor
from tests.support.report_form import write
from tests.support.uploads import camera_photo, chosen_file, photo

pytestmark = pytest.mark.browser


def test_photos_are_made_smaller_on_the_phone_and_say_where_they_were_taken(visitor: Visitor, origin: str) -> None:
    page = visitor.page
    page.goto("/report")
    large = camera_photo(18.7433, 98.964)
    assert len(large) > 1_000_000
    with page.expect_response("**/api/v1/photos") as answer:
        page.locator("#photos").set_input_files(chosen_file("large.jpg", large))
    assert answer.value.json()["width"] == 2000
    assert int(answer.value.request.header_value("content-length") or 0) < len(large) / 2
    expect(page.locator("#chosen .ready")).to_be_visible()
    page.get_by_role("button", name="ใช้ตำแหน่งจากรูปถ่าย").click()
    expect(page.locator("#latitude")).to_have_value("18.743300")
    expect(page.locator("#photo-place")).to_contain_text("ปักหมุดตามตำแหน่งในรูปแล้ว")
    write(page, "ถนนทรุด")
    page.locator(".send button").click()
    report = httpx.get(f"{origin}/api/v1/reports/{page.locator('.big-reference').inner_text()}").json()
    assert len(report["photos"]) == 1


def test_complaints_about_photos_are_about_the_last_choice_only(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.locator("#photos").set_input_files(chosen_file("a.pdf", b"%PDF-1.4"))
    expect(page.locator("#photo-complaints .field-error")).to_have_count(1)
    huge = b"\xff\xd8\xff" + bytes(11_000_000)  # nothing that a browser could make smaller
    page.locator("#photos").set_input_files(chosen_file("huge.jpg", huge))
    expect(page.locator("#photo-complaints .field-error")).to_have_text("รูป huge.jpg ใช้ไม่ได้: รูปแต่ละรูปต้องไม่เกิน 10 MB")
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_be_visible()
    expect(page.locator("#photo-complaints .field-error")).to_have_count(0)
