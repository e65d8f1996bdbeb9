"""Work orders of which a rung of the ladder is due now, as many as are wanted, stored as the service stores them."""

from datetime import timedelta

from services.dispatch.commands import Desk
from services.dispatch.store import INDEXES, Store
from services.dispatch.timers import schedule
from shared.events.ids import new_id
from shared.kernel import Cause, Step, now
from shared.kernel.moments import as_documents, read_moments
from shared.kernel.mongo import KERNEL_INDEXES
from shared.kernel.service import Service
from shared.settings import Role, ServiceSettings
from tests.support.work import begun, submitted, town

AGO = timedelta(minutes=49)  # of the hour in which water must be taken: the crew's lead is told at 48
AT_ONCE = 1000


def timing(settings: ServiceSettings) -> tuple[Service, Desk]:
    """A process of dispatch that looks after what is due, and does nothing else; it runs in `service.lifespan()`."""
    only: frozenset[Role] = frozenset({"timers"})
    service = Service("dispatch", settings.model_copy(update={"roles": only}), town().code)
    desk = Desk(Store(service, town()), town())
    schedule(service, desk)
    return service, desk


async def store_due(desk: Desk, many: int) -> None:
    """Copies of one work order; each waits for its own moment, which has come."""
    await desk.store.orders.collection.create_indexes([*KERNEL_INDEXES, *INDEXES])
    work = begun(submitted(submitted_at=now() - AGO)).state
    first = new_id()
    await desk.store.orders.step(first, lambda _, __: Step(work), Cause.request())
    collection = desk.store.orders.collection
    document = await collection.find_one({"_id": first})
    assert document is not None
    kept = read_moments(document)
    left = many - 1
    while left > 0:
        ids = [new_id() for _ in range(min(AT_ONCE, left))]
        copies = [{**document, "_id": one, **as_documents(one, kept)} for one in ids]
        await collection.insert_many(copies, ordered=False)
        left -= len(ids)


async def count_due(desk: Desk) -> int:
    """How many still wait for what has come."""
    return await desk.store.orders.collection.count_documents({"wake.at": {"$lte": now()}})
