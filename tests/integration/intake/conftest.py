"""Intake's API on a real database, and its pages in a real browser."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE, PHONE, Visitor
from tests.support.intake import Intake, intake
from tests.support.map_pages import SMALL, WIDE
from tests.support.stack import Stack

expect.set_options(timeout=PATIENCE)


@pytest.fixture
async def service(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Only the API: what it has to publish stays in the outbox, to be looked at."""
    async with intake(monkeypatch, mongo) as running:
        yield running


@pytest.fixture(scope="session")
def origin(shared_stack: Stack) -> str:
    """Intake behind the one origin, with what it needs."""
    return shared_stack.up("mongo", "kafka", "topics", "oidc", "proxy", "intake").origin


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone in Mae Hia, without a service worker: what the form does by itself."""
    with closing(Visitor(browser, origin, maps=False, **PHONE, service_workers="block")) as come:
        yield come


@pytest.fixture
def app(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone that keeps the site, as after a first visit."""
    with closing(Visitor(browser, origin, maps=False, **PHONE)) as come:
        come.page.goto("/report")
        come.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        yield come


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Page]:
    """A small phone in Mae Hia, on which nothing may go wrong."""
    with closing(Visitor(browser, origin, **SMALL)) as come:
        yield come.page
        assert come.complaints == []


@pytest.fixture
def desk(browser: Browser, origin: str) -> Iterator[Page]:
    """A wide screen that knows where it is, on which nothing may go wrong."""
    with closing(Visitor(browser, origin, **WIDE)) as come:
        yield come.page
        assert come.complaints == []
