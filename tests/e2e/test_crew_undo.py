"""A step that a crew has just pressed can be taken back before anybody hears of it, and none is lost by that."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support import api_calls
from tests.support.browser import PHONE, Visitor
from tests.support.page_checks import accessibility, too_wide
from tests.support.stack import Stack
from tests.support.uploads import chosen_file, photo
from tests.support.waiting import until

pytestmark = pytest.mark.browser
NOTE = "เปลี่ยนข้อต่อแล้ว"


def test_a_wrong_press_is_taken_back_a_right_one_is_sent_and_leaving_loses_nothing(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    headers = api_calls.bearer(stack, "crew-water")
    order = api_calls.work_order(api, headers, api_calls.report(api)["reference"])

    def state() -> str:
        return str(api.get(f"/api/v1/work-orders/{order}", headers=headers).json()["state"])

    small = {**PHONE, "viewport": {"width": 360, "height": 740}}
    page = visitor(**small, thinks=True).sign_in("crew-water", f"/crew/{order}")
    expect(page.locator("[data-live]")).to_be_visible()
    card = page.locator(f"#w-{order}")
    bar = card.get_by_role("group", name="ขั้นตอนที่เพิ่งกด")
    press(page, order, "รับงาน")
    expect(bar).to_contain_text("ยังไม่ได้ส่ง จะส่งในอีก")
    expect(page.locator("#live")).to_have_text("กดแล้วแต่ยังไม่ได้ส่ง ยังยกเลิกได้")
    assert state() == "assigned"
    assert (too_wide(page), accessibility(page)) == ([], [])
    bar.get_by_role("button", name="ยกเลิก").press("Enter")
    expect(bar).to_be_hidden()
    expect(card.get_by_role("button", name="รับงาน", exact=True)).to_be_focused()

    press(page, order, "รับงาน")
    bar.get_by_role("button", name="รอก่อน").press("Enter")
    expect(bar).to_contain_text("พักไว้ ยังไม่ได้ส่ง")
    page.reload()  # what was wanted of the page goes with it; the step stays, and goes when its time is over
    expect(bar).to_contain_text("ยังไม่ได้ส่ง")
    assert state() == "assigned"
    press(page, order, "ออกเดินทาง")  # whoever goes on has thought
    until(lambda: state() == "acknowledged", "the first step")
    page.locator(".find-more > summary").click()
    page.get_by_role("link", name="ใบงาน").click()  # and so has whoever leaves
    page.wait_for_url("**/crew/sheet*")
    until(lambda: state() == "on_the_way", "the second step")

    page.goto(f"/crew/{order}")
    press(page, order, "ถึงจุดแล้ว")
    bar.get_by_role("button", name="รอก่อน").click()
    bar.get_by_role("button", name="ส่งเลย").click()
    until(lambda: state() == "on_site", "the third step")
    card.locator("summary", has_text="เสร็จงาน").click()
    card.locator("input[name=photo]").set_input_files(chosen_file("done.jpg", photo()))
    card.get_by_label("บันทึกการทำงาน").fill(NOTE)
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    bar.get_by_role("button", name="ยกเลิก").click()
    expect(card.get_by_label("บันทึกการทำงาน")).to_have_value(NOTE)
    until(lambda: card.locator("input[name=photo]").evaluate("field => field.files.length"), "the photo")
    assert state() == "on_site"
    card.get_by_role("button", name="บันทึกว่าเสร็จแล้ว").click()
    expect(bar).to_be_visible()
    page.evaluate("const real = Date.now; Date.now = () => real() + 20_000")  # nobody waits for its time to be over
    until(lambda: state() == "completed", "the last step")


def test_a_press_after_the_session_has_ended_leads_to_the_sign_in_and_is_sent_behind_it(
    stack: Stack, visitor: Callable[..., Visitor], api: httpx.Client
) -> None:
    """It is held like any other, but whoever presses and pockets the phone would not see that it never goes."""
    headers = api_calls.bearer(stack, "crew-water")
    order = api_calls.work_order(api, headers, api_calls.report(api)["reference"])
    crew = visitor(**PHONE, thinks=True)
    page = crew.sign_in("crew-water", f"/crew/{order}")
    expect(page.locator("[data-live]")).to_be_visible()

    crew.context.clear_cookies(name="onestop")
    press(page, order, "รับงาน")
    page.wait_for_url("**/oauth2/**")
    stands = page.evaluate("Date.now()")
    crew.context.add_init_script(f"Date.now = () => {stands}")  # the time in which it can be taken back is never over
    page.locator("button[value=crew-water]").click()

    def state() -> str:
        return str(api.get(f"/api/v1/work-orders/{order}", headers=headers).json()["state"])

    expect(page.locator("[data-live]")).to_be_visible()
    until(lambda: state() == "acknowledged", "the step")


def press(page: Page, order: str, step: str) -> None:
    """The big button of an unfolded job."""
    page.locator(f"#w-{order}").get_by_role("button", name=step, exact=True).click()
