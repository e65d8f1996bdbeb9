"""Without a network a report waits on the phone; what the town refuses then is mended or given up."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.report_form import write
from tests.support.uploads import chosen_file, photo

pytestmark = pytest.mark.browser
SAVED = "บันทึกไว้ในเครื่องแล้ว"


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


def test_each_report_that_waits_is_told_from_the_others(app: Visitor) -> None:
    """By its first words, its time and its photos; a private matter is not named on the device."""
    page = app.page
    app.context.set_offline(True)
    for text, category in (("ฝาท่อหน้าบ้านหาย", "road-damage"), ("สามีทำร้าย", "welfare")):
        page.goto("/report")
        write(page, text, category)
        if category == "road-damage":
            page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
            expect(page.locator("#chosen li")).to_have_count(1)
        page.locator(".send button").click()
        expect(page.locator("#queue")).to_contain_text(SAVED)
    expect(page.locator("h1:visible")).to_have_count(1)
    page.goto("/")
    rows = page.locator("#queue li")
    expect(rows).to_have_count(2)
    expect(page.locator("#queue")).to_contain_text(re.compile(r"ฝาท่อหน้าบ้านหาย · .*\d\d:\d\d · รูป 1 รูป"))
    expect(page.locator("#queue")).to_contain_text("เรื่องที่ไม่เปิดเผย · ")
    expect(page.locator("#queue")).not_to_contain_text("สามีทำร้าย")


def have_one_refused(page: Page, text: str) -> None:
    """It waits for a network with a place that the town will not take."""
    page.goto("/report")
    page.route("**/api/v1/reports", lambda route: route.abort())
    write(page, text)
    put_degrees(page, "0")
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text(SAVED)
    page.unroute("**/api/v1/reports")
    page.goto("/")


def put_degrees(page: Page, both: str) -> None:
    """As a device would, whose fields nobody sees."""
    for name in ("latitude", "longitude"):
        page.locator(f"#{name}").evaluate("(field, value) => { field.value = value; }", both)


def test_a_waiting_report_that_the_town_refuses_opens_in_the_form_and_can_be_mended(visitor: Visitor) -> None:
    page = visitor.page
    have_one_refused(page, "พิกัดกลางทะเล")
    expect(page.locator("#queue")).to_contain_text("กลางทะเล")
    page.locator("#queue a").click()
    expect(page.locator("#text")).to_have_value("พิกัดกลางทะเล")
    expect(page.locator("#latitude-error")).to_contain_text("กลางทะเล")
    expect(page.locator("#queue")).to_be_hidden()
    put_degrees(page, "")
    page.locator(".send button").click()
    page.wait_for_url("**/report/done/**")
    page.goto("/")
    page.wait_for_timeout(1000)
    expect(page.locator("#queue")).to_be_hidden()


def test_the_tick_waits_and_is_mended_with_the_report(visitor: Visitor) -> None:
    """Whatever was ticked when it was written is what is sent."""
    page = visitor.page
    page.goto("/report")
    page.locator("#email").fill("som@example.com")
    page.locator("#consent").check()
    have_one_refused(page, "มีอีเมล")
    page.locator("#queue a").click()
    expect(page.locator("#consent")).to_be_checked()
    put_degrees(page, "")
    with page.expect_request("**/api/v1/reports") as sent:
        page.locator(".send button").click()
    assert json.loads(sent.value.post_data or "{}")["reporter"]["consent"] is True


def test_a_refused_report_can_be_given_up(visitor: Visitor) -> None:
    page = visitor.page
    have_one_refused(page, "ยกเลิกเรื่องนี้")
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
