"""The report form in a real browser: what was written is never lost, and never sent twice."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESK, PATIENCE, PHONE, Visitor
from tests.support.uploads import camera_photo, chosen_file, photo

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
SAVED = "บันทึกไว้ในเครื่องแล้ว"


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone in Mae Hia, without a service worker: what the form does by itself."""
    with closing(Visitor(browser, origin, **PHONE, service_workers="block")) as come:
        yield come


@pytest.fixture
def app(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone that keeps the site, as after a first visit."""
    with closing(Visitor(browser, origin, **PHONE)) as come:
        come.page.goto("/report")
        come.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        yield come


def choose(page: Page, category: str) -> None:
    page.locator("label.choice", has=page.locator(f"input[value='{category}']")).click()


def write(page: Page, text: str, category: str = "road-damage") -> None:
    page.locator("#text").fill(text)
    choose(page, category)
    page.locator("#address").fill("ซอย 3 หมู่ 7")


def test_a_draft_keeps_every_field_across_a_reload_and_the_other_language(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "น้ำท่วมหน้าบ้าน", "drain-flood")
    page.locator("[name='answer.drain-flood.depth']").select_option("knee")
    page.locator("#email").fill("som@example.com")
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_be_visible()
    for address in ("/report", "/report?lang=en"):
        page.goto(address)
        expect(page.locator("#text")).to_have_value("น้ำท่วมหน้าบ้าน")
        expect(page.locator("[name='answer.drain-flood.depth']")).to_have_value("knee")
        expect(page.locator("#email")).to_have_value("som@example.com")
        expect(page.locator("#chosen .ready")).to_have_count(1)


def test_a_draft_without_a_text_is_kept_too_and_an_untouched_form_leaves_none(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.goto("/report")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('onestop-draft'))") == []
    page.locator("#address").fill("หน้าวัด")
    page.reload()
    expect(page.locator("#address")).to_have_value("หน้าวัด")


def test_a_qr_code_does_not_open_somebody_elses_draft(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ถนนเป็นหลุม")
    page.goto("/report?category=street-light&latitude=18.7301&longitude=98.9402")
    expect(page.locator("input[value='street-light']")).to_be_checked()
    expect(page.locator("#text")).to_have_value("")
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("ถนนเป็นหลุม")


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
    assert references[0] == references[1]


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
    program = browser.browser_type
    context = program.launch_persistent_context(
        tmp_path, executable_path=os.fspath(_chromium()), args=["--no-sandbox"], base_url=origin, **PHONE
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


def _chromium() -> Path:
    return Path(shutil.which("chromium") or shutil.which("google-chrome") or "")


def test_what_the_town_would_refuse_is_said_before_it_is_put_aside(app: Visitor) -> None:
    page = app.page
    app.context.set_offline(True)
    page.goto("/report")
    write(page, "เขียนตอนไม่มีสัญญาณ")
    page.locator("#email").fill("som@example")
    page.locator(".send button").click()
    expect(page.locator("#email-error")).to_be_visible()
    page.locator("#email").fill("som@example.com")
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text(SAVED)


def test_a_waiting_report_that_the_town_refuses_opens_in_the_form_and_can_be_mended(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.route("**/api/v1/reports", lambda route: route.abort())
    write(page, "พิกัดกลางทะเล")
    page.evaluate(
        "() => { const f = document.getElementById('report').elements; f.latitude.value = 0; f.longitude.value = 0; }"
    )
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text(SAVED)
    page.unroute("**/api/v1/reports")
    page.goto("/")
    expect(page.locator("#queue")).to_contain_text("กลางทะเล")
    page.locator("#queue a").click()
    expect(page.locator("#text")).to_have_value("พิกัดกลางทะเล")
    expect(page.locator("#latitude-error")).to_contain_text("กลางทะเล")
    expect(page.locator("#queue")).to_be_hidden()
    page.evaluate(
        "() => { const f = document.getElementById('report').elements; f.latitude.value = ''; f.longitude.value = ''; }"
    )
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")
    page.goto("/")
    page.wait_for_timeout(1000)
    expect(page.locator("#queue")).to_be_hidden()


def test_a_refused_report_can_be_given_up(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.route("**/api/v1/reports", lambda route: route.abort())
    write(page, "ยกเลิกเรื่องนี้")
    page.evaluate(
        "() => { const f = document.getElementById('report').elements; f.latitude.value = 0; f.longitude.value = 0; }"
    )
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text(SAVED)
    page.unroute("**/api/v1/reports")
    page.goto("/")
    page.locator("#queue button", has_text="ลบเรื่องนี้ทิ้ง").click()
    expect(page.locator("#queue")).to_be_hidden()
    page.reload()
    page.wait_for_timeout(1000)
    expect(page.locator("#queue")).to_be_hidden()


def test_the_kept_page_is_nobodys_and_speaks_the_language_read_last(app: Visitor) -> None:
    page = app.page
    page.goto("/report?category=street-light&latitude=18.7301&longitude=98.9402")
    page.goto("/?lang=en")
    app.context.set_offline(True)
    page.goto("/report")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("#latitude")).to_have_value("")
    expect(page.locator("input[name=category]:checked")).to_have_count(0)
    page.goto("/report?category=street-light&latitude=18.7301&longitude=98.9402")  # the code on a lamp post, read there
    expect(page.locator("input[value='street-light']")).to_be_checked()
    expect(page.locator("#latitude")).to_have_value("18.7301")


@pytest.mark.parametrize("path", ["/", "/track", "/map", "/permits"])
def test_without_a_network_every_page_says_what_can_still_be_done(app: Visitor, path: str) -> None:
    page = app.page
    app.context.set_offline(True)
    page.goto(path)
    expect(page.get_by_role("heading", name="ไม่มีสัญญาณอินเทอร์เน็ต")).to_be_visible()
    expect(page.locator("a[href='tel:1669']").first).to_be_visible()
    page.get_by_role("link", name="แจ้งเรื่อง เขียนและถ่ายรูปไว้ก่อน").click()
    expect(page.locator("#report")).to_be_visible()


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


def test_this_device_can_forget_all_it_keeps(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ป้ายล้ม")
    page.locator(".send button").click()
    reference = page.locator(".big-reference").inner_text()
    page.goto("/report")
    page.locator("#text").fill("แบบร่าง")
    page.goto("/track")
    expect(page.locator("#mine")).to_contain_text(reference)
    expect(page.locator("#mine .badge")).to_be_visible()  # where it stands
    page.locator("[data-forget]").click()
    expect(page.locator("#mine")).to_contain_text("ลบออกจากเครื่องนี้แล้ว")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('onestop'))") == []
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("")


def test_what_is_private_is_not_named_on_the_device(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ต้องการความช่วยเหลือ", "welfare")
    page.locator(".send button").click()
    expect(page.locator(".big-reference")).to_be_visible()
    assert "สวัสดิการ" not in page.evaluate("JSON.stringify({...localStorage})")
    page.goto("/track")
    expect(page.locator("#mine")).to_contain_text("เรื่องที่ไม่เปิดเผย")


def test_without_a_script_the_questions_and_the_warning_of_a_kind_are_seen_when_it_is_chosen(
    browser: Browser, origin: str
) -> None:
    with closing(Visitor(browser, origin, **DESK, java_script_enabled=False)) as plain:
        page = plain.page
        page.goto("/report")
        expect(page.locator("[data-about='drain-flood']")).to_be_hidden()
        choose(page, "drain-flood")
        expect(page.locator("[data-about='drain-flood']")).to_be_visible()
        expect(page.locator("[name='answer.drain-flood.depth']")).to_be_visible()


def test_the_map_and_its_library_are_fetched_when_a_map_is_about_to_be_seen(browser: Browser, origin: str) -> None:
    with closing(Visitor(browser, origin, **DESK)) as come:
        fetches_the_map_late(come.page)


def fetches_the_map_late(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto("/report")
    page.locator("#text").fill("ไฟถนนดับ")  # it listens already
    expect(page.locator(".suggestion").first).to_be_visible()
    assert not [url for url in asked if "maplibre" in url]
    page.locator("[data-map]").scroll_into_view_if_needed()
    expect(page.locator(".map-ready")).to_be_visible()


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
