"""What staff have written survives the end of their session: it is there again after the sign-in, and only there."""

import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import api_calls
from tests.support.browser import DESK, PHONE, Visitor
from tests.support.desk_page import write_answer
from tests.support.stack import Stack
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
NOT_SENT = "ยังไม่ได้ส่ง"


def sign_in_again(page: Page, sub: str) -> None:
    page.get_by_placeholder("sub", exact=True).fill(sub)
    page.get_by_role("button", name="Authorize").click()


def lose_the_session(visitor: Visitor) -> None:
    for cookie in visitor.context.cookies():
        if "login" not in cookie.get("name", ""):
            visitor.context.clear_cookies(name=cookie.get("name"))


def test_a_crews_note_and_photo_are_sent_by_themselves_after_the_sign_in(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    reference = api_calls.report(api)["reference"]
    token = api_calls.bearer(stack, "crew-water")
    order = api_calls.work_order(api, token, reference)
    for act in ("acknowledge", "start", "start"):
        api.post(f"/api/v1/work-orders/{order}/{act}", json={}, headers=token).raise_for_status()
    crew = visitor(**PHONE)
    page = crew.sign_in("crew-water", f"/crew/{order}")
    card = page.locator(f"[data-work='{order}']")
    card.locator("details.finish > summary").click()
    card.locator("details.finish textarea[name=note]").fill("เปลี่ยนท่อแล้ว")
    card.locator("input[name=photo]").set_input_files(chosen_file("done.jpg", photo()))
    lose_the_session(crew)
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    sign_in_again(page, "crew-water")

    expect(page.get_by_text(f"บันทึกแล้ว: {reference} · เสร็จแล้ว")).to_be_visible()
    done = api.get(f"/api/v1/work-orders/{order}", headers=token).json()
    assert (done["state"], done["completion"]["note"], len(done["completion"]["photos"])) == (
        "completed",
        "เปลี่ยนท่อแล้ว",
        1,
    )
    page.goto("/crew")
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)


