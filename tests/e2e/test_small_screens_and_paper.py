"""What a phone with large letters, a lost connection and a printer make of the pages."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.page_checks import settle, too_wide
from tests.support.stack import Stack
from tests.support.uploads import chosen_file
from tools.play.paper import pdf

pytestmark = pytest.mark.browser
THUMB = 44  # px
DATA = ("GeoJSON", "CSV", "Atom")
SMALL: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 640}}


def large(page: Page) -> None:
    """Letters at 200 %, as people with weak eyes set them."""
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")


def open_draft(page: Page, api: httpx.Client) -> None:
    made = api_calls.draft(api)
    page.goto(f"/permits/{made['reference']}?secret={made['secret']}")


def test_a_form_that_waits_for_a_connection_says_so_beside_its_button(visitor: Callable[..., Visitor]) -> None:
    page = visitor().page
    page.goto("/permits/new/house-new")
    page.get_by_label("ชื่อและนามสกุล").fill("อำไพ")
    page.context.set_offline(True)
    page.get_by_role("button", name="บันทึกและแนบเอกสาร").click()
    told = page.locator("main form .form-status")
    expect(told).to_contain_text("ไม่มีสัญญาณอินเทอร์เน็ต")
    expect(told).to_be_in_viewport()
    expect(page.get_by_label("ชื่อและนามสกุล")).to_have_value("อำไพ")
    page.context.set_offline(False)
    page.get_by_role("button", name="บันทึกและแนบเอกสาร").click()
    expect(page.get_by_text("กรุณาปักหมุดที่ตั้งที่ดิน").first).to_be_visible()


@pytest.mark.parametrize(("device", "enlarged"), [(SMALL, False), (PHONE, True)], ids=["small", "large letters"])
def test_the_towns_name_is_whole_and_nothing_covers_it(
    visitor: Callable[..., Visitor], api: httpx.Client, device: dict[str, Any], enlarged: bool
) -> None:
    page = visitor(**device).page
    open_draft(page, api)
    settle(page)
    if enlarged:
        large(page)
    name = page.locator(".home .whole")
    expect(name).to_have_text("แม่เหียะ")
    assert name.evaluate("(one) => one.getClientRects().length") == 1
    boxes = [page.locator(one).bounding_box() for one in (".home strong", ".languages")]
    (written, switch) = (box for box in boxes if box)
    assert written["x"] + written["width"] <= switch["x"] or written["y"] + written["height"] <= switch["y"]
    assert too_wide(page) == []
    expect(page.locator(".steps li")).not_to_have_count(0)
    for step in page.locator(".steps li").all():
        box = step.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= device["viewport"]["width"]


def test_a_long_run_of_combining_marks_makes_no_card_wider_than_the_phone(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    made = api_calls.report(api)
    order = api_calls.work_order(api, api_calls.bearer(stack, "crew-water"), made["reference"])
    crew = visitor(**{**DESK, "viewport": {"width": 360, "height": 740}})
    page = crew.sign_in("crew-water", f"/crew/{order}")
    place = page.locator(f"[data-work='{order}'] .work-place p > span")
    place.evaluate(
        "(one, marks) => { one.textContent = marks; }", "\u0e49\u0301" * 200 + "\u0e33" * 400 + "\u20dd" * 400
    )
    assert too_wide(page) == []


def test_links_that_stand_alone_are_large_enough_for_a_thumb(
    visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    made = api_calls.report(api)
    page = visitor(**PHONE).page
    page.goto("/")
    alone = [page.locator(".languages a:visible"), *(page.get_by_role("link", name=one, exact=True) for one in DATA)]
    low = {str(one): box["height"] for one in alone if (box := one.first.bounding_box()) and box["height"] < THUMB}
    page.goto(f"/track/{made['reference']}?secret={made['secret']}")
    inbox = page.locator("main a.tap[href^='/inbox']").bounding_box()
    assert low == {}
    assert inbox
    assert inbox["height"] >= THUMB


def test_the_verdict_on_a_copy_is_what_one_sees(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    made = api_calls.draft(api)
    api_calls.hand_in(api, made)
    code = api_calls.decide(stack, api, made["reference"])
    page = visitor(**SMALL).page
    page.goto(f"/verify/{code}")
    page.locator("#file").set_input_files(chosen_file("a.pdf", pdf("a document")))
    page.get_by_role("button", name="เทียบไฟล์").click()
    verdict = page.locator(".alert.bad")
    expect(verdict).to_contain_text("ไม่ตรงกับฉบับที่เทศบาลออก")
    expect(verdict).to_be_in_viewport(ratio=1)


def test_paper_has_no_controls_and_keeps_its_colours(visitor: Callable[..., Visitor], api: httpx.Client) -> None:
    page = visitor().page
    open_draft(page, api)
    page.emulate_media(media="print")
    assert page.locator("button:visible, input:visible, textarea:visible, form:visible").count() == 0
    expect(page.get_by_role("heading", name="เอกสาร", exact=True)).to_be_visible()
    kept = page.locator(".badge").first.evaluate("(one) => getComputedStyle(one).printColorAdjust")
    assert kept == "exact"


def test_the_own_link_of_a_draft_can_be_copied_at_once(visitor: Callable[..., Visitor], api: httpx.Client) -> None:
    applicant = visitor(**{**PHONE, "permissions": ["clipboard-read", "clipboard-write"]})
    open_draft(applicant.page, api)
    applicant.page.get_by_role("button", name="คัดลอกลิงก์").click()
    expect(applicant.page.get_by_role("button", name="คัดลอกแล้ว")).to_be_visible()
    assert "?secret=" in applicant.page.evaluate("navigator.clipboard.readText()")
