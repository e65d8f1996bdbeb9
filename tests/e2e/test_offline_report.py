"""Reporting where the network is bad: nothing is lost, nothing is sent twice."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
SOON = 8_000  # ms


def test_a_report_written_without_a_network_waits_on_the_phone_and_sends_itself_once(
    visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    resident, mark = visitor(), token_hex(6)
    page = resident.page
    page.goto("/report")
    resident.context.set_offline(True)
    write(page, f"ไฟถนนดับทั้งซอย {mark}")
    page.get_by_label("เพิ่มรูป").set_input_files(chosen_file("a.jpg", photo()))
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_text("บันทึกไว้ในเครื่องแล้ว จะส่งให้อัตโนมัติเมื่อมีสัญญาณ")).to_be_visible()
    assert reports_with(api, mark) == []

    resident.context.set_offline(False)
    expect(page.get_by_text("ส่งเรื่องที่ค้างไว้แล้ว")).to_be_visible()
    only = until(lambda: reports_with(api, mark), "the report")
    assert len(only) == 1
    page.get_by_role("link", name="ดูเรื่องนี้").click()
    expect(page.get_by_role("heading", name=only[0]["reference"])).to_be_visible()
    expect(page.get_by_role("img", name="รูปที่ 1")).to_be_visible()

    page.goto("/report")  # the queue is looked at anew on each page
    expect(page.get_by_role("button", name="ส่งเรื่อง")).to_be_visible()
    assert len(reports_with(api, mark)) == 1
    assert page_is_empty(page)


def test_what_waits_is_where_the_eyes_and_the_focus_go_and_no_page_says_offline_once_it_is_sent(
    visitor: Callable[..., Visitor],
) -> None:
    resident = visitor()
    page = resident.page
    page.goto("/report")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # now the worker has the page and what it needs
    resident.context.set_offline(True)
    write(page, f"ไฟถนนดับ {token_hex(6)}")
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.locator("#queue")).to_be_focused(timeout=SOON)
    expect(page.get_by_role("heading", level=1)).to_contain_text("บันทึกไว้ในเครื่องแล้ว", timeout=SOON)  # it heads the page

    page.goto("/search")
    offline = page.get_by_role("heading", name="ไม่มีสัญญาณอินเทอร์เน็ต")
    expect(offline).to_be_visible(timeout=SOON)
    resident.context.set_offline(False)
    expect(page.get_by_text("ส่งเรื่องที่ค้างไว้แล้ว")).to_be_visible()
    expect(offline).to_be_hidden(timeout=SOON)


def test_a_waiting_report_survives_a_closed_tab(visitor: Callable[..., Visitor], api: httpx.Client) -> None:
    resident, mark = visitor(), token_hex(6)
    resident.page.goto("/report")
    resident.context.set_offline(True)
    write(resident.page, f"ไฟถนนกะพริบ {mark}")
    resident.page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(resident.page.get_by_text("บันทึกไว้ในเครื่องแล้ว")).to_be_visible()
    resident.page.close()

    resident.context.set_offline(False)
    page = resident.tab()
    page.goto("/")
    expect(page.get_by_text("ส่งเรื่องที่ค้างไว้แล้ว")).to_be_visible()
    assert len(until(lambda: reports_with(api, mark), "the report")) == 1


def test_the_form_opens_without_a_network_once_it_was_opened_before(visitor: Callable[..., Visitor]) -> None:
    resident = visitor()
    resident.page.goto("/report")
    resident.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    resident.context.set_offline(True)
    resident.page.reload()
    expect(resident.page.get_by_role("heading", name="แจ้งเรื่อง")).to_be_visible()
    write(resident.page, "ไฟถนนดับ")
    assert resident.page.locator("input[name=category]:checked").input_value() == "street-light"


def test_a_double_tap_makes_one_report(visitor: Callable[..., Visitor], api: httpx.Client) -> None:
    resident, mark = visitor(), token_hex(6)
    resident.page.goto("/report")
    write(resident.page, f"หลอดไฟถนนขาด {mark}")
    resident.page.get_by_role("button", name="ส่งเรื่อง").dblclick()
    expect(resident.page.get_by_role("heading", name="รับเรื่องแล้ว")).to_be_visible()
    reference = resident.page.locator(".big-reference").inner_text()
    assert [one["reference"] for one in reports_with(api, mark)] == [reference]


def write(page: Page, text: str) -> None:
    """The least that a report needs, by hand: suggestions need a network."""
    page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").fill(text)
    page.locator("label.choice", has_text="ไฟถนนเสีย").click()
    page.get_by_label("ที่อยู่หรือจุดสังเกต").fill("ปากซอย 4")


def reports_with(api: httpx.Client, mark: str) -> list[dict[str, Any]]:
    """Public reports whose text holds the mark."""
    found = []
    for one in api.get("/api/v1/reports", params={"limit": 30}).raise_for_status().json()["items"]:
        whole = api.get(f"/api/v1/reports/{one['reference']}").raise_for_status().json()
        if mark in (whole.get("text") or ""):
            found.append(whole)
    return found


def page_is_empty(page: Page) -> bool:
    """No draft of the report that was sent comes back."""
    return page.get_by_label("เล่าสั้น ๆ ว่าเกิดอะไรขึ้น").input_value() == ""
