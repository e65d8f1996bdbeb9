"""Intake's API on a real database."""

from collections.abc import AsyncIterator

import pytest

from tests.support.intake import Intake, intake


@pytest.fixture
async def service(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Only the API: what it has to publish stays in the outbox, to be looked at."""
    async with intake(monkeypatch, mongo) as running:
        yield running
