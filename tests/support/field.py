"""Dispatch's use cases without a database: work orders in memory, decided on one after the other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from services.dispatch.commands import Desk
from services.dispatch.domain.colleagues import Member
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.photo_store import Photo
from services.dispatch.store import Store
from shared.events.base import Event
from shared.kernel import Case, Cause, Decide, Reject, Step
from shared.kernel.trail import Line
from shared.people import Person
from tests.support.work import town


class MemoryOrders:
    """As the kernel's cases: each cause takes effect once. `events` is all that was said."""

    name = "work_orders"

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._cases: dict[str, Case[WorkOrder]] = {}
        self._seen: dict[str, set[str]] = {}

    async def get(self, order_id: str) -> Case[WorkOrder] | None:
        return self._cases.get(order_id)

    def every(self) -> list[Case[WorkOrder]]:
        return [*self._cases.values()]

    async def step(
        self, order_id: str, decide: Decide[WorkOrder], cause: Cause, *, is_new: bool = False
    ) -> Case[WorkOrder]:
        before = self._cases.get(order_id)
        if before and cause.id in self._seen[order_id]:
            return Case(order_id, before.version, before.state, repeated=True)
        step = decide(before.state if before else None, cause)
        if step is None:
            if before is None:
                raise Reject("unknown-case", f"there is no {order_id}", status=404)
            step = Step(before.state)
        stored = WorkOrder.model_validate(step.state.model_dump())
        case = Case(order_id, before.version + 1 if before else 1, stored)
        self._cases[order_id] = case
        self._seen.setdefault(order_id, set()).add(cause.id)
        self.events += step.events
        return case


class MemoryPhotos:
    """By their ids."""

    def __init__(self) -> None:
        self._photos: dict[str, Photo] = {}
        self.named: set[str] = set()

    async def save(self, photo: Photo) -> None:
        self._photos[photo.id] = photo

    async def find(self, order_id: str, photo_id: str) -> Photo | None:
        return self._photos.get(photo_id)

    async def list_missing(self, order_id: str, photos: Sequence[str]) -> Sequence[str]:
        return [one for one in photos if one not in self._photos]

    async def name(self, photos: Sequence[str]) -> None:
        self.named |= {*photos}


class MemoryCrews:
    """Who has signed in."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}

    async def note(self, who: Person, _at: datetime) -> None:
        if who.team and who.may("crew"):
            self._members[who.sub] = Member(who.sub, who.name, who.team)

    async def find(self, sub: str) -> Member | None:
        return self._members.get(sub)

    async def everybody(self) -> list[Member]:
        return [*self._members.values()]


class MemoryTrail:
    """What the staff did beside their cases' steps."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    async def add(self, _collection: str, line: Line) -> None:
        self.lines.append(line)


class MemoryStore:
    """The part of the store that acts of people need."""

    def __init__(self) -> None:
        self.trail = MemoryTrail()
        self.orders = MemoryOrders()
        self.photos = MemoryPhotos()
        self.crews = MemoryCrews()

    @property
    def events(self) -> list[Event]:
        return self.orders.events

    async def put(self, order_id: str, order: WorkOrder) -> None:
        await self.orders.step(order_id, lambda _, c: Step(order), Cause.request())


def memory_desk(**changes: Any) -> Desk:
    """A desk whose store is in memory; `changes` are of the town's profile."""
    return Desk(cast(Store, MemoryStore()), town().model_copy(update=changes))
