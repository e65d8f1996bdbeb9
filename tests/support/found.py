"""Power cuts that come in one after the other at dispatch, without a database, with its timers played by hand."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from services.dispatch import belonging
from services.dispatch.bodies import Body
from services.dispatch.commands import Desk
from services.dispatch.domain.history import Acting, Actor
from services.dispatch.domain.incident import Incident
from services.dispatch.domain.incident_work import NEWS
from services.dispatch.domain.membership import Membership
from services.dispatch.domain.work_order import WorkOrder, order_id
from services.dispatch.incident_acts import Asked
from shared.events.base import Event, Place
from shared.events.envelope import Envelope
from shared.events.ids import new_id
from shared.events.topics import internal
from shared.kernel import Cause, Moment, Step, now
from shared.kernel.cases import Cases
from shared.people import Person
from shared.references import make_reference
from tests.support.dispatch_in_memory import restarted
from tests.support.moments import Timers
from tests.support.work import MONDAY, begun, submitted, town

SOON = timedelta(milliseconds=50)  # a moment is later than the one before it, whatever the clock says
VILLAGE = Place(latitude=18.7530, longitude=98.9640, accuracy_m=10)  # in หมู่ 4
OFFICER = Person(sub="officer", name="นภา รับเรื่อง", roles=frozenset({"officer"}), team=None, town="maehia")


@dataclass
class Storm:
    """What came in, and what became of it."""

    service: Timers = field(default_factory=Timers)
    reports: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk: Desk = restarted(self.service, town())

    async def report(self, category: str = "power-cut", **more: Any) -> str:
        """One comes in, and looks around."""
        report = await self.come_in(category, **more)
        await self.settle()
        return report

    async def come_in(
        self,
        category: str = "power-cut",
        *,
        at: datetime = MONDAY,
        place: Place | None = VILLAGE,
        said: str | None = None,
        **more: Any,
    ) -> str:
        """One comes in; nobody has looked around yet."""
        report = new_id()
        while self.reports and report < self.reports[-1]:  # ids of one millisecond come in any order
            report = new_id()
        reference = make_reference("MH", report)
        zone = town().zone_of(place.latitude, place.longitude) if place else None
        where = {"location": place, "zone": zone.code if zone else None}
        event = submitted(category, submitted_at=at, reference=reference, **where, **more)
        first = begun(event, report_id=report)
        opened = await self.desk.store.orders.step(order_id(report), lambda _, __: first, Cause.request())
        await belonging.come_in(self.desk, opened, Cause.request(), said)
        self.reports.append(report)
        return report

    async def cut(self, count: int = 5, **more: Any) -> list[str]:
        """So many households in the dark, a minute apart."""
        return [await self.report(at=MONDAY + timedelta(minutes=number), **more) for number in range(count)]

    async def settle(self) -> None:
        """Everything that is due by now happens, until nothing is; the ladder's alarms are no matter of ours."""
        due: list[Any] = []
        for _ in range(50):
            due = [one for one in self._due() if one[2].at <= now() + SOON or one[2].name.startswith(NEWS)]
            if not due:
                return
            for cases, key, moment in due:
                if moment in self.service.waits(cases, key):
                    await self.service.handlers[cases.name](key, moment, Cause.timer(key, moment))
        raise AssertionError(f"it never comes to rest: {due}")

    async def settle_one(self, report: str, moment: Moment) -> None:
        """One process comes to this moment, whatever others do meanwhile."""
        await self.service.handlers["memberships"](report, moment, Cause.timer(report, moment))

    def _due(self) -> Iterator[tuple[Cases[Any], str, Moment]]:
        store = self.desk.store
        for cases in (store.memberships, store.incidents, store.orders):
            for key, moments in list(self.service.tables[cases.name].waits.items()):
                yield from ((cases, key, one) for one in moments if cases is not store.orders or NEWS in one.name)

    async def incidents(self) -> dict[str, Incident]:
        """All of them."""
        return cast(dict[str, Incident], self.service.tables["incidents"].states())

    async def only(self) -> tuple[str, Incident]:
        """The one that there is."""
        (found,) = (await self.incidents()).items()
        return found

    def trail(self, incident_id: str) -> list[tuple[str, str]]:
        """What was done to it, and by whom."""
        return [(line.act, line.who.sub) for line in self.service.tables["incidents"].lines[incident_id]]

    async def membership(self, report: str) -> Membership:
        case = await self.desk.store.memberships.get(report)
        assert case is not None
        return case.state

    async def order(self, report: str) -> WorkOrder:
        """The report's own work."""
        case = await self.desk.store.orders.get(order_id(report))
        assert case is not None
        return case.state

    async def act(self, report: str, decide: Callable[[WorkOrder], Step[WorkOrder]]) -> None:
        """Somebody does something to its work, and everything follows."""
        await self.desk.store.orders.step(
            order_id(report), lambda order, _: decide(order) if order else None, Cause.request()
        )
        await self.settle()

    async def hear(self, report: str, event: Event, sequence: int) -> None:
        """Its report says something, and everything follows."""
        envelope = Envelope(
            new_id(),
            "/maehia/intake",
            event.type,
            report,
            now(),
            sequence,
            causation_id=new_id(),
            correlation_id=report,
        )
        await self.service.hears[internal("reports")](event, envelope, Cause(envelope.id, report, envelope.time))
        await self.settle()

    async def orders(self, report: str) -> list[WorkOrder]:
        """All work about it, the oldest first."""
        return [case.state for case in await self.desk.store.find_about(report)]

    def said(self, subject: str) -> list[str]:
        """The events about incidents with that key, in order."""
        entries = (entry for name in ("incidents", "memberships") for entry in self.service.tables[name].outbox)
        types = (dict(entry.headers)["ce_type"].decode() for entry in entries if entry.messages[0].key == subject)
        return [one.split(".")[2] for one in types]

    def last(self, subject: str) -> dict[str, Any]:
        """What the last of them says."""
        return self.all_of_it(subject)[-1]

    def all_of_it(self, subject: str) -> list[dict[str, Any]]:
        """What all of them say."""
        entries = [entry for name in ("incidents", "memberships") for entry in self.service.tables[name].outbox]
        return [json.loads(entry.messages[0].value or b"{}") for entry in entries if entry.messages[0].key == subject]


def asked(body: Body, key: str | None = None) -> Asked:
    """An officer asks for it."""
    return Asked(OFFICER, type(body).__name__.lower(), body, key)


def acting(at: datetime = MONDAY) -> Acting:
    """The officer, then."""
    return Acting(Actor(sub=OFFICER.sub, name=OFFICER.name), at)
