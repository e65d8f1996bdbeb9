"""An inspector at the site with a phone: photos taken, looked at, taken away, made smaller and sent with the report."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.integration.permits.test_inspection_photos import photos_of, visited
from tests.support.browser import PATIENCE, PHONE, chromium_beside
from tests.support.page_checks import AXE
from tests.support.permits_running import ORIGIN, Permits
from tests.support.served import served
from tests.support.uploads import camera_photo, chosen_file, photo

SMALL = {**PHONE, "viewport": {"width": 360, "height": 740}, "base_url": ORIGIN}
HOST = ORIGIN.partition("//")[2]
_VIOLATIONS = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
  const { violations } = await axe.run(document, { resultTypes: ["violations"], runOnly });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}"""
_KEPT = """async () => {
  const opened = indexedDB.open("onestop");
  const base = await new Promise((done) => { opened.onsuccess = () => done(opened.result); });
  const asked = base.transaction("forms").objectStore("forms").getAll();
  return (await new Promise((done) => { asked.onsuccess = () => done(asked.result); })).length;
}"""


@pytest.fixture
async def phone(service: Permits) -> AsyncIterator[BrowserContext]:
    """A phone in which an officer is signed in, in front of the running service."""
    async with served(service.app) as port, chromium_beside(**{HOST: port}) as browser:
        context = await browser.new_context(**SMALL)
        context.set_default_timeout(PATIENCE)
        (cookie,) = SimpleCookie(service.staff("officer")["Cookie"]).values()
        await context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": ORIGIN}])
        yield context


async def choose(page: Page, *files: tuple[str, bytes]) -> None:
    async with page.expect_file_chooser() as opened:
        await page.get_by_role("button", name="เลือกรูป", exact=True).click()
    await (await opened.value).set_files([chosen_file(name, content) for name, content in files])


async def report_form(phone: BrowserContext, made: dict[str, str], visit: str) -> Locator:
    """Where the visit is reported, unfolded on the officer's phone."""
    page = await phone.new_page()
    await page.goto(f"/permits/desk/{made['reference']}")
    form = page.locator(f"#report-{visit}")
    await page.locator("details", has=form).locator("summary").click()
    return form


async def complaints(page: Page) -> list[str]:
    """What axe finds wrong, and what is wider than the phone."""
    await page.evaluate(AXE)
    found: list[str] = await page.evaluate(_VIOLATIONS)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["wider than the phone"] if wide else [])]


async def test_photos_of_a_visit_are_sent_small_with_its_report_and_shown_to_the_applicant(
    service: Permits, phone: BrowserContext
) -> None:
    made, visit = await visited(service)
    form = await report_form(phone, made, visit)
    page = form.page
    await expect(form.get_by_role("button", name="ถ่ายรูป", exact=True)).to_be_visible()

    await choose(page, ("front.jpg", camera_photo(18.74, 98.96, (2600, 1950))), ("wrong.jpg", photo()))
    await expect(form.locator("[data-chosen] img")).to_have_count(2)
    await form.get_by_role("button", name="wrong.jpg").click()
    await expect(form.locator("[data-chosen] img")).to_have_count(1)
    await expect(form.get_by_role("img", name="front.jpg")).to_be_visible()
    await form.get_by_role("radio", name="พบข้อที่ต้องแก้ไข").check()
    assert await complaints(page) == []

    await form.get_by_role("button", name="บันทึกผลและแจ้งผู้ยื่น").click()
    await expect(page.get_by_text("กรุณาระบุสิ่งที่พบ").first).to_be_visible()
    kept = page.get_by_role("img", name="รูปที่ 1")
    await expect(kept).to_be_visible()
    await expect(kept).not_to_have_js_property("naturalWidth", 0)
    await expect(form.locator("[data-chosen] img")).to_have_count(0)  # it is not given back as if it were not sent
    assert await complaints(page) == []
    await form.get_by_label("สิ่งที่พบ").fill("เสารั้วล้ำแนวเขต")
    await form.get_by_role("button", name="บันทึกผลและแจ้งผู้ยื่น").click()
    await expect(form).to_have_count(0)

    (seen,) = (await service.seen(made))["inspections"]
    assert (seen["result"], seen["note"], len(seen["photos"])) == ("defects", "เสารั้วล้ำแนวเขต", 1)
    await page.wait_for_function(f"({_KEPT})().then((kept) => kept === 0)")  # nothing is said to be unsent
    assert phone.browser is not None
    theirs = await phone.browser.new_context(**SMALL)
    own = await theirs.new_page()
    await own.goto(f"/permits/{made['reference']}?secret={made['secret']}")
    shown = own.get_by_role("img", name="รูปที่ 1")
    await shown.scroll_into_view_if_needed()
    await expect(shown).not_to_have_js_property("naturalWidth", 0)
    assert await complaints(own) == []
    async with theirs.expect_page() as opened:
        await own.locator(f"a[href='{photos_of(made, visit)}/1']").click()
    full = await opened.value
    await expect(full.locator("img")).not_to_have_js_property("naturalWidth", 0)


async def test_more_photos_than_a_visit_takes_are_left_out_and_it_is_said(
    service: Permits, phone: BrowserContext
) -> None:
    """The form heard the field's change too, and hid the sentence again."""
    form = await report_form(phone, *await visited(service))
    await choose(form.page, *((f"{number}.jpg", photo()) for number in range(13)))

    await expect(form.get_by_text("แนบได้ครั้งละไม่เกิน 12 รูป")).to_be_visible()
    await expect(form.locator("[data-chosen] img")).to_have_count(12)
