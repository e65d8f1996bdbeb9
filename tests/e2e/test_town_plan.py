"""The town plan in a browser: tried on a phone, drawn, measured, shared; and the drawing in an application's form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, Visitor
from tests.support.map_pages import NO_WEBGL
from tests.support.page_checks import accessibility, too_wide

pytestmark = pytest.mark.browser
SMALL: dict[str, Any] = {**PHONE, "viewport": {"width": 360, "height": 740}, "service_workers": "block"}
DEED = "40178"
TRIED = f"/plan?deed={DEED}&use=house&storeys=2&date=2026-12-21&time=09:00"


def drawn(page: Page) -> None:
    """The map stands, with its layers."""
    page.locator("[data-map-box]").first.scroll_into_view_if_needed()
    expect(page.locator("[data-map-box][data-plan]")).to_be_visible()


def tap(page: Page, across: float, down: float, times: int = 1) -> None:
    """So many pixels from the map's middle."""
    canvas = page.locator("[data-plan] canvas.maplibregl-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + across, box["y"] + box["height"] / 2 + down, click_count=times)
    page.wait_for_timeout(400)  # two taps within a third of a second are a double tap


def test_a_resident_tries_a_house_on_a_small_phone(visitor: Callable[..., Visitor]) -> None:
    somebody = visitor(**SMALL)
    page = somebody.page
    page.goto(f"{TRIED}&lang=th")
    drawn(page)
    assert page.locator("canvas").first.evaluate("map => map.getBoundingClientRect().top + scrollY") < 500  # in sight
    expect(page.locator("#result-1 .badge").first).to_contain_text("ผ่านทุกเกณฑ์")
    page.get_by_label("จำนวนชั้น").fill("12")
    page.get_by_label("จำนวนชั้น").press("Enter")  # the answer comes into the page, and its address is the proposal
    expect(page.locator("#result-1 .badge").first).to_contain_text("ไม่ผ่าน")
    expect(page).to_have_url(re.compile(r"storeys=12"))
    page.locator("[data-plan-layers] summary").click()
    page.get_by_role("button", name="เอียง").click()
    expect(page).to_have_url(re.compile(r"/0$"))
    assert accessibility(page) == []
    assert not too_wide(page)
    assert somebody.complaints == []


def test_a_footprint_is_drawn_and_measured_and_the_link_shows_it_without_a_map_too(
    visitor: Callable[..., Visitor],
) -> None:
    somebody = visitor(**DESK)
    page = somebody.page
    page.goto(f"/plan?deed={DEED}&storeys=1&lang=en#view=19.5/18.745314/98.957146/0/0")
    drawn(page)
    page.get_by_role("button", name="Draw the footprint").click()
    for across, down in ((-40, -50), (40, -50), (40, 50)):
        tap(page, across, down)
    tap(page, -40, 50, times=2)
    expect(page.locator("[data-plan-said]")).to_contain_text("4 corners")
    expect(page.locator("[data-plan] [data-map-box]")).to_have_attribute("data-view", re.compile(r"^19\.50/"))
    expect(page.locator("#result-1")).to_contain_text("Distance from each side")
    expect(page.locator("#result-1")).not_to_contain_text("Nothing is drawn yet")
    page.get_by_role("button", name="Measure a distance").click()
    tap(page, -60, 0)
    tap(page, 60, 0)
    expect(page.locator("[data-plan-said]")).to_have_text(re.compile(r"1\d\.\d m in all"))
    page.get_by_role("button", name="Measure heights").click()
    tap(page, 0, 0)
    expect(page.locator("[data-plan-said]")).to_have_text("3.2 m high")
    shared = page.url
    area = page.locator("#result-1 dd", has_text="m²").nth(1).inner_text()

    other = visitor(**DESK).page  # on a machine that draws no map
    other.context.add_init_script(NO_WEBGL)
    other.goto(shared.replace("#", f"&lang=en&with=deed%3D{DEED}%26storeys%3D9%26use%3Dfactory#"))
    expect(other.locator("#result-1 dd", has_text="m²").nth(1)).to_have_text(area)
    expect(other.locator("#result-2 .badge").first).to_contain_text("not met")
    other.get_by_label("Storeys", exact=True).fill("3")
    other.get_by_role("button", name="Check").click()
    expect(other.locator("#result-1")).to_contain_text("9.6 m")
    assert accessibility(other) == []
    assert somebody.complaints == []


def test_an_applicant_draws_the_house_with_the_keyboard_on_the_plot_of_the_deed(
    visitor: Callable[..., Visitor],
) -> None:
    somebody = visitor(**DESK)
    page = somebody.page
    page.goto("/permits/new/house-new")
    page.locator("[name=f_deed_number]").fill(DEED)
    page.locator("[name=f_deed_number]").press("Tab")
    expect(page.locator("[name=latitude]")).to_have_value(re.compile(r"18\.7453"))
    page.get_by_role("button", name="วาดผังอาคารบนแผนที่").press("Enter")
    expect(page.locator("[data-map-box][data-footprint]")).to_be_visible()
    canvas = page.locator("[data-footprint] canvas.maplibregl-canvas")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        canvas.press("Enter")
        canvas.press(key)
        page.wait_for_timeout(700)  # the map glides
    canvas.press("Enter")
    expect(page.locator("[data-footprint-said]")).to_contain_text("4 มุม")
    assert len(page.locator("#footprint").input_value().splitlines()) == 4
    page.get_by_role("button", name="ลบมุมสุดท้าย").click()
    assert len(page.locator("#footprint").input_value().splitlines()) == 3
    assert accessibility(page) == []
    assert somebody.complaints == []
