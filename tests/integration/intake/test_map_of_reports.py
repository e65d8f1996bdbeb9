"""What was reported where: on the map, in its cards, and the same in the list and the picture beside it."""

from contextlib import closing
from math import atan, degrees, log, pi, radians, sinh, tan
from math import cos as cosine

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor
from tests.support.map_pages import NO_WEBGL, SMALL, TEMPLE, filled, view_of
from tests.support.page_checks import accessibility

pytestmark = pytest.mark.browser
CORNER = {"latitude": 18.7365, "longitude": 98.9555}
BESIDE = {"latitude": 18.7385, "longitude": 98.9555}  # about 200 m north of it
ALONE = "category=obstruction&zone=ban-mai-samakkhi"  # what no other test reports
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
    filled(desk)
    _tap(desk, **TEMPLE)
    card = desk.locator(f".map-card[href='/track/{reports[3]}']")
    expect(card).to_contain_text("ต้นไม้หักหน้าวัด")
    expect(card).not_to_contain_text("0812345678")
    assert accessibility(desk) == []
    card.click()
    expect(desk).to_have_url(f"{desk.url.partition('/map')[0].partition('/track')[0]}/track/{reports[3]}")


def test_reports_that_would_cover_each_other_are_one_circle_that_opens(desk: Page, reports: list[str]) -> None:
    desk.goto(f"/map?{ALONE}")
    filled(desk)
    zoom, *_ = view_of(desk)
    for _ in range(3):  # a circle leads nearer, until its reports stand at one spot
        _tap(desk, **CORNER)
        desk.wait_for_timeout(1500)
        if desk.locator(".map-card").count():
            break
    assert view_of(desk)[0] >= zoom
    for reference in reports[:3]:
        expect(desk.locator(f".map-card[href='/track/{reference}']")).to_have_count(1)
    expect(desk.locator(".map-card")).to_have_count(3)


def test_the_nearest_come_first_and_say_how_far(phone: Page, reports: list[str]) -> None:
    phone.context.set_geolocation({"latitude": TEMPLE["latitude"], "longitude": TEMPLE["longitude"]})
    phone.goto("/map")
    filled(phone)
    phone.get_by_role("button", name="เรื่องใกล้ฉัน").click()
    first = phone.locator("[data-near-list] li").first
    expect(first).to_contain_text("ห่าง 0 ม.")
    expect(first.locator("a")).to_have_attribute("href", f"/track/{reports[3]}")
    expect(phone.locator("[data-map-status]")).to_contain_text("ใกล้ที่สุดห่าง 0 ม.")
    _, latitude, longitude = view_of(phone)
    assert (latitude, longitude) == pytest.approx(tuple(TEMPLE.values()), abs=1e-3)
    assert accessibility(phone) == []


def test_where_nothing_is_near_the_map_shows_as_much_as_holds_the_nearest(phone: Page, reports: list[str]) -> None:
    """Two and a half kilometres from the temple: at the zoom of a street the map would be empty."""
    phone.context.set_geolocation({"latitude": TEMPLE["latitude"], "longitude": TEMPLE["longitude"]})
    phone.goto(f"/map?{ALONE}")
    filled(phone)
    phone.get_by_role("button", name="เรื่องใกล้ฉัน").click()
    expect(phone.locator("[data-map-status]")).to_contain_text("กม.")
    zoom, *_ = view_of(phone)
    assert 11 < zoom < 13


def test_a_place_is_searched_for_as_in_the_form_and_the_list_begins_there(desk: Page, reports: list[str]) -> None:
    desk.goto("/map?category=fallen-tree&zone=ban-ubosot")
    filled(desk)
    desk.get_by_role("combobox", name="ค้นหาสถานที่").fill("วัดอุโบสถ")
    desk.get_by_role("option", name="วัดอุโบสถ").first.click()
    expect(desk.locator("[data-map-status]")).to_contain_text("ใกล้ที่สุดห่าง 0 ม.")
    expect(desk.locator("[data-near-list] li").first).to_contain_text("ห่าง 0 ม.")
    _, latitude, longitude = view_of(desk)
    assert (latitude, longitude) == pytest.approx(tuple(TEMPLE.values()), abs=1e-3)
    assert accessibility(desk) == []


SIGN = "(one) => getComputedStyle(one, '::before').clipPath"


def test_no_state_is_told_by_its_colour_alone(desk: Page, reports: list[str]) -> None:
    """Two greens are one to some readers, and all colours are on paper."""
    desk.goto("/map?category=fallen-tree&zone=ban-ubosot")
    signs = desk.locator(".map-legend i").evaluate_all(f"(all) => all.map({SIGN})")
    assert len(set(signs)) == len(signs) == 6
    assert "none" not in signs
    assert desk.locator(".report-card .pill.info").first.evaluate(SIGN) == signs[0]


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
        assert picture.locator(".sign").first.evaluate("(one) => getComputedStyle(one).clipPath") != "none"
        expect(page.locator(f".report-card[href='/track/{reports[3]}']")).to_contain_text("ต้นไม้หักหน้าวัด")
        assert page.request.get(str(picture.locator("image").get_attribute("href"))).ok


def _tap(page: Page, latitude: float, longitude: float) -> None:
    """Click where a place is drawn."""
    zoom, middle_latitude, middle_longitude = view_of(page)
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
