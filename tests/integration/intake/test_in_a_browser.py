"""What only a real browser shows: where the focus goes, where lines break, what is fetched, what is left on paper."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import DESK, PHONE, Visitor
from tests.support.intake import REPORT
from tests.support.report_form import choose
from tests.support.uploads import chosen_file, photo

pytestmark = pytest.mark.browser
LOOKS_EVERY_MS = 10_000  # track.mjs
LINES_OF = """(box, word) => {
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const at = texts.currentNode.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(texts.currentNode, at);
    range.setEnd(texts.currentNode, at + word.length);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  }
  return 0;
}"""


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    """A phone in Mae Hia, without a service worker, so that requests can be answered by a test."""
    with closing(Visitor(browser, origin, maps=False, **PHONE, service_workers="block")) as come:
        yield come.page


@pytest.fixture
def mine(origin: str) -> str:
    """The path of a report's page for who sent it."""
    made = httpx.post(f"{origin}/api/v1/reports", json=REPORT).raise_for_status().json()
    return f"/track/{made['reference']}?secret={made['secret']}"


def test_an_empty_report_is_told_what_to_do(page: Page) -> None:
    page.goto("/report")
    expect(page.locator("#consent")).not_to_be_checked()
    page.locator("#consent").check()
    page.locator(".send button").click()
    expect(page.locator("#email-error")).to_contain_text("กรุณากรอกอีเมลที่จะให้แจ้งความคืบหน้า")
    expect(page.locator("#consent")).to_be_checked()
    page.locator("#email").fill("som@example.com")
    page.locator("#consent").uncheck()
    expect(page.locator("#not-told")).to_be_visible()
    page.locator("#consent").check()
    expect(page.locator("#not-told")).to_be_hidden()
    expect(page.locator("#text-error")).to_have_text("กรุณาเล่าสั้น ๆ ว่าเกิดอะไรขึ้น")
    expect(page.locator("#text")).to_have_attribute("aria-describedby", "text-help text-error")


def test_several_wrong_fields_are_told_in_the_order_of_the_page(page: Page) -> None:
    errors = [{"field": "reporter.phone", "code": "string_pattern_mismatch", "message": "รูปแบบไม่ถูกต้อง"},
              {"field": "reporter.email", "code": "not_an_email", "message": "รูปแบบไม่ถูกต้อง"},
              {"field": "location.address", "code": "string_too_long", "message": "ยาวเกินไป"}]  # fmt: skip

    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"code": "invalid", "detail": "ข้อมูลไม่ถูกต้อง", "errors": errors})

    page.route("**/api/v1/reports", refuse)
    page.goto("/report")
    page.locator("#text").fill("ไฟถนนดับ")
    page.locator("label.choice", has=page.locator("input[value='street-light']")).click()
    page.locator("#address").fill("ซอยวัด")
    page.locator(".send button").click()
    expect(page.locator("#email-error")).to_have_text("อีเมลไม่ถูกต้อง เช่น name@example.com")
    expect(page.locator("#phone")).to_have_attribute("aria-describedby", "phone-help phone-error")
    expect(page.locator(".error-summary a")).to_have_text(
        ["ยาวเกินไป", "อีเมลไม่ถูกต้อง เช่น name@example.com", "รูปแบบไม่ถูกต้อง"]
    )
    expect(page.locator(".error-summary")).to_be_focused()


def test_photos_beyond_the_limit_are_said_to_be_left_out(page: Page) -> None:
    page.goto("/report")
    page.locator("#photos").set_input_files([chosen_file(f"{number}.jpg", photo(64)) for number in range(4)])
    expect(page.locator("#chosen li")).to_have_count(4)
    page.locator("#photos").set_input_files([chosen_file(f"{number}.jpg", photo(64)) for number in range(4, 7)])
    expect(page.locator("#chosen li")).to_have_count(5)
    expect(page.locator("#pictures .field-error")).to_contain_text("ไม่เกิน 5 รูป")


