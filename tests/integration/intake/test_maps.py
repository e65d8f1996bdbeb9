"""Maps as people use them: finding a place, picking it with a finger, and reading what was reported where."""

from collections.abc import Iterator
from contextlib import closing
from math import atan, degrees, log, pi, radians, sinh, tan
from math import cos as cosine
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESK, MARKET, PATIENCE, PHONE, Visitor
from tests.support.page_checks import accessibility, too_wide

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
SMALL: dict[str, Any] = {**PHONE, "viewport": {"width": 360, "height": 740}, "service_workers": "block"}
WIDE: dict[str, Any] = {**DESK, "geolocation": MARKET, "permissions": ["geolocation"]}
TEMPLE = {"latitude": 18.750024, "longitude": 98.937651}  # วัดอุโบสถ, in the shipped map
CORNER = {"latitude": 18.7365, "longitude": 98.9555}
BESIDE = {"latitude": 18.7385, "longitude": 98.9555}  # about 200 m north of it
ALONE = "category=obstruction&zone=ban-mai-samakkhi"  # what no other test reports
NO_WEBGL = """HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
  apply: (get, canvas, asked) => (asked[0].startsWith("webgl") ? null : Reflect.apply(get, canvas, asked)),
});"""


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[Visitor]:
    with closing(Visitor(browser, origin, **SMALL)) as come:
        yield come
        assert come.complaints == []


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    return visitor.page


@pytest.fixture
def desk(browser: Browser, origin: str) -> Iterator[Page]:
    with closing(Visitor(browser, origin, **WIDE)) as come:
        yield come.page
        assert come.complaints == []


def _drawn(page: Page) -> None:
    page.locator("[data-map-box]").scroll_into_view_if_needed()
    expect(page.locator(".map-ready")).to_be_visible()


def _filled(page: Page) -> None:
    """Drawn, with the places that it shows."""
    _drawn(page)
    expect(page.locator("[data-map][data-places]")).to_be_visible()


def _view(page: Page) -> tuple[float, float, float]:
    """Zoom, latitude and longitude, once the map stands still."""
    box = page.locator("[data-map-box][data-view]")
    expect(box).to_be_visible()
    zoom, latitude, longitude = map(float, str(box.get_attribute("data-view")).split("/"))
    return zoom, latitude, longitude


def _fields(page: Page) -> tuple[str, str, str]:
    latitude, longitude, accuracy = (
        page.locator(f"[name={name}]").input_value() for name in ("latitude", "longitude", "accuracy_m")
    )
    return latitude, longitude, accuracy


def _search(page: Page, text: str) -> None:
    page.get_by_role("combobox", name="ค้นหาสถานที่").fill(text)
    expect(page.get_by_role("option").first).to_be_visible()


# --- picking a place


def test_my_location_is_said_in_words_and_shown_at_the_street(phone: Page) -> None:
    phone.goto("/report")
    _drawn(phone)
    phone.get_by_role("button", name="ใช้ตำแหน่งของฉัน").click()
    said = phone.locator("[data-map-status]")
    expect(said).to_contain_text("หมู่ 7 บ้านตำหนักใหม่ (±12 ม.)")
    zoom, latitude, longitude = _view(phone)
    assert zoom == pytest.approx(17, abs=0.1)
    assert (latitude, longitude) == pytest.approx((MARKET["latitude"], MARKET["longitude"]), abs=1e-4)
    phone.get_by_text("กรอกพิกัดเอง").click()
    phone.locator("#latitude").fill("18.75")
    assert _fields(phone)[2] == ""


def test_a_finger_over_a_map_scrolls_the_page(phone: Page) -> None:
    for path in ("/report", "/map"):
        phone.goto(path)
        _drawn(phone)
        box = phone.locator("[data-map-box]").bounding_box()
        assert box is not None
        before, view = phone.evaluate("scrollY"), _view(phone)
        _drag(phone, box["x"] + 60, box["y"] + 150, up=120)
        assert phone.evaluate("scrollY") > before + 50, path
        assert _view(phone) == view, path


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
    _drawn(phone)
    phone.locator("[data-map-frame]").click()
    dialog = phone.get_by_role("dialog", name="เลือกบนแผนที่")
    expect(dialog).to_be_visible()
    size = dialog.bounding_box()
    assert size is not None
    assert (size["width"], size["height"]) == (360, 740)
    _search(phone, "วัดอุโบสถ")
    assert accessibility(phone) == []
    phone.get_by_role("option").first.click()
    _view(phone)
    expect(phone.locator("[data-map-here]")).to_contain_text("หมู่ 2 บ้านอุโบสถ")
    assert accessibility(phone) == []
    phone.get_by_role("button", name="ยืนยันตำแหน่งนี้").click()
    expect(dialog).to_be_hidden()
    latitude, longitude, accuracy = _fields(phone)
    assert (float(latitude), float(longitude)) == pytest.approx(tuple(TEMPLE.values()), abs=1e-4)
    assert accuracy == ""
    expect(phone.locator("[data-map-status]")).to_contain_text("ปักหมุดแล้ว · หมู่ 2")
    expect(phone.get_by_role("button", name="เลือกบนแผนที่")).to_be_focused()
    assert too_wide(phone) == []


