"""Incidents and their members, as tests of dispatch and the bench need them."""

from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident, Member
from services.dispatch.joins import join_incident, open_incident, tell_members
from shared.events.ids import new_id
from shared.kernel import Cause, Moment, now


def member(report: str | None = None) -> Member:
    """A report of a power cut."""
    return Member(report=report or new_id(), reference="MH-7F3K-9QX2", category="power-cut")


async def incident(desk: Desk) -> str:
    """A power cut that has just become an incident."""
    incident_id, first = new_id(), member()
    made = Incident(
        work_order=new_id(), report=first.report, reference=first.reference, category="power-cut", opened_at=now()
    )
    await open_incident(desk, incident_id, made, Cause.request())
    return incident_id


async def join(desk: Desk, incident_id: str, report: str | None = None) -> str:
    """One report more."""
    joining = member(report)
    await join_incident(desk, incident_id, joining, Cause.request())
    return joining.report


async def walk(desk: Desk, incident_id: str) -> int:
    """The walk to its end, as its moments come; returns how many pages it took."""
    pages = 0
    while True:
        case = await desk.store.incidents.get(incident_id)
        assert case is not None
        if case.state.telling is None:
            return pages
        moment = Moment("tell", case.state.telling.at)
        await tell_members(desk, incident_id, moment, Cause.timer(incident_id, moment))
        pages += 1
