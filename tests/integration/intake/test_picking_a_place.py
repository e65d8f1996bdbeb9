"""The place of a report, as people find it: by the device, a name, pasted degrees, keys, or with a finger."""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import MARKET, Visitor
from tests.support.map_pages import NO_WEBGL, SMALL, TEMPLE, drawn, fields, search, view_of
from tests.support.page_checks import accessibility, too_wide

pytestmark = pytest.mark.browser


def test_my_location_is_said_in_words_and_shown_at_the_street(phone: Page) -> None:
    phone.goto("/report")
    drawn(phone)
    phone.get_by_role("button", name="ใช้ตำแหน่งของฉัน").click()
    said = phone.locator("[data-map-status]")
    expect(said).to_contain_text("หมู่ 7 บ้านตำหนักใหม่ (±12 ม.)")
    zoom, latitude, longitude = view_of(phone)
    assert zoom == pytest.approx(17, abs=0.1)
    assert (latitude, longitude) == pytest.approx((MARKET["latitude"], MARKET["longitude"]), abs=1e-4)
    phone.get_by_text("กรอกพิกัดเอง").click()
    phone.locator("#latitude").fill("18.75")
    assert fields(phone)[2] == ""


def test_a_finger_over_a_map_scrolls_the_page(phone: Page) -> None:
    for path in ("/report", "/map"):
        phone.goto(path)
        drawn(phone)
        box = phone.locator("[data-map-box]").bounding_box()
        assert box is not None
        before, view = phone.evaluate("scrollY"), view_of(phone)
        _drag(phone, box["x"] + 60, box["y"] + 150, up=120)
        assert phone.evaluate("scrollY") > before + 50, path
        assert view_of(phone) == view, path


