"""The report form in a real browser is sent once and never lost, and what is wrong is said before anything is sent."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import ARGUMENTS, PHONE, Visitor, program
from tests.support.report_form import choose, write

pytestmark = pytest.mark.browser


def test_back_and_send_is_the_same_report(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    page.goto("/report")
    write(page, "ปุ่มย้อนกลับ")
    references = []
    for _ in range(2):
        page.locator(".send button").click()
        page.wait_for_url("**/report/done/**")
        references.append(page.locator(".big-reference").inner_text())
        page.go_back()
        expect(page.locator("#text")).to_have_value("ปุ่มย้อนกลับ")
        expect(page.locator("#sent")).to_contain_text(references[0])
    assert references[0] == references[1]


def test_whoever_comes_back_reads_that_it_was_sent_and_can_begin_another(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ป้ายจราจรล้ม")
    page.locator(".send button").click()
    reference = page.locator(".big-reference").inner_text()
    page.go_back()
    expect(page.locator("#sent")).to_be_in_viewport()
    expect(page.locator("#sent a")).to_have_text(reference)
    page.locator("#sent button").click()
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#sent")).to_be_hidden()


def test_a_page_that_the_browser_kept_while_it_was_sent_can_be_used_again(visitor: Visitor) -> None:
    """Browsers show the very page again, as it was left: with its button pressed."""
    page = visitor.page
    page.goto("/report")
    write(page, "ฝาตะแกรงหาย")
    page.locator("#report").evaluate("(form) => form.setAttribute('aria-busy', 'true')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")


def test_a_report_of_ones_own_is_no_other_persons_nearby(visitor: Visitor) -> None:
    page = visitor.page
    at = "/report?latitude=18.7302&longitude=98.9403"
    page.goto(at)
    write(page, "ไฟถนนดับ ต้นแรก", "street-light")
    page.locator(".send button").click()
    reference = page.locator(".big-reference").inner_text()
    page.goto(at)
    write(page, "ไฟถนนดับ ต้นถัดไป", "street-light")
    mine = page.locator(f"#nearby li:has(a[href*='{reference}'])")
    expect(mine.get_by_role("link")).to_contain_text("ท่านแจ้งหรือติดตาม")
    assert "secret=" in str(mine.get_by_role("link").get_attribute("href"))


def test_a_changed_form_after_back_is_another_report_and_says_so_first(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ฝาท่อหาย")
    page.locator(".send button").click()
    first = page.locator(".big-reference").inner_text()
    page.go_back()
    page.locator("#text").fill("ฝาท่อหายอีกฝา")
    page.locator(".send button").click()
    expect(page.locator(".error-summary")).to_contain_text("แจ้งเป็นอีกเรื่อง")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")
    assert page.locator(".big-reference").inner_text() != first


def test_where_the_browser_keeps_nothing_the_report_is_sent_all_the_same(
    browser: Browser, origin: str, tmp_path: Path
) -> None:
    (tmp_path / "Default").mkdir()
    blocked = '{"profile": {"default_content_setting_values": {"cookies": 2}}}'
    (tmp_path / "Default" / "Preferences").write_text(blocked)
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=program(whole=True), args=ARGUMENTS, base_url=origin, **PHONE
    )
    page = context.new_page()
    page.goto("/report")
    assert page.evaluate("() => { try { return typeof localStorage; } catch (error) { return error.name; } }") == (
        "SecurityError"
    )
    write(page, "ไม่มีที่เก็บข้อมูล")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")
    page.goto("/report")
    write(page, "ไม่มีที่เก็บและไม่มีสัญญาณ")
    context.set_offline(True)
    page.locator(".send button").click()  # nothing can be kept: the form must stay and say so
    expect(page.locator(".form-status")).to_contain_text("ไม่มีสัญญาณ")
    expect(page.locator("#text")).to_have_value("ไม่มีที่เก็บและไม่มีสัญญาณ")
    context.close()


def test_a_question_is_sent_without_a_place_and_a_problem_is_not(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.locator("#text").fill("เทศบาลเปิดรับชำระภาษีวันเสาร์ไหม")
    choose(page, "other")
    page.locator(".send button").click()
    expect(page.locator(".error-summary")).to_contain_text("กรุณาเลือกว่าเป็นคำถาม ข้อเสนอแนะ หรือปัญหา")
    page.locator("[name='kind.other']").select_option("problem")
    page.locator(".send button").click()
    expect(page.locator(".field.wrong #address")).to_be_visible()
    page.locator("[name='kind.other']").select_option("question")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")


def test_a_place_that_the_device_hardly_knows_is_asked_for_before_anything_is_sent(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ถนนเป็นหลุม")
    page.locator("#address").fill("")
    for name, value in (("latitude", "18.7431"), ("longitude", "98.9638"), ("accuracy_m", "5000")):
        page.locator(f"[name={name}]").evaluate("(field, value) => { field.value = value; }", value)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator(".send button").click()
    expect(page.locator(".error-summary")).to_contain_text("แม่นยำ")
    assert "POST" not in sent
    page.locator("#address").fill("หน้าวัด")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")