def test_a_report_changed_after_it_came_through_can_be_sent_as_another(page: Page) -> None:
    keys: list[str] = []

    def refuse_once(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        return route.fulfill(status=422, json={"code": "idempotency-key-reused", "detail": "…"})

    page.route("**/api/v1/reports", refuse_once)
    page.goto("/report")
    page.locator("#text").fill("ไฟถนนดับทั้งซอย")
    page.locator("label.choice", has=page.locator("input[value='street-light']")).click()
    page.locator("#address").fill("ซอยวัด")
    page.locator(".send button").click()
    expect(page.locator("#text-error")).to_contain_text("กดส่งเรื่องอีกครั้ง")
    page.locator(".send button").click()
    expect(page.locator(".big-reference")).to_be_visible()
    assert len(set(keys)) == 2


def test_following_without_a_contact_leaves_the_reader_at_the_form(page: Page, mine: str) -> None:
    page.goto(mine.partition("?")[0])
    page.locator("#follow button").click()
    expect(page.locator("#follow [data-error-summary]")).to_be_focused()
    expect(page.locator("#follow #email")).to_be_in_viewport()


def test_what_cannot_be_done_on_paper_is_not_printed(page: Page, mine: str) -> None:
    page.goto(mine)
    page.emulate_media(media="print")
    for part in (".acts", "textarea", ".button"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator("#timeline .what").first).to_be_visible()
    assert page.locator("#timeline .dot").first.evaluate("(one) => getComputedStyle(one).printColorAdjust") == "exact"


def test_news_comes_by_itself_and_leaves_what_is_being_typed(page: Page, mine: str, origin: str) -> None:
    page.clock.install()
    page.goto(mine)
    page.locator("#text").fill("ยังพิมพ์อยู่")
    comment = mine.replace("/track/", "/api/v1/reports/").replace("?", "/comments?")
    httpx.post(origin + comment, json={"text": "น้ำเข้าบ้าน"}).raise_for_status()
    page.clock.fast_forward(LOOKS_EVERY_MS)
    expect(page.locator("#timeline")).to_contain_text("น้ำเข้าบ้าน")
    expect(page.locator("#text")).to_have_value("ยังพิมพ์อยู่")
    page.locator("#text").fill("")
    page.locator("#text").blur()
    httpx.post(origin + comment.replace("/comments", "/withdraw"), json={}).raise_for_status()
    page.clock.fast_forward(LOOKS_EVERY_MS)
    expect(page.locator("#acts textarea")).to_have_count(0)


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


def test_a_title_breaks_between_its_words_only(page: Page, origin: str) -> None:
    asked = {"category": "other", "kind": "question", "text": "เปิดวันเสาร์หรือไม่"}
    made = httpx.post(f"{origin}/api/v1/reports", json=asked).raise_for_status().json()
    page.goto(f"/track/{made['reference']}")
    for width in range(240, 400, 10):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.locator("h1").evaluate(LINES_OF, "ข้อเสนอแนะ") == 1, width


@pytest.mark.parametrize("scripts", [True, False])
def test_an_address_is_asked_for_before_degrees_by_keys_too(browser: Browser, origin: str, scripts: bool) -> None:
    with closing(Visitor(browser, origin, **DESK, java_script_enabled=scripts)) as come:
        page = come.page
        page.goto("/report")
        page.locator("#address").focus()
        page.keyboard.press("Tab")
        expect(page.locator("details.coordinates summary")).to_be_focused()
        address, degrees = (page.locator(one).bounding_box() for one in ("#address", "details.coordinates"))
        assert address is not None
        assert degrees is not None
        assert address["y"] < degrees["y"]


@pytest.mark.parametrize("language", ["th", "en"])
def test_letters_of_twice_the_size_cover_nothing(page: Page, language: str) -> None:
    page.goto(f"/report?lang={language}")
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    beyond = "() => [...document.querySelectorAll('.choice-face')].filter((one) => one.scrollWidth > one.clientWidth)"
    assert page.evaluate(f"{beyond}.map((one) => one.textContent.trim())") == []


def test_words_of_danger_show_whom_to_call_at_once(page: Page) -> None:
    page.goto("/report")
    page.locator("#text").fill("ท่อน้ำรั่ว")
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(page.locator("#danger")).to_be_hidden()
    page.locator("#text").fill("แก๊สรั่ว ในซอย กลิ่นแรงมาก")
    expect(page.locator("#danger a[href='tel:199']")).to_be_visible()
    expect(page.locator("#danger a[href='tel:1669']")).to_be_visible()


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("width", [320, 1000])
def test_with_letters_of_twice_the_size_every_link_of_the_header_is_on_the_screen(
    page: Page, mine: str, language: str, width: int
) -> None:
    """With a report in the list below: its card is as wide as the screen too."""
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"/?lang={language}")
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    beyond = """() => [...document.querySelectorAll('.top :is(a, summary)')].filter((one) => one.checkVisibility())
      .filter((one) => { const at = one.getBoundingClientRect(); return at.left < 0 || at.right > innerWidth; })
      .map((one) => one.textContent.trim())"""
    assert page.evaluate(beyond) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_whoever_chooses_a_suggestion_by_the_keys_stays_there(page: Page) -> None:
    page.goto("/report")
    page.locator("#text").fill("ท่อน้ำรั่วหน้าบ้าน")
    suggested = page.locator(".suggestion[data-code='water-leak']")
    suggested.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion[data-code='water-leak'][aria-pressed='true']")).to_be_focused()


def test_degrees_are_asked_for_only_when_the_map_has_failed(browser: Browser, origin: str) -> None:
    with closing(Visitor(browser, origin, **PHONE, service_workers="block")) as come:
        asks_for_degrees_late(come.page)


def asks_for_degrees_late(page: Page) -> None:
    page.route("**/maplibre-gl/**", lambda route: route.abort())
    page.goto("/report")
    fields = page.locator("[data-map-fields]")
    expect(page.locator("[data-map-search]")).to_be_visible()  # the picker is there, the map is not asked for yet
    expect(fields).not_to_have_attribute("open", "")
    page.locator("[data-map-box]").scroll_into_view_if_needed()
    expect(fields).to_have_attribute("open", "")
