"""The town's ready-made words at the desk in a real browser: put into their field once, however often it was drawn."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.support.browser import DESK, PATIENCE
from tests.support.fieldwork import Fieldwork
from tests.support.work import fresh

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONGER_THAN_THE_PACE = 10_000  # ms
MARK = "document.querySelectorAll('[data-live-part]').forEach((part) => { part.dataset.before = ''; })"


@pytest_asyncio.fixture(loop_scope="module")
async def work(field: Fieldwork) -> dict[str, Any]:
    """A matter in triage, urgent enough to be among those that the desk shows."""
    order = await field.order_of(await field.report(fresh("other", text="ไม่รู้จะแจ้งใคร")))
    return dict((await field.act(order["id"], "prioritise", "officer", priority="emergency")).json())


@pytest_asyncio.fixture(loop_scope="module")
async def desk(chromium: Browser, field: Fieldwork, work: dict[str, Any]) -> AsyncIterator[Page]:
    """The desk of an officer, open and live."""
    async with await chromium.new_context(**DESK, extra_http_headers=field.headers("officer")) as context:
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        await page.clock.install()
        await page.goto(f"{field.stack.url('dispatch')}/desk")
        await expect(page.locator("[data-live]")).to_be_visible(timeout=PATIENCE)
        yield page


async def drawn_anew(desk: Page) -> None:
    """As an open desk follows the town, without the rest that it gives the server between two drawings."""
    await desk.evaluate(MARK)
    await desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await desk.clock.fast_forward(LONGER_THAN_THE_PACE)
    await expect(desk.locator("[data-live-part][data-before]")).to_have_count(0, timeout=PATIENCE)


async def words(choice: Locator, code: str) -> str:
    found = await choice.locator(f"option[value='{code}']").get_attribute("data-text")
    assert found
    return found


async def test_a_desk_that_was_drawn_several_times_puts_the_chosen_words_into_their_field_once(
    desk: Page, work: dict[str, Any]
) -> None:
    """A card that has not changed is kept, and each drawing made it ready once more."""
    for _ in range(2):
        await drawn_anew(desk)
    card = desk.locator(f"[data-work='{work['id']}']")
    await card.locator("details.more > summary").click()
    await card.locator("details[data-act=cancel] > summary").click()
    choice = card.locator("form[data-act=cancel] select[data-response]")
    field = desk.locator(f"#{await choice.get_attribute('data-response')}")

    await choice.select_option("not-our-area.th")
    await expect(field).to_have_value(await words(choice, "not-our-area.th"))
    await field.press_sequentially(" ขอบคุณครับ")
    await choice.select_option("private-land.th")
    await expect(field).to_have_value(f"ขอบคุณครับ\n{await words(choice, 'private-land.th')}")
