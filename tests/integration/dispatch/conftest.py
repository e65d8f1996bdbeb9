"""The real service, fed with reports as intake would send them."""

from collections.abc import AsyncIterator

import pytest

from tests.support.fieldwork import Fieldwork
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def dispatch_stack(shared_stack: Stack) -> Stack:
    """Everything that dispatch needs, and no other service."""
    return shared_stack.up("kafka", "mongo", "oidc", "topics", "dispatch")


@pytest.fixture
async def field(dispatch_stack: Stack) -> AsyncIterator[Fieldwork]:
    """Sends reports, acts as staff, and reads what dispatch says."""
    async with Fieldwork(dispatch_stack) as work:
        yield work
