"""What a report is told of its incident: that it is in it, how it stands, that it is over or not over after all; each
of it once, by the numbers of the facts."""

from datetime import datetime

from services.dispatch.domain.incident import Incident, list_standing_fields, outcome_for_event
from services.dispatch.domain.membership import Member, Membership, find_next_due, need_as_open, note_joined, of_member
from shared.events.base import Event
from shared.events.incidents import IncidentJoined, IncidentResolved, IncidentTold, IncidentWentOn
from shared.kernel import Step


def tell(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
    """The report is told what its incident has to say; None when it was told before, or is no member any more.

    The report whose own work order did the work hears of its end from that, and that it goes on after all
    (`_heard_end`).
    """
    if membership.incident != incident_id or membership.told >= incident.fact:
        return None
    if membership.state == "proposed":
        return _take_in(membership, report, incident_id, incident)
    if membership.state != "joined":
        return None
    after = membership.model_copy(update={"told": incident.fact})
    said = of_member(membership, report, incident_id, incident)
    hears_from_work = membership.work_order == incident.work_order
    if incident.is_open and _heard_end(membership, incident):
        return Step(after, [IncidentWentOn(**said, **list_standing_fields(incident))])
    if incident.is_open and not (hears_from_work and incident.fact == incident.reopened_fact):
        return Step(after, [IncidentTold(**said, **list_standing_fields(incident))])
    if incident.is_open or incident.outcome is None or hears_from_work:
        return Step(after)
    return Step(after, [_tell_resolved(membership, report, incident_id, incident)])


def move(
    before: Membership, member: Member, part: Incident, into_id: str, into: Incident, at: datetime
) -> Step[Membership]:
    """Its incident, `part`, is part of another, which may be over by now: it is in that one, and hears how that stands.
    Whoever was told that their own was over hears first that it was not. Of what is over by now people are told once:
    the rest of it is for the record (`over`)."""
    need_as_open(member, into)
    moved = note_joined(before, member, into_id, into, at)
    first, last = list[Event](), list[Event]()
    if _heard_end(before, part):
        said = of_member(before, member.report, before.incident or "", part)
        first = [IncidentWentOn(**said, **list_standing_fields(part), over=into.is_over)]
    if into.is_over:
        last = [_tell_resolved(moved.state, member.report, into_id, into)]
    return Step(moved.state, [*first, *moved.events, *last])


def _take_in(membership: Membership, report: str, incident_id: str, incident: Incident) -> Step[Membership] | None:
    """The officer has confirmed what it was proposed for."""
    if not incident.is_open:
        return None
    at = (incident.telling.at if incident.telling else incident.opened_at) or incident.begun_at
    changes = {"state": "joined", "joined_at": at, "told": incident.fact, "due": find_next_due(membership, at)}
    said = of_member(membership, report, incident_id, incident)
    return Step(membership.model_copy(update=changes), [IncidentJoined(**said, **list_standing_fields(incident))])


def _heard_end(membership: Membership, incident: Incident) -> bool:
    """Whether the last that it was told is an end that was taken back. Where its own work did the incident's, that said
    it, and says that it goes on."""
    ends = (one for one in incident.taken_back if one.fact == membership.told)
    return any(one.work_order != membership.work_order for one in ends)


def _tell_resolved(membership: Membership, report: str, incident_id: str, incident: Incident) -> IncidentResolved:
    said = of_member(membership, report, incident_id, incident)
    said |= {"note": incident.done, "public_note": incident.public_done}
    return IncidentResolved(**said, outcome=outcome_for_event(incident))
