"""Split work with its shares, in memory: what each has to hear of the other is carried over as the timers do it."""

from datetime import timedelta
from typing import cast

from services.dispatch.commands import Desk
from services.dispatch.domain.splitting import Share, split
from services.dispatch.domain.work_order import WorkOrder, moments
from services.dispatch.families import settle_children, tell_parent
from shared.events.base import Event
from shared.kernel import Cause, Moment, Step
from tests.support.field import MemoryStore, memory_desk
from tests.support.work import MONDAY, OFFICER, by, order, town

WHOLE = "01KB57W53GN6B2X8QK4HT9VR0M"
ROUNDS_MOST = 4  # the whole to its shares, they to it, and both once more
SHARES = (Share("works-water", "ซ่อมท่อ"), Share("works-roads", "คืนผิวถนน"))


class Family:
    """One work order and whatever it was split into."""

    def __init__(self) -> None:
        self.desk: Desk = memory_desk()
        self._at = MONDAY

    @property
    def store(self) -> MemoryStore:
        return cast(MemoryStore, self.desk.store)

    @property
    def events(self) -> list[Event]:
        return self.store.events

    async def begin(self, work: WorkOrder | None = None) -> None:
        """The whole, as it is before anybody thinks of splitting it."""
        await self.store.put(WHOLE, work or order())

    async def split(self, *shares: Share) -> None:
        """The desk splits it, a minute later each time, and the shares begin."""
        self._at += timedelta(minutes=1)
        await self.change(WHOLE, split(town(), await self.get(WHOLE), by(OFFICER, self._at), shares=shares or SHARES))

    async def change(self, order_id: str, step: Step[WorkOrder], *, settle: bool = True) -> None:
        """A step of one of them, and what it means for the others."""
        await self.store.orders.step(order_id, lambda _, c: step, Cause.request())
        if settle:
            await self.settle()

    async def get(self, order_id: str) -> WorkOrder:
        case = await self.store.orders.get(order_id)
        assert case is not None
        return case.state

    async def whole(self) -> WorkOrder:
        return await self.get(WHOLE)

    async def children(self) -> list[str]:
        return [child.id for child in (await self.whole()).children]

    async def settle(self) -> None:
        """Until nobody has anything to hear of anybody."""
        for _ in range(ROUNDS_MOST):
            for order_id, moment in self.due():
                await self.tell(order_id, moment)
        assert not self.due(), "they go on telling each other"

    async def tell(self, order_id: str, moment: Moment) -> None:
        """One such moment."""
        cause = Cause.timer(order_id, moment)
        await (settle_children if moment.name == "children" else tell_parent)(self.desk, order_id, cause)

    def due(self) -> list[tuple[str, Moment]]:
        """What has to be carried over."""
        return [
            (case.id, moment)
            for case in self.store.orders.every()
            for moment in moments(case.state)
            if moment.name in ("children", "parent")
        ]
