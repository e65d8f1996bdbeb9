"""A report's place among incidents, a case of its own under the report's id: alone, proposed for one, or in it.

Every report of a category that can become an incident has one. `due` wakes it (`settling.py`) when its own work order
must follow: it stands aside while the incident's does the work, and goes on when the report leaves. Every event about a
member is keyed by its report.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from services.dispatch.domain.incident import TICK, Incident, list_common_fields, list_standing_fields
from services.dispatch.domain.work_order import WorkOrder, level_for_event
from shared.events.base import Event
from shared.events.incidents import IncidentJoined, IncidentLeft
from shared.kernel import Lenient, Moment, Reject, Step, StoredModel
from shared.readers import openness_of

PLACE_DECIMALS = 4  # degrees: 11 m, enough to say what is near, and no more than that is kept
MemberState = Literal["alone", "proposed", "joined", "left"]
LeftWhy = Literal["officer", "gone"]


class Membership(StoredModel):
    """`told`: the last fact of its incident that it was told. `left`: an officer took it out (`left_why`), and it joins
    nothing by itself any more; or the report is gone, and comes in anew if it comes back."""

    incident: str | None = None
    work_order: str = ""  # its own
    reference: str
    category: str
    sensitive: bool = False
    shown: bool = True
    zone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    reported_at: datetime | None = None
    state: Annotated[MemberState, Lenient] = "alone"
    joined_at: datetime | None = None
    left_at: datetime | None = None
    left_why: Annotated[LeftWhy, Lenient] | None = None
    told: int = 0
    said: str | None = None  # the incident that its reporter says it is
    due: datetime | None = None  # since when something is to be done about it
    was_due: datetime | None = None  # and was before


@dataclass(frozen=True)
class Member:
    """A report that may belong to an incident: what of it decides, and the work order of its own."""

    report: str
    work_order: str
    reference: str
    category: str
    reported_at: datetime
    sensitive: bool = False
    shown: bool = True
    zone: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @classmethod
    def of(cls, work_order: str, order: WorkOrder, *, shown: bool, zone: str | None = None) -> "Member":
        """As its work order knows it; `zone`: what its address names, where it has no degrees."""
        place = order.place
        return cls(
            report=order.report.id,
            work_order=work_order,
            reference=order.reference,
            category=order.category,
            reported_at=order.created_at,
            sensitive=order.sensitive,
            shown=shown,
            zone=order.zone or zone,
            latitude=round(place.latitude, PLACE_DECIMALS) if place else None,
            longitude=round(place.longitude, PLACE_DECIMALS) if place else None,
        )


def member_of(report: str, membership: Membership) -> Member | None:
    """The report as its membership knows it; None for one of which it knows too little to tell what is near."""
    if membership.reported_at is None:
        return None
    names = {"work_order", "reference", "category", "sensitive", "shown", "zone", "latitude", "longitude"}
    return Member(report=report, reported_at=membership.reported_at, **membership.model_dump(include=names))


def member_moments(membership: Membership) -> list[Moment]:
    """Its own work order must follow, or it looks for others like it."""
    return [Moment("settle", membership.due)] if membership.due else []


def begin_alone(
    before: Membership | None, member: Member, at: datetime, said: str | None = None
) -> Step[Membership] | None:
    """A report has come in that may be one of several; it looks around at once. One that comes back came when it came
    first, and was in what it was in."""
    if before is None:
        return Step(_make_membership(member, state="alone", due=at, said=said))
    if before.work_order == member.work_order or (before.state, before.left_why) != ("left", "gone"):
        return None
    back = replace(member, reported_at=before.reported_at or member.reported_at)
    return Step(
        _make_membership(
            back, state="alone", due=find_next_due(before, at), said=said or before.said or before.incident
        )
    )


def look_again(before: Membership | None, at: datetime) -> Step[Membership] | None:
    """What it may belong to goes on after all: it looks around once more, as if it had come in now."""
    if before is None or before.state != "alone":
        return None
    return Step(before.model_copy(update={"due": find_next_due(before, at)}))


def propose(before: Membership | None, incident_id: str, *, looks: bool = False) -> Step[Membership] | None:
    """It is one of those that an officer is asked about; its own work goes on until the answer. Whose proposal it is
    (`looks`) has done what it was due for; of any other's work something may still be due: it may stand aside yet."""
    if looks and before is not None and before.state == "proposed" and before.due:  # another was faster
        return Step(before.model_copy(update={"due": None, "was_due": before.due}))
    if before is None or before.state != "alone":
        return None
    due = None if looks else before.due
    changes = {"state": "proposed", "incident": incident_id, "due": due, "was_due": _find_last_due(before)}
    return Step(before.model_copy(update=changes))


