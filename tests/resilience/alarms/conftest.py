"""One town for all alarms, watched by a real Prometheus with the shipped rules at a sixtieth of their times.

What was seen here stands under "Tried" on the alarm's page in `docs/operations/runbooks`. A campaign: it takes minutes.
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.alarms import Watch
from tests.support.persistent_clients import PersistentClients
from tests.support.stack import Stack

PARTS = ("mail", "kafka", "mongo", "oidc", "topics", "intake", "dispatch", "permits", "notify")


@pytest.fixture(scope="package")
def town() -> Iterator[Stack]:
    """With everything running; each test hands it on so."""
    with Stack(RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="") as stack:
        yield stack.up(*PARTS)


@pytest.fixture(scope="package")
def watch(town: Stack) -> Watch:
    """Prometheus over it."""
    watch = Watch(town)
    watch.start()
    return watch


@pytest.fixture
async def people(town: Stack) -> AsyncIterator[PersistentClients]:
    """Its people."""
    async with PersistentClients(town) as made:
        yield made
