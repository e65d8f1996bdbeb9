"""Dispatch without a database: its real timers on cases in memory, each with the moments it was saved with."""

from typing import cast

from services.dispatch import timers
from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident, Membership
from services.dispatch.store import Store
from shared.events.ids import new_id
from shared.town import Town
from tests.support.moments import Timers
from tests.support.work import MONDAY

CASE = new_id()


class MemoryStore(Store):
    """Its members are found without a database."""

    timers: Timers

    async def find_untold(self, incident_id: str, fact: int, after: str, most: int) -> list[str]:
        found = cast(dict[str, Membership], self.timers.tables["memberships"].states())
        untold = [
            report
            for report, one in sorted(found.items())
            if (one.incident, one.state) == (incident_id, "joined") and one.told < fact and report > after
        ]
        return untold[:most]


def restarted(service: Timers, profile: Town) -> Desk:
    """A process with that profile, on what is stored."""
    store = MemoryStore(service.service, profile)
    store.timers = service
    desk = Desk(store, profile)
    timers.schedule(service.service, desk)
    return desk


def incident(**changes: object) -> Incident:
    return Incident(
        work_order=new_id(), report=new_id(), reference="MH-7F3K-9QX2", category="power-cut", opened_at=MONDAY
    ).model_copy(update=changes)
