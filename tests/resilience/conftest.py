"""One town for all faults of this folder: starting it anew for each would take longer than the faults themselves."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.persistent_clients import PersistentClients
from tests.support.stack import Stack

PARTS = ("mail", "kafka", "mongo", "oidc", "topics", "intake", "dispatch", "permits", "notify")


@pytest.fixture(scope="package")
def battered() -> Iterator[Stack]:
    """Ready at first; each test hands it on with everything running."""
    with Stack(is_warm=True, RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="") as stack:
        yield stack.up(*PARTS)


@pytest.fixture
async def clients(battered: Stack) -> AsyncIterator[PersistentClients]:
    """Its people."""
    async with PersistentClients(battered) as made:
        yield made
