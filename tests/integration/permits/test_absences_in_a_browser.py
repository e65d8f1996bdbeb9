"""The page of absences on a phone and at a desk, in both languages, by the keyboard and without a script."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.integration.permits.test_absences import PAGE, TODAY, signatory
from tests.integration.permits.test_inspection_photos_in_a_browser import HOST, SMALL, complaints
from tests.support.browser import PATIENCE, chromium_beside
from tests.support.permits_running import ORIGIN, Permits
from tests.support.served import served

WIDE = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "base_url": ORIGIN}
ORDER = "คำสั่งที่ 812/2569"


@pytest.fixture
async def browser(service: Permits) -> AsyncIterator[Browser]:
    """In front of the running service."""
    async with served(service.app) as port, chromium_beside(**{HOST: port}) as opened:
        yield opened


async def opened(browser: Browser, who: dict[str, str], **context: object) -> Page:
    """The page, as that member of staff has it."""
    own = await browser.new_context(**context)  # type: ignore[arg-type]
    own.set_default_timeout(PATIENCE)
    (cookie,) = SimpleCookie(who["Cookie"]).values()
    await own.add_cookies([{"name": cookie.key, "value": cookie.value, "url": ORIGIN}])
    page = await own.new_page()
    await page.goto(PAGE)
    return page


async def seen(page: Page, name: str) -> list[str]:
    """What is wrong with it; `SCREENSHOTS=folder` keeps a picture."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"absences-{name}.png", full_page=True)
    return await complaints(page)


async def test_a_supervisor_marks_an_absence_on_a_phone_by_the_keyboard_and_ends_it(
    service: Permits, browser: Browser
) -> None:
    page = await opened(browser, service.staff("head", "supervisor"), **{**SMALL, "java_script_enabled": True})
    assert await seen(page, "empty") == []
    form = page.locator("#mark-office")
    await form.get_by_label("ตำแหน่งที่ไม่อยู่").select_option("mayor")
    await form.get_by_label("ตำแหน่งที่ลงนามแทน").select_option("mayor")
    await form.get_by_label("วันสุดท้าย").fill((TODAY + timedelta(days=2)).isoformat())
    await form.get_by_label("คำสั่งเป็นหนังสือ").fill(ORDER)
    await form.get_by_label("คำสั่งเป็นหนังสือ").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("ผู้ทำหน้าที่แทนต้องเป็นผู้อื่น")
    assert await seen(page, "refused") == []
    await expect(form.get_by_label("คำสั่งเป็นหนังสือ")).to_have_value(ORDER)

    await form.get_by_label("ตำแหน่งที่ลงนามแทน").select_option("clerk")
    await form.get_by_role("button", name="บันทึกการไม่อยู่").focus()
    await page.keyboard.press("Enter")
    away = page.locator("#away")
    await expect(away).to_contain_text("ปลัดเทศบาล")
    await expect(away).to_contain_text("รักษาราชการแทน")
    assert await seen(page, "marked") == []

    mayor = await opened(browser, signatory(service, "mayor"), **{**SMALL, "java_script_enabled": False})
    await expect(mayor.locator("#mark-team")).to_have_count(0)
    await mayor.get_by_role("button", name="กลับมาแล้ว").click()
    await expect(mayor.locator("#away")).to_contain_text("ยังไม่มีผู้แจ้งว่าไม่อยู่")


async def test_at_a_desk_and_in_english_the_page_says_what_is_now_and_what_is_over(
    service: Permits, browser: Browser
) -> None:
    page = await opened(browser, service.staff("head", "supervisor"), **WIDE)
    await page.goto(f"{PAGE}?lang=en")
    form = page.locator("#mark-team")
    await form.get_by_label("Team whose examiners are away").select_option("works-building")
    await form.get_by_label("Team that examines in its place").select_option("works-roads")
    await form.get_by_label("Last day").fill(TODAY.isoformat())
    await form.get_by_label("Written order").fill("Order 813/2569")
    await form.get_by_role("button", name="Mark as away").click()
    await expect(page.locator("#away")).to_contain_text("standing in for")
    assert await seen(page, "desk") == []

    await page.get_by_role("button", name="Is back").click()
    await page.locator("summary", has_text="What is over").click()
    await expect(page.locator("main details")).to_contain_text("ended early")
    assert await seen(page, "over") == []
