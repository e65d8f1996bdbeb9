"""The desk by keys in a real browser: through its rows, never while somebody types, and not when they are off."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.browser import DESK, PATIENCE
from tests.support.fieldwork import Fieldwork
from tests.support.work import fresh

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROW = "document.activeElement.closest('tr, article')"
HERE = f"{ROW} && [...document.querySelectorAll('tbody tr, [data-work]')].indexOf({ROW})"


@pytest_asyncio.fixture(loop_scope="module")
async def desk(chromium: Browser, field: Fieldwork) -> AsyncIterator[Page]:
    """The desk of an officer with two pieces of work, on a keyboard."""
    for text in ("ท่อแตก", "น้ำไม่ไหล"):
        await field.order_of(await field.report(fresh("water-leak", text=text)))
    async with await chromium.new_context(**DESK, extra_http_headers=field.headers("officer")) as context:
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        await page.goto(f"{field.stack.url('dispatch')}/desk")
        await expect(page.locator("[data-keys-open]")).to_be_visible(timeout=PATIENCE)
        yield page


async def at(desk: Page) -> Any:
    """The row that has the focus; None: none has."""
    return await desk.evaluate(HERE)


async def test_keys_go_through_the_rows_and_open_one(desk: Page) -> None:
    await desk.keyboard.press("j")
    first = await at(desk)
    await desk.keyboard.press("j")
    assert await at(desk) == first + 1
    await desk.keyboard.press("k")
    assert await at(desk) == first
    await desk.keyboard.press("k")
    await expect(desk.locator("#live")).not_to_be_empty()
    to = await desk.evaluate(f"{ROW}.querySelector('h3 a, .reference-cell a').getAttribute('href')")
    await desk.keyboard.press("o")
    await expect(desk).to_have_url(re.compile(re.escape(to) + "$"), timeout=PATIENCE)


async def test_keys_rest_while_somebody_types_and_when_they_are_switched_off(desk: Page) -> None:
    words = desk.locator("input[name=q]")
    await words.focus()
    await desk.keyboard.type("jo?")
    assert await words.input_value() == "jo?"
    await expect(desk.locator("[data-keys]")).to_be_hidden()

    await words.evaluate("field => field.blur()")
    await desk.keyboard.press("?")
    await expect(desk.locator("[data-keys]")).to_be_visible()
    await desk.locator("[data-keys-on]").uncheck()
    await expect(desk.locator("#live")).not_to_be_empty()
    await desk.keyboard.press("Escape")
    await desk.reload()
    await desk.keyboard.press("j")
    assert await at(desk) is None
    await desk.locator("[data-keys-open]").click()
    await desk.locator("[data-keys-on]").check()
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("j")
    assert await at(desk) is not None
