"""The report form in a real browser whose network comes and goes; and for people who use no mouse."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from pymongo import MongoClient
from pymongo.collection import Collection

from tests.support.browser import PHONE, Visitor
from tests.support.report_form import write
from tests.support.stack import Stack
from tests.support.uploads import chosen_file, photo

pytestmark = pytest.mark.browser
NO_TEXT = "กรุณาเล่าสั้น ๆ ว่าเกิดอะไรขึ้น"
NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")


@pytest.fixture
def photos(shared_stack: Stack) -> Iterator[Collection[dict[str, Any]]]:
    """What the town keeps of photos."""
    with MongoClient[dict[str, Any]](shared_stack.mongo) as client:
        yield client["onestop_intake"]["photos"]


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone in Mae Hia."""
    with closing(Visitor(browser, origin, maps=False, **PHONE)) as come:
        yield come


def test_photos_that_the_town_has_forgotten_meanwhile_go_again(
    without_worker: Visitor, origin: str, photos: Collection[dict[str, Any]]
) -> None:
    page = without_worker.page
    page.route("**/api/v1/reports", lambda route: route.abort())
    page.goto("/report")
    write(page, "ป้ายจราจรล้ม")
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .ready")).to_be_visible()  # it went up while the person still wrote
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text("บันทึกไว้ในเครื่องแล้ว")
    photos.delete_many({"expires_at": {"$exists": True}})
    page.unroute("**/api/v1/reports")
    page.reload()
    expect(page.locator("#queue")).to_contain_text("ส่งเรื่องที่ค้างไว้แล้ว")
    report = httpx.get(f"{origin}/api/v1/reports/{page.locator('#queue p').inner_text()}").json()
    assert httpx.get(f"{origin}{report['photos'][0]['url']}").status_code == 200
    assert drafts(page) == 0


def test_the_form_and_the_queue_do_not_send_side_by_side(without_worker: Visitor) -> None:
    page = without_worker.page
    held: list[Route] = []
    posted: list[Request] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.on("request", lambda one: posted.append(one) if one.url.endswith("/api/v1/reports") else None)
    page.goto("/report")
    write(page, "ไฟกะพริบหน้าโรงเรียน")
    page.route("**/api/v1/photos", lambda route: route.abort())
    page.locator("#photos").set_input_files(chosen_file("a.jpg", photo()))
    expect(page.locator("#chosen .later")).to_be_visible()
    page.unroute("**/api/v1/photos")
    page.route("**/api/v1/photos", hold)
    with page.expect_request("**/api/v1/photos"):
        page.locator(".send button").click()
    page.evaluate("() => dispatchEvent(new Event('online'))")  # the queue finds the draft that the form is sending
    page.wait_for_timeout(1000)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".big-reference")).to_be_visible()
    assert len(posted) == 1
    assert drafts(page) == 0


def drafts(page: Page) -> int:
    """How many reports wait on this phone."""
    waiting: int = page.evaluate("""() => new Promise((done) => {
      indexedDB.open("onestop").onsuccess = ({ target: { result } }) => {
        result.transaction("reports").objectStore("reports").count().onsuccess = (e) => done(e.target.result);
      };
    })""")
    return waiting


def keep_the_page(page: Page) -> None:
    """Open the form once with a network, so that the phone has it."""
    page.goto("/report")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_a_report_written_without_a_network_is_sent_when_there_is_one(visitor: Visitor, origin: str) -> None:
    page = visitor.page
    keep_the_page(page)
    visitor.context.set_offline(True)
    page.goto("/report")
    write(page, "ถนนเป็นหลุมใหญ่หน้าโรงเรียน")
    page.locator("#photos").set_input_files({"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text("บันทึกไว้ในเครื่องแล้ว")
    page.reload()
    expect(page.locator("#queue")).to_contain_text("บันทึกไว้ในเครื่องแล้ว")
    visitor.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("ส่งเรื่องที่ค้างไว้แล้ว")
    reference = page.locator("#queue p").inner_text()
    report = httpx.get(f"{origin}/api/v1/reports/{reference}").json()
    assert (report["category"], len(report["photos"])) == ("road-damage", 1)
    page.goto("/track")
    expect(page.locator("#mine")).to_contain_text(reference)
    assert [one for one in visitor.complaints if not any(known in one for known in NO_NETWORK)] == []


@pytest.fixture
def without_worker(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone without a service worker, whose requests could not be lost on purpose."""
    with closing(Visitor(browser, origin, maps=False, **PHONE, service_workers="block")) as come:
        yield come


def test_an_answer_that_is_lost_does_not_make_two_reports(without_worker: Visitor) -> None:
    page = without_worker.page
    lost = []

    def lose_the_first(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]  # the town has it; the phone does not hear so
        lost.append(answer.json()["reference"])
        route.abort() if len(lost) == 1 else route.fulfill(response=answer)  # type: ignore[attr-defined]

    page.goto("/report")
    write(page, "ทางเท้าทรุดหน้าตลาด")
    page.route("**/api/v1/reports", lose_the_first)
    page.locator(".send button").click()
    expect(page.locator("#queue")).to_contain_text("ส่งเรื่องที่ค้างไว้แล้ว")
    assert lost == [page.locator("#queue p").inner_text()] * 2


def test_what_was_typed_survives_leaving_the_page(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    write(page, "ฝาท่อหายหน้าวัด")
    page.goto("/map")
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("ฝาท่อหายหน้าวัด")
    expect(page.locator("input[value='road-damage']")).to_be_checked()


def test_the_form_is_filled_and_sent_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.locator("#text").focus()
    page.keyboard.type("ไฟถนนดับทั้งซอย")
    suggestion = page.locator(".suggestion").first
    expect(suggestion).to_be_visible()
    page.keyboard.press("Tab")
    expect(suggestion).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion[aria-pressed='true']")).to_be_focused()
    page.locator("#address").focus()
    page.keyboard.type("ซอยวัด")
    page.keyboard.press("Enter")
    expect(page.locator(".big-reference")).to_be_visible()
    assert visitor.complaints == []


def test_all_that_is_missing_is_said_at_once_and_gets_the_focus(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/report")
    page.locator(".send button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_be_in_viewport()
    expect(page.locator(".error-summary li")).to_have_text([NO_TEXT, "กรุณาเลือกประเภท", "กรุณาปักหมุดหรือกรอกที่อยู่"])
    page.locator(".error-summary a", has_text="กรุณาเลือกประเภท").click()
    expect(page.locator("#category .field-error")).to_be_in_viewport(ratio=1)
    page.locator("#text").fill("น้ำท่วมถนน")
    page.locator(".send button").click()
    expect(page.locator("#category .field-error")).to_have_text("กรุณาเลือกประเภท")
    expect(page.locator(".field-error")).to_have_count(2)
