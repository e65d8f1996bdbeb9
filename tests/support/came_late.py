"""Work of the water team on which somebody acts from out of reach, in memory."""

from datetime import timedelta

from services.dispatch.commands import Desk
from services.dispatch.domain.work_order import WorkOrder
from shared.kernel import now
from shared.people import Person
from tests.support.field import MemoryStore, memory_desk
from tests.support.work import order

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CREW = Person(sub="crew-water", name="บุญมี สายน้ำ", roles=frozenset({"crew"}), team="works-water")


async def desk_with_work() -> Desk:
    """Work of the water team that came three hours ago."""
    made = memory_desk()
    await store_of(made).put("W", order(text="น้ำซึมใต้ถนนในซอย", submitted_at=now() - 3 * HOUR))
    return made


def store_of(desk: Desk) -> MemoryStore:
    return desk.store  # type: ignore[return-value]  # it stands in for the real one


async def work_of(desk: Desk) -> WorkOrder:
    case = await desk.store.orders.get("W")
    assert case is not None
    return case.state
