"""Intake's API on a real database, and its pages in a real browser."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium
from tests.support.intake import Intake, intake
from tests.support.stack import Stack


@pytest.fixture
async def service(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Only the API: what it has to publish stays in the outbox, to be looked at."""
    async with intake(monkeypatch, mongo) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each file: its event loop must be gone before other tests start theirs."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def origin(shared_stack: Stack) -> str:
    """Intake behind the one origin, with what it needs."""
    return shared_stack.up("mongo", "kafka", "topics", "oidc", "proxy", "intake").origin