def test_a_step_that_was_taken_is_not_said_to_be_unsent_anywhere(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    reference = api_calls.report(api)["reference"]
    order = api_calls.work_order(api, api_calls.bearer(stack, "crew-water"), reference)
    page = visitor(**PHONE).sign_in("crew-water", f"/crew/{order}")
    card = page.locator(f"[data-work='{order}']")
    for act in ("acknowledge", "start", "start"):
        card.locator(f"form[action*='/{act}'] button").first.click()
        expect(card.get_by_text("บันทึกแล้ว")).to_be_visible()
        nothing_is_unsent(page)
    card.locator("details.finish > summary").click()
    expect(card.get_by_role("button", name="ถ่ายรูป", exact=True)).to_be_visible()
    card.locator("details.finish textarea[name=note]").fill("เปลี่ยนท่อแล้ว")
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(card.get_by_text("กรุณาแนบรูปงานที่เสร็จ")).to_be_visible()
    with page.expect_file_chooser() as opened:
        card.get_by_role("button", name="เลือกรูป", exact=True).click()
    opened.value.set_files(chosen_file("done.jpg", photo()))
    expect(card.get_by_role("img", name="done.jpg")).to_be_visible()
    expect(card.get_by_text("กรุณาแนบรูปงานที่เสร็จ")).to_be_hidden()
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(page.get_by_text(f"บันทึกแล้ว: {reference}")).to_be_visible()
    nothing_is_unsent(page)
    for path in ("/inbox", "/crew"):
        page.goto(path)
        nothing_is_unsent(page)

    _, order = api_calls.question(stack, api, "เปิดวันหยุดหรือไม่")
    page = visitor(**DESK).sign_in("supervisor", f"/desk/{order}")
    write_answer(page, "เปิด")
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    expect(page.locator(".badges")).to_contain_text("ตอบแล้ว")
    for path in ("", "/inbox", "/dashboard", "/desk"):
        if path:
            page.goto(path)
        nothing_is_unsent(page)


def test_a_step_that_was_taken_is_known_also_where_its_page_was_left_at_once(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    _, order = api_calls.question(stack, api, "เปิดวันพุธหรือไม่")
    page = visitor(**DESK).sign_in("supervisor", f"/desk/{order}")
    write_answer(page, "เปิด")
    until(lambda: kept(page) == 1, "what is written to be kept")
    page.route("**/keep.mjs*", lambda route: route.abort())  # gone before its scripts came
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    expect(page.locator(".badges")).to_contain_text("ตอบแล้ว")
    assert kept(page) == 1
    page.unroute("**/keep.mjs*")
    page.goto("/inbox")
    until(lambda: kept(page) == 0, "the form to be forgotten")
    nothing_is_unsent(page)


def nothing_is_unsent(page: Page) -> None:
    """Also after the page's scripts have looked at what the device keeps."""
    page.wait_for_timeout(500)
    expect(page.locator("main p.alert.warn", has_text=NOT_SENT)).to_have_count(0)
    expect(page.locator(".form-status")).to_have_count(0)


def test_what_an_officer_was_writing_is_given_back_once_and_not_into_another_state(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    _, order = api_calls.question(stack, api, "รับเบี้ยผู้สูงอายุวันใด")
    officer = visitor(**DESK)
    page = officer.sign_in("officer", f"/desk/{order}")
    write_answer(page, "ทุกวันที่ 10 ของเดือน")
    lose_the_session(officer)
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    sign_in_again(page, "officer")

    page.wait_for_url(f"**/desk/{order}*")
    expect(page.get_by_role("textbox", name="คำตอบ")).to_have_value("ทุกวันที่ 10 ของเดือน")
    expect(page.get_by_role("textbox", name="คำตอบ")).to_be_visible()
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    expect(page.locator(".badges")).to_contain_text("ตอบแล้ว")
    page.reload()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)


def test_no_word_is_lost_on_a_device_that_writes_more_slowly_than_its_page_leaves(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    _, order = api_calls.question(stack, api, "รับเบี้ยผู้พิการวันใด")
    officer = visitor(**DESK)
    officer.context.add_init_script("IDBObjectStore.prototype.put = function () { return this.count(); }")
    page = officer.sign_in("officer", f"/desk/{order}")
    write_answer(page, "ทุกวันที่ 10 ของเดือน")
    lose_the_session(officer)
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    sign_in_again(page, "officer")

    expect(page.get_by_role("textbox", name="คำตอบ")).to_have_value("ทุกวันที่ 10 ของเดือน")
    page.get_by_role("button", name="ตอบและปิดเรื่อง").click()
    expect(page.locator(".badges")).to_contain_text("ตอบแล้ว")
    page.reload()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)


def test_signing_out_leaves_nothing_of_it_on_the_device(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    _, order = api_calls.question(stack, api, "เปิดวันเสาร์หรือไม่")
    page = visitor(**DESK).sign_in("officer", f"/desk/{order}")
    write_answer(page, "ไม่เปิด")
    until(lambda: kept(page) > 0, "what was written to be kept")
    page.route("**/auth/logout", in_a_second)  # longer than a field that was left waits to be kept
    page.get_by_role("textbox", name="คำตอบ").press_sequentially(" วันเสาร์")
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url(lambda url: "/desk" not in url)  # the provider is asked to end its own session
    page.goto("/")
    assert kept(page) == 0


def test_a_sign_out_that_no_network_carries_drops_nothing(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    _, order = api_calls.question(stack, api, "เปิดวันอาทิตย์หรือไม่")
    officer = visitor(**DESK)
    page = officer.sign_in("officer", f"/desk/{order}")
    write_answer(page, "ไม่เปิด")
    until(lambda: kept(page) > 0, "what was written to be kept")
    officer.context.set_offline(True)
    page.get_by_role("button", name="ออกจากระบบ").click()
    expect(page.get_by_text("ไม่มีสัญญาณอินเทอร์เน็ต").last).to_be_visible()
    page.wait_for_timeout(500)

    assert kept(page) == 1


def in_a_second(route: Route) -> None:
    time.sleep(1)
    route.continue_()


def kept(page: Page) -> int:
    """How many forms this device holds."""
    return int(
        page.evaluate("""() => new Promise((done) => {
          const request = indexedDB.open("onestop");
          request.onsuccess = ({ target: { result } }) => {
            if (!result.objectStoreNames.contains("forms")) return done(0);
            result.transaction("forms").objectStore("forms").count().onsuccess = (event) => done(event.target.result);
          };
        })""")
    )
