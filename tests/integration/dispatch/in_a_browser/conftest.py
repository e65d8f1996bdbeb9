"""The real service in a browser, one for each file of tests: what drives it takes half a second of a processor to
start, and lives in an event loop, in which all that these files do asynchronously is done."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser import chromium_beside
from tests.support.fieldwork import Fieldwork
from tests.support.stack import Stack
from tests.support.work import fresh


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Each test opens a device of its own in it."""
    async with chromium_beside() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def field(dispatch_stack: Stack) -> AsyncIterator[Fieldwork]:
    """As in the other files."""
    async with Fieldwork(dispatch_stack) as work:
        yield work


@pytest_asyncio.fixture(loop_scope="module")
async def work(field: Fieldwork) -> dict[str, Any]:
    """Work of the water team under way, so that its card has a form to type into and it can be finished."""
    new = await field.order_of(await field.report(fresh()))
    return dict((await field.act(new["id"], "start", stage="on_site")).json())
