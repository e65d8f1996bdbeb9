"""A writer and a reader that nobody else knows, on the real broker and database."""

from collections.abc import AsyncIterator

import pytest

from tests.support.kernel import Pair


@pytest.fixture
async def pair(kafka: str, mongo: str) -> AsyncIterator[Pair]:
    """A writer and a reader that nobody else knows."""
    made = Pair(kafka, mongo)
    await made.create_topics()
    yield made
    made.close()