def test_closing_the_picker_changes_nothing(phone: Page) -> None:
    phone.goto("/report")
    phone.get_by_role("button", name="เลือกบนแผนที่").click()
    _search(phone, "วัดอุโบสถ")
    phone.get_by_role("option").first.click()
    phone.get_by_role("button", name="ปิด", exact=True).click()
    expect(phone.get_by_role("dialog")).to_be_hidden()
    assert _fields(phone) == ("", "", "")
    expect(phone.get_by_role("button", name="เลือกบนแผนที่")).to_be_focused()


@pytest.mark.parametrize("pasted", ["18.750024, 98.937651", "https://maps.google.com/?q=18.750024,98.937651"])
def test_pasted_degrees_set_the_pin(phone: Page, pasted: str) -> None:
    phone.goto("/report")
    _search(phone, pasted)
    phone.keyboard.press("Enter")
    assert _fields(phone) == ("18.750024", "98.937651", "")


def test_a_short_link_is_told_what_to_do(phone: Page) -> None:
    phone.goto("/report")
    phone.get_by_role("combobox").fill("https://maps.app.goo.gl/abcdef")
    expect(phone.locator("[data-map-search-said]")).to_contain_text("คัดลอกพิกัดมาวาง")


def test_the_search_is_worked_by_keys_alone(desk: Page) -> None:
    desk.goto("/report")
    _search(desk, "วัด")
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
    _search(desk, "วัด")
    desk.keyboard.type("อ")
    desk.keyboard.press("Escape")
    desk.wait_for_timeout(1_000)  # the answer to the last letter
    expect(desk.get_by_role("listbox")).to_be_hidden()
    expect(desk.get_by_role("combobox", name="ค้นหาสถานที่")).to_have_value("วัดอ")
    expect(desk.get_by_role("dialog", name="เลือกบนแผนที่")).to_be_visible()


def test_a_village_is_where_to_look_and_no_place_of_its_own(desk: Page) -> None:
    desk.goto("/report")
    _drawn(desk)
    _search(desk, "ม.10")
    desk.get_by_role("option").first.click()
    _view(desk)
    assert _fields(desk) == ("", "", "")
    expect(desk.get_by_role("dialog", name="เลือกบนแผนที่")).to_be_visible()  # where the pin is missing
    expect(desk.locator("[data-map-here]")).to_contain_text("หมู่ 10")
    desk.get_by_role("button", name="ยืนยันตำแหน่งนี้").click()
    expect(desk.locator("[data-map-status]")).to_contain_text("ปักหมุดแล้ว · หมู่ 10")
    assert "" not in _fields(desk)[:2]


def test_keys_alone_set_the_pin_on_the_map(desk: Page) -> None:
    desk.goto("/report")
    _drawn(desk)
    _, latitude, longitude = _view(desk)
    desk.locator("canvas").focus()
    desk.keyboard.press("Enter")
    assert _fields(desk)[:2] == (f"{latitude:.6f}", f"{longitude:.6f}")


def test_without_webgl_a_place_is_still_found(browser: Browser, origin: str) -> None:
    with closing(Visitor(browser, origin, **SMALL)) as come:
        page = come.page
        page.add_init_script(NO_WEBGL)
        page.goto("/report")
        page.locator("[data-map-box]").scroll_into_view_if_needed()
        expect(page.locator("[data-map-fallback]")).to_contain_text("แสดงแผนที่ไม่ได้")
        _search(page, "วัดอุโบสถ")
        page.get_by_role("option").first.click()
        assert _fields(page) == ("18.750024", "98.937651", "")
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


# --- what was reported where


