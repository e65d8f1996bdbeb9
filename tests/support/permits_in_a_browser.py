"""A browser in front of permits in the test's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any

from playwright.async_api import BrowserContext

from tests.support.browser import DESK, PATIENCE, chromium_beside
from tests.support.permits_running import ORIGIN, Permits
from tests.support.served import served

HOST = ORIGIN.partition("//")[2]


@asynccontextmanager
async def at_a_desk(service: Permits, role: str = "") -> AsyncIterator[BrowserContext]:
    """Somebody at a desk, signed in with that role or not at all."""
    async with served(service.app) as port, chromium_beside(**{HOST: port}) as browser:
        options: dict[str, Any] = {**DESK, "base_url": ORIGIN}
        context = await browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        if role:
            (cookie,) = SimpleCookie(service.staff(role)["Cookie"]).values()
            await context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": ORIGIN}])
        yield context
