"""Permits' API on a real database."""

from collections.abc import AsyncIterator

import pytest

from tests.support.permits_running import Permits, permits


@pytest.fixture
async def service(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Permits]:
    """Only the API: what it has to publish stays in the outbox, to be looked at."""
    async with permits(monkeypatch, mongo) as running:
        yield running