def _drag(page: Page, x: float, y: float, up: int) -> None:
    """One finger, as a phone reports it."""
    tell = page.context.new_cdp_session(page).send
    for step in range(0, up, 10):
        kind = "touchMove" if step else "touchStart"
        tell("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y - step}]})
    tell("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)


def test_a_phone_picks_over_the_whole_screen_under_a_fixed_pin(phone: Page) -> None:
    phone.goto("/report")
    drawn(phone)
    phone.locator("[data-map-frame]").click()
    dialog = phone.get_by_role("dialog", name="เลือกบนแผนที่")
    expect(dialog).to_be_visible()
    size = dialog.bounding_box()
    assert size is not None
    assert (size["width"], size["height"]) == (360, 740)
    search(phone, "วัดอุโบสถ")
    assert accessibility(phone) == []
    phone.get_by_role("option").first.click()
    view_of(phone)
    expect(phone.locator("[data-map-here]")).to_contain_text("หมู่ 2 บ้านอุโบสถ")
    assert accessibility(phone) == []
    phone.get_by_role("button", name="ยืนยันตำแหน่งนี้").click()
    expect(dialog).to_be_hidden()
    latitude, longitude, accuracy = fields(phone)
    assert (float(latitude), float(longitude)) == pytest.approx(tuple(TEMPLE.values()), abs=1e-4)
    assert accuracy == ""
    expect(phone.locator("[data-map-status]")).to_contain_text("ปักหมุดแล้ว · หมู่ 2")
    expect(phone.get_by_role("button", name="เลือกบนแผนที่")).to_be_focused()
    assert too_wide(phone) == []


def test_closing_the_picker_changes_nothing(phone: Page) -> None:
    phone.goto("/report")
    phone.get_by_role("button", name="เลือกบนแผนที่").click()
    expect(phone.get_by_role("dialog")).to_be_visible()
    search(phone, "วัดอุโบสถ")
    phone.get_by_role("option").first.click()
    phone.get_by_role("button", name="ปิด", exact=True).click()
    expect(phone.get_by_role("dialog")).to_be_hidden()
    assert fields(phone) == ("", "", "")
    expect(phone.get_by_role("button", name="เลือกบนแผนที่")).to_be_focused()


@pytest.mark.parametrize("pasted", ["18.750024, 98.937651", "https://maps.google.com/?q=18.750024,98.937651"])
def test_pasted_degrees_set_the_pin(phone: Page, pasted: str) -> None:
    phone.goto("/report")
    search(phone, pasted)
    phone.keyboard.press("Enter")
    assert fields(phone) == ("18.750024", "98.937651", "")


def test_a_short_link_is_told_what_to_do(phone: Page) -> None:
    phone.goto("/report")
    phone.get_by_role("combobox").fill("https://maps.app.goo.gl/abcdef")
    expect(phone.locator("[data-map-search-said]")).to_contain_text("คัดลอกพิกัดมาวาง")


def test_the_search_is_worked_by_keys_alone(desk: Page) -> None:
    desk.goto("/report")
    search(desk, "วัด")
    field = desk.get_by_role("combobox", name="ค้นหาสถานที่")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        desk.keyboard.press(key)
    first = desk.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    name = first.locator("span").text_content()
    desk.keyboard.press("Enter")
    expect(field).to_have_value(str(name))
    expect(desk.get_by_role("listbox")).to_be_hidden()
    assert desk.url.endswith("/report")  # Enter did not send the form


def test_escape_closes_the_list_alone_and_no_late_answer_opens_it_again(desk: Page) -> None:
    desk.goto("/report")
    desk.get_by_role("button", name="เลือกบนแผนที่").click()
    expect(desk.get_by_role("dialog")).to_be_visible()
    search(desk, "วัด")
    desk.keyboard.type("อ")
    desk.keyboard.press("Escape")
    desk.wait_for_timeout(1_000)  # the answer to the last letter
    expect(desk.get_by_role("listbox")).to_be_hidden()
    expect(desk.get_by_role("combobox", name="ค้นหาสถานที่")).to_have_value("วัดอ")
    expect(desk.get_by_role("dialog", name="เลือกบนแผนที่")).to_be_visible()


def test_a_village_is_where_to_look_and_no_place_of_its_own(desk: Page) -> None:
    desk.goto("/report")
    drawn(desk)
    search(desk, "ม.10")
    desk.get_by_role("option").first.click()
    view_of(desk)
    assert fields(desk) == ("", "", "")
    expect(desk.get_by_role("dialog", name="เลือกบนแผนที่")).to_be_visible()  # where the pin is missing
    expect(desk.locator("[data-map-here]")).to_contain_text("หมู่ 10")
    desk.get_by_role("button", name="ยืนยันตำแหน่งนี้").click()
    expect(desk.locator("[data-map-status]")).to_contain_text("ปักหมุดแล้ว · หมู่ 10")
    assert "" not in fields(desk)[:2]


def test_keys_alone_set_the_pin_on_the_map(desk: Page) -> None:
    desk.goto("/report")
    drawn(desk)
    _, latitude, longitude = view_of(desk)
    desk.locator("canvas").focus()
    desk.keyboard.press("Enter")
    assert fields(desk)[:2] == (f"{latitude:.6f}", f"{longitude:.6f}")


def test_without_webgl_a_place_is_still_found(browser: Browser, origin: str) -> None:
    with closing(Visitor(browser, origin, **SMALL)) as come:
        page = come.page
        page.add_init_script(NO_WEBGL)
        page.goto("/report")
        page.locator("[data-map-box]").scroll_into_view_if_needed()
        expect(page.locator("[data-map-fallback]")).to_contain_text("แสดงแผนที่ไม่ได้")
        search(page, "วัดอุโบสถ")
        page.get_by_role("option").first.click()
        assert fields(page) == ("18.750024", "98.937651", "")
        page.get_by_role("button", name="เลือกบนแผนที่").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("[data-map-status]")).to_contain_text("แสดงแผนที่ไม่ได้")


def test_a_map_that_did_not_come_is_fetched_when_it_is_asked_for_again(browser: Browser, origin: str) -> None:
    with closing(Visitor(browser, origin, **SMALL)) as come:
        page = come.page
        page.route("**/town.geojson*", lambda route: route.fulfill(status=503))
        page.goto("/report")
        button = page.get_by_role("button", name="เลือกบนแผนที่")
        button.click()
        expect(page.locator("[data-map-status]")).to_contain_text("แสดงแผนที่ไม่ได้")
        page.unroute("**/town.geojson*")
        button.click()
        expect(page.get_by_role("dialog", name="เลือกบนแผนที่")).to_be_visible()
        expect(page.locator(".map-ready")).to_be_visible()
