"""Dispatch without a database: its real timers on cases in memory, each with the moments it was saved with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from services.dispatch import handlers, timers
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import LIVE, Incident
from services.dispatch.domain.membership import Member, Membership, MemberState, member_of
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.incident_store import People
from services.dispatch.queries import Filter
from services.dispatch.store import Order, Store
from shared.events.ids import new_id
from shared.kernel import Case
from shared.town import Town
from shared.town.work import IncidentRule
from tests.support.moments import Timers
from tests.support.work import MONDAY

CASE = new_id()


class MemoryStore(Store):
    """What its queries find is found without a database; what is near, the domain decides in any case."""

    timers: Timers

    async def find_untold(self, incident_id: str, fact: int, after: str, most: int) -> list[str]:
        members = await self.list_members(incident_id, ("proposed", "joined"), after, 1000)
        return [case.id for case in members if case.state.told < fact][:most]

    async def find_live(self, category: str) -> list[Case[Incident]]:
        found = cast(dict[str, Incident], self.timers.tables["incidents"].states())
        live = [Case(key, 1, one) for key, one in found.items() if one.category == category and one.state in LIVE]
        return sorted(live, key=lambda case: case.id, reverse=True)

    async def find_alone(self, member: Member, rule: IncidentRule, *, looking: bool = True) -> list[Member]:
        span = timedelta(minutes=rule.minutes)
        members = self._members().items()
        alone = [(key, one) for key, one in members if one.state == "alone" and (looking or one.due is None)]
        found = [member_of(key, one) for key, one in alone if one.category == member.category]
        return [one for one in found if one and abs(one.reported_at - member.reported_at) <= span]

    async def find_missed(
        self, incident_id: str, incident: Incident, rule: IncidentRule, since: datetime, after: str, most: int
    ) -> list[Case[Membership]]:
        members = sorted(self._members().items())
        alone = [(key, one) for key, one in members if one.state == "alone" and one.category == incident.category]
        return [
            Case(key, 1, one) for key, one in alone if key > after and one.reported_at and one.reported_at >= since
        ][:most]

    async def list_members(
        self, incident_id: str, states: Sequence[MemberState], after: str, most: int
    ) -> list[Case[Membership]]:
        found = sorted(self._members().items())
        wanted = [(key, one) for key, one in found if one.incident == incident_id and one.state in states]
        return [Case(key, 1, one) for key, one in wanted if key > after][:most]

    async def count_members(self, incident_ids: Sequence[str]) -> dict[str, int]:
        every = [await self.list_members(one, ("proposed", "joined"), "", 1000) for one in incident_ids]
        return {key: len(members) for key, members in zip(incident_ids, every, strict=True)}

    async def count_people(self, incident_id: str) -> People:
        members = await self.list_members(incident_id, ("proposed", "joined"), "", 1000)
        orders = {case.id: case.state for case in self._orders()}
        followers = [orders[one.state.work_order].followers for one in members if one.state.work_order in orders]
        return People(len(members), sum(followers))

    async def find_about(self, report_id: str) -> list[Order]:
        about = [case for case in self._orders() if case.state.report.id == report_id]
        return sorted(about, key=lambda case: case.state.created_at)

    async def list_newest(self, wanted: Filter, after: str | None, most: int) -> list[Order]:
        found = [case for case in self._orders() if case.state.reference == wanted.reference]
        return sorted(found, key=lambda case: case.state.created_at, reverse=True)[:most]

    def _members(self) -> dict[str, Membership]:
        return cast(dict[str, Membership], self.timers.tables["memberships"].states())

    def _orders(self) -> list[Order]:
        found = cast(dict[str, WorkOrder], self.timers.tables["work_orders"].states())
        return [Case(key, 1, one) for key, one in found.items()]


def restarted(service: Timers, profile: Town) -> Desk:
    """A process with that profile, on what is stored."""
    store = MemoryStore(service.service, profile)
    store.timers = service
    desk = Desk(store, profile)
    timers.schedule(service.service, desk)
    handlers.subscribe(service.service, desk)
    return desk


def incident(**changes: object) -> Incident:
    return Incident(
        work_order=new_id(),
        report=new_id(),
        reference="MH-7F3K-9QX2",
        category="power-cut",
        since=MONDAY,
        joins_until=MONDAY + timedelta(hours=12),
        begun_at=MONDAY,
        opened_at=MONDAY,
    ).model_copy(update=changes)
