"""An officer marks a page with the keys alone, and with the mouse; the applicant sees it on a phone."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.integration.permits.test_inspection_photos_in_a_browser import SMALL, complaints
from tests.integration.permits.test_marks import finding
from tests.support.permits_in_a_browser import at_a_desk
from tests.support.permits_running import Permits


@pytest.fixture
async def desk(service: Permits) -> AsyncIterator[BrowserContext]:
    """A browser in which an officer is signed in."""
    async with at_a_desk(service, "officer") as context:
        yield context


async def marking_page(desk: BrowserContext, made: dict[str, str]) -> Page:
    """From the application to the page on which its plans are marked, with its picture."""
    page = await desk.new_page()
    await page.goto(f"/permits/desk/{made['reference']}")
    await page.locator("#document-plans").get_by_role("link", name="ทำเครื่องหมายบนหน้าเอกสาร").press("Enter")
    await expect(page.locator("[data-stage]")).to_have_attribute("data-ready", "yes")
    return page


async def test_a_page_is_marked_by_keys_and_by_mouse_and_the_applicant_sees_where(
    service: Permits, desk: BrowserContext
) -> None:
    made = await service.brought_to("submitted")
    page = await marking_page(desk, made)

    await page.get_by_role("button", name="เพิ่มจุดกลางหน้า").press("Enter")
    frame = page.locator("[data-stage] .mark")
    await expect(frame).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "Shift+ArrowRight"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("status").filter(has_text="จากซ้าย 38%")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator("#note-1")).to_be_focused()
    await page.keyboard.type("ระยะร่นไม่ถึง 2 เมตร")
    assert await complaints(page) == []

    await page.locator("#add-mark").scroll_into_view_if_needed()
    stage = await page.locator("[data-stage]").bounding_box()
    assert stage is not None
    await page.mouse.move(stage["x"] + stage["width"] * 0.1, stage["y"] + stage["height"] * 0.1)
    await page.mouse.down()
    await page.mouse.move(stage["x"] + stage["width"] * 0.3, stage["y"] + stage["height"] * 0.2, steps=3)
    await page.mouse.up()
    await expect(page.locator("#note-2")).to_be_focused()
    await page.keyboard.type("ไม่มีมาตราส่วน")
    await page.get_by_role("button", name="เพิ่มจุดกลางหน้า").press("Enter")
    await expect(frame).to_have_count(3)
    await page.keyboard.press("Delete")
    await expect(frame).to_have_count(2)
    await page.locator("#save-marks").press("Enter")
    await expect(page.locator("#document-plans .marks")).to_contain_text("ไม่มีมาตราส่วน")

    first, second = (await finding(service, made, "officer"))["marks"]
    assert [first[name] for name in ("x", "y", "width", "height")] == [0.38, 0.46, 0.21, 0.1]
    assert (round(second["x"], 1), round(second["width"], 1), round(second["height"], 1)) == (0.1, 0.2, 0.1)

    await page.get_by_role("button", name="บันทึกและขอเอกสารที่ต้องส่งใหม่").press("Enter")
    await expect(page.get_by_role("link", name="ทำเครื่องหมายบนหน้าเอกสาร")).to_have_count(0)
    assert desk.browser is not None
    theirs = await desk.browser.new_context(**SMALL)
    own = await theirs.new_page()
    await own.goto(f"/permits/{made['reference']}?secret={made['secret']}")
    plans = own.locator("#document-plans")
    await expect(plans.locator(".marks")).to_contain_text("ระยะร่นไม่ถึง 2 เมตร")
    await plans.get_by_text("ดูจุดที่ต้องแก้ไขในหน้า 1").press("Enter")
    await expect(plans.locator(".paper")).not_to_have_js_property("naturalWidth", 0)
    assert await complaints(own) == []


async def test_a_page_is_read_closely_by_keys_turned_measured_and_still_marked_where_one_points(
    service: Permits, desk: BrowserContext
) -> None:
    page = await marking_page(desk, await service.brought_to("submitted"))
    stage, said = page.locator("[data-stage]"), page.locator("[data-length]")
    small = await stage.bounding_box()
    assert small is not None

    await page.get_by_role("radio", name="ทำเครื่องหมาย").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(said).to_have_text("ยังไม่ได้ตั้งมาตราส่วนของหน้านี้")
    await page.locator("#known").fill("6")
    await page.keyboard.press("Enter")
    await expect(said).to_have_text("เส้นนี้ยาว 6.00 เมตร")  # of the line that is drawn: 30 percent of the page's width
    await page.get_by_role("button", name="ปลายเส้น").press("ArrowLeft")
    await expect(said).to_have_text("เส้นนี้ยาว 5.80 เมตร")
    await page.keyboard.press("Shift+ArrowLeft")
    await expect(said).to_have_text("เส้นนี้ยาว 5.78 เมตร")

    await page.get_by_role("button", name="หมุน 90°").press("Enter")
    for _ in range(2):
        await page.get_by_role("button", name="ขยาย").press("Enter")
    await expect(page.locator("[data-zoom]")).to_have_text("200%")
    await expect(stage.locator("img")).to_have_attribute("src", re.compile("large=true$"))
    turned = await stage.bounding_box()
    assert turned is not None
    assert round(turned["width"] / turned["height"], 2) == round(small["height"] / small["width"], 2)
    assert round(turned["width"] / small["width"], 1) == 2
    await page.get_by_role("button", name="ปลายเส้น").press("ArrowUp")  # in the page's own directions to the left
    await expect(said).to_have_text("เส้นนี้ยาว 5.58 เมตร")
    assert await complaints(page) == []

    await page.get_by_role("radio", name="เลื่อนดู").check()
    view = page.locator(".stage-view")
    before = await view.evaluate("view => [view.scrollLeft, view.scrollTop]")
    box = await view.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 200, box["y"] + 200)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 150, box["y"] + 120, steps=2)
    await page.mouse.up()
    assert await view.evaluate("view => [view.scrollLeft, view.scrollTop]") == [before[0] + 50, before[1] + 80]

    await page.get_by_role("radio", name="ทำเครื่องหมาย").check()
    await stage.evaluate("stage => stage.closest('.stage-view').scrollTo(0, 0)")
    at = await stage.bounding_box()
    assert at is not None
    await page.mouse.click(at["x"] + at["width"] * 0.1, at["y"] + at["height"] * 0.05)
    places = [float(await page.locator(f"#{name}-1").input_value()) for name in ("left", "top")]
    assert [round(one) for one in places] == [5, 90]
    await page.close()
