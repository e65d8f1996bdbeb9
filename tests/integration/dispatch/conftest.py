"""The real service, fed with reports as intake would send them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import MongoClient

from services.dispatch.incident_store import OF_INCIDENTS, OF_MEMBERS
from services.dispatch.settings import Settings
from services.dispatch.store import INDEXES, Store
from shared.events.ids import new_id
from shared.kernel.service import Service
from tests.support.fieldwork import Fieldwork
from tests.support.stack import Stack
from tests.support.work import fresh, town


@pytest.fixture(scope="session")
def dispatch_stack(shared_stack: Stack) -> Stack:
    """Everything that dispatch needs, and no other service."""
    return shared_stack.up("kafka", "mongo", "oidc", "topics", "dispatch")


@pytest.fixture(scope="module")
def nothing_before(dispatch_stack: Stack) -> None:
    """Without the work of other tests: a board is drawn for seconds when it holds their two hundred jobs, too."""
    with MongoClient[dict[str, Any]](dispatch_stack.mongo) as client:
        for name in ("work_orders", "incidents", "memberships"):
            client["onestop_dispatch"][name].delete_many({})


@pytest.fixture
async def field(dispatch_stack: Stack) -> AsyncIterator[Fieldwork]:
    """Sends reports, acts as staff, and reads what dispatch says."""
    async with Fieldwork(dispatch_stack) as work:
        yield work


@pytest.fixture
async def work(field: Fieldwork) -> dict[str, Any]:
    """New work of the water team."""
    return await field.order_of(await field.report(fresh()))


@pytest.fixture
async def store(mongo: str) -> AsyncIterator[Store]:
    """A store of the test's own, with its indexes and nothing in it."""
    settings = Settings(mongodb_uri=mongo, mongodb_prefix=new_id()[-12:], otel_traces_exporter="none")
    service = Service("dispatch", settings, "maehia")
    made = Store(service, town())
    await made.orders.collection.create_indexes(list(INDEXES))
    await made.incidents.collection.create_indexes(list(OF_INCIDENTS))
    await made.memberships.collection.create_indexes(list(OF_MEMBERS))
    yield made
    await service.database.client.drop_database(service.database)
    service.database.client.close()
