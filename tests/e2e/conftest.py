"""The running system and a browser in front of it. Nothing here is stopped or broken: the whole run shares it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import PATIENCE, PHONE, Visitor
from tests.support.stack import Stack

NewVisitor = Callable[..., Visitor]
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[NewVisitor]:
    """`visitor()` is somebody at a phone in Mae Hia, `visitor(**DESK)` at a desk; each with a profile of their own."""
    with ExitStack() as visitors:

        def come(**options: Any) -> Visitor:
            return visitors.enter_context(closing(Visitor(browser, stack.origin, **(options or PHONE))))

        yield come


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    """A program that talks to the one origin as anybody may."""
    with httpx.Client(base_url=stack.origin, timeout=30) as client:
        yield client