SENT = [
    ("obstruction", CORNER, "รถจอดขวางทางเท้า"), ("obstruction", CORNER, "แผงลอยขวางทาง"),
    ("obstruction", CORNER, "กองทรายบนถนน"),
    ("fallen-tree", TEMPLE, "ต้นไม้หักหน้าวัด โทร 0812345678"), ("obstruction", BESIDE, "ป้ายขวางทาง"),
]  # fmt: skip


@pytest.fixture(scope="module")
def reports(origin: str) -> list[str]:
    """Three at one spot, one beside it, one at the temple; their references."""
    made = []
    for category, at, text in SENT:
        body = {"category": category, "text": text, "location": at}
        made.append(httpx.post(f"{origin}/api/v1/reports", json=body).raise_for_status().json()["reference"])
    return made


def test_a_dot_opens_what_was_said_there(desk: Page, reports: list[str]) -> None:
    desk.goto("/map?category=fallen-tree&zone=ban-ubosot")
    _filled(desk)
    _tap(desk, **TEMPLE)
    card = desk.locator(f".map-card[href='/track/{reports[3]}']")
    expect(card).to_contain_text("ต้นไม้หักหน้าวัด")
    expect(card).not_to_contain_text("0812345678")
    assert accessibility(desk) == []
    card.click()
    expect(desk).to_have_url(f"{desk.url.partition('/map')[0].partition('/track')[0]}/track/{reports[3]}")


def test_reports_that_would_cover_each_other_are_one_circle_that_opens(desk: Page, reports: list[str]) -> None:
    desk.goto(f"/map?{ALONE}")
    _filled(desk)
    zoom, *_ = _view(desk)
    for _ in range(3):  # a circle leads nearer, until its reports stand at one spot
        _tap(desk, **CORNER)
        desk.wait_for_timeout(1500)
        if desk.locator(".map-card").count():
            break
    assert _view(desk)[0] >= zoom
    for reference in reports[:3]:
        expect(desk.locator(f".map-card[href='/track/{reference}']")).to_have_count(1)
    expect(desk.locator(".map-card")).to_have_count(3)


def test_the_nearest_come_first_and_say_how_far(phone: Page, reports: list[str]) -> None:
    phone.context.set_geolocation({"latitude": TEMPLE["latitude"], "longitude": TEMPLE["longitude"]})
    phone.goto("/map")
    _filled(phone)
    phone.get_by_role("button", name="เรื่องใกล้ฉัน").click()
    first = phone.locator("[data-near-list] li").first
    expect(first).to_contain_text("ห่าง 0 ม.")
    expect(first.locator("a")).to_have_attribute("href", f"/track/{reports[3]}")
    _, latitude, longitude = _view(phone)
    assert (latitude, longitude) == pytest.approx(tuple(TEMPLE.values()), abs=1e-3)
    assert accessibility(phone) == []


@pytest.mark.parametrize("without", ["scripts", "WebGL"])
def test_without_a_map_the_picture_and_the_list_say_the_same(
    browser: Browser, origin: str, reports: list[str], without: str
) -> None:
    with closing(Visitor(browser, origin, **SMALL, java_script_enabled=without != "scripts")) as come:
        page = come.page
        if without == "WebGL":
            page.add_init_script(NO_WEBGL)
        page.goto("/map?category=fallen-tree&zone=ban-ubosot")
        picture = page.locator(".map-picture")
        expect(picture).to_be_visible()
        expect(picture.locator("circle").first).to_be_visible()
        expect(page.locator(f".report-card[href='/track/{reports[3]}']")).to_contain_text("ต้นไม้หักหน้าวัด")
        assert page.request.get(str(picture.locator("image").get_attribute("href"))).ok


def _tap(page: Page, latitude: float, longitude: float) -> None:
    """Click where a place is drawn."""
    zoom, middle_latitude, middle_longitude = _view(page)
    size = 512 * 2**zoom
    box = page.locator("[data-map-box]").bounding_box()
    assert box is not None
    x = (longitude - middle_longitude) / 360 * size + box["width"] / 2
    y = (_down(latitude) - _down(middle_latitude)) * size + box["height"] / 2
    page.mouse.click(box["x"] + x, box["y"] + y)


def _down(latitude: float) -> float:
    """How far down a place is on a world of height 1."""
    angle = radians(latitude)
    return (1 - log(tan(angle) + 1 / cosine(angle)) / pi) / 2


def test_the_tap_of_these_tests_knows_the_projection() -> None:
    assert degrees(atan(sinh(pi * (1 - 2 * _down(18.75))))) == pytest.approx(18.75)