def join(
    before: Membership | None, member: Member, incident_id: str, incident: Incident, at: datetime
) -> Step[Membership] | None:
    """The report belongs to the incident from now on, and no longer to another; None when it does already."""
    if before is not None and before.state == "joined" and before.incident == incident_id:
        return None
    if incident.is_over:
        raise Reject("incident-over", f"Incident {incident_id} is {incident.state}: nothing joins it any more.")
    need_as_open(member, incident)
    if incident.state == "proposed":
        return Step(_make_membership(member, state="proposed", incident=incident_id, was_due=_find_last_due(before)))
    return note_joined(before, member, incident_id, incident, at)


def leave(
    membership: Membership, own: WorkOrder | None, incident: Incident, at: datetime, reason: str | None = None
) -> Step[Membership] | None:
    """An officer says that the report does not belong to it; `own`: the work that it has again."""
    if membership.state == "proposed":
        return Step(membership.model_copy(update={"state": "left", "left_at": at, "left_why": "officer"}))
    if membership.state != "joined" or own is None:
        return None
    gone: dict[str, Any] = {"state": "left", "left_at": at, "left_why": "officer"}
    after = membership.model_copy(update={**gone, "due": find_next_due(membership, at)})
    return Step(after, [_tell_left(after, own, incident, reason)])


def let_out(membership: Membership, own: WorkOrder, incident: Incident, at: datetime) -> Step[Membership] | None:
    """Its incident was dissolved while it was on its way in: it has its own work again, and looks around anew."""
    if membership.state != "joined":
        return None
    out: dict[str, Any] = {"state": "alone", "incident": None, "joined_at": None, "said": None, "told": 0}
    after = membership.model_copy(update={**out, "due": find_next_due(membership, at)})
    return Step(after, [_tell_left(membership, own, incident, None)])


def turn(
    membership: Membership, own: WorkOrder, member: Member, incident: Incident | None, at: datetime
) -> Step[Membership] | None:
    """The report is of another category now: it leaves what it was in, and looks around among its like."""
    if membership.state == "left" or member.category == membership.category:
        return None
    alone = _make_membership(member, state="alone", due=find_next_due(membership, at))
    if membership.state != "joined" or incident is None or incident.is_over:
        return Step(alone)
    return Step(alone, [_tell_left(membership, own, incident, None)])


def go(membership: Membership, at: datetime) -> Step[Membership] | None:
    """The report was withdrawn, or is another's duplicate: it is told nothing more."""
    if membership.state == "left":
        return None
    why: LeftWhy = "gone"
    changes = {"state": "left", "left_at": at, "left_why": why, "due": None, "was_due": _find_last_due(membership)}
    return Step(membership.model_copy(update=changes))


def settle(membership: Membership, due: datetime | None) -> Step[Membership] | None:
    """What was due then is done; what came due since stays."""
    return Step(membership.model_copy(update={"due": None, "was_due": due})) if membership.due == due else None


def note_joined(
    before: Membership | None, member: Member, incident_id: str, incident: Incident, at: datetime
) -> Step[Membership]:
    """As one of it, with what it has to say by now."""
    told = {"incident": incident_id, "joined_at": at, "told": incident.fact}
    after = _make_membership(member, state="joined", due=find_next_due(before, at), **told)
    said = of_member(after, member.report, incident_id, incident)
    return Step(after, [IncidentJoined(**said, **list_standing_fields(incident), over=incident.is_over)])


def need_as_open(member: Member, incident: Incident) -> None:
    """What everybody may read of an incident must tell nothing of a report that they may not know, nor the reverse."""
    if openness_of(sensitive=member.sensitive, shown=member.shown) != incident.openness:
        raise Reject("incident-openness", "A report joins only an incident of which others may know as much as of it.")


def find_next_due(before: Membership | None, at: datetime) -> datetime:
    """Something is to be done about it: later than what was due before, whatever the clock says: a moment takes effect
    once."""
    last = _find_last_due(before)
    return max(at, last + TICK) if last else at


def of_member(membership: Membership, report: str, incident_id: str, incident: Incident) -> dict[str, Any]:
    """The fields of every event about a report in an incident: the incident's own and the report's."""
    about = {"report_id": report, "reference": membership.reference, "category": membership.category}
    return {
        **list_common_fields(incident_id, incident),
        **about,
        "sensitive": membership.sensitive,
        "shown": membership.shown,
    }


def _find_last_due(before: Membership | None) -> datetime | None:
    return (before.due or before.was_due) if before else None


def _make_membership(member: Member, **more: Any) -> Membership:
    known = {name: value for name, value in vars(member).items() if name != "report"}
    return Membership(**known, **more)


def _tell_left(membership: Membership, own: WorkOrder, incident: Incident, reason: str | None) -> Event:
    said = of_member(membership, own.report.id, membership.incident or "", incident)
    held = {"team": own.team, "level": level_for_event(own.level)}
    return IncidentLeft(**{**said, **held}, due_at=own.due_at, reason=reason)
