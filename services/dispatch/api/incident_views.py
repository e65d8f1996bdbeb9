"""An incident as everybody may know it, and as staff see it; the stored state may change without this changing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from services.dispatch.commands import Desk
from services.dispatch.domain.incident import Incident, IncidentState
from services.dispatch.domain.membership import Membership, MemberState
from services.dispatch.domain.rights import openness_of_incident
from shared.events.base import PublicPlace
from shared.events.outcomes import Outcome
from shared.events.public import public_place
from shared.events.work_orders import Level
from shared.kernel import Case, Lenient
from shared.readers import sight_of
from shared.town import Town
from shared.web import Paging, Problem


class Known(BaseModel):
    """An incident as everybody may know it. `until`: expected to be over then."""

    id: str
    category: str
    state: Annotated[IncidentState, Lenient]
    since: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: Annotated[Outcome, Lenient] | None
    zone: str | None
    location: PublicPlace | None
    radius_m: int | None
    team: str | None
    level: Annotated[Level, Lenient]
    agency: str | None
    expected_until: datetime | None
    note: str | None


class Detail(Known):
    """The same for staff: as it is, with how many reports, and whose work order does the work. `into`: the incident of
    which it is a part."""

    version: int
    reference: str
    work_order: str
    reports: int
    by_zone: bool
    by_hand: bool
    joins_until: datetime
    decided_by: str | None
    public_note: str | None
    into: str | None


class MemberRow(BaseModel):
    """One report in it, or proposed for it."""

    report_id: str
    reference: str
    work_order: str
    state: Annotated[MemberState, Lenient]
    reported_at: datetime | None
    joined_at: datetime | None
    zone: str | None


class Incidents(BaseModel):
    """Newest first; `next` is the cursor of the page after, None on the last."""

    items: list[Known]
    next: str | None


class Details(BaseModel):
    """The same for staff."""

    items: list[Detail]
    next: str | None


class Members(BaseModel):
    """The oldest report first."""

    items: list[MemberRow]
    next: str | None


def show_to_all(case: Case[Incident]) -> Known:
    """What everybody may know of the incident: no names, no report."""
    incident = case.state
    sight = sight_of("public", incident.openness)
    note = incident.public_done if incident.state == "resolved" else incident.public_note
    return Known(**_facts(case), **_place(incident, coarse=sight.where == "coarse"), note=note)


async def show_to_staff(desk: Desk, cases: Sequence[Case[Incident]]) -> list[Detail]:
    """Each with how many reports it has."""
    counts = await desk.store.count_members([case.id for case in cases])
    return [_for_staff(case, counts.get(case.id, 0)) for case in cases]


def _for_staff(case: Case[Incident], reports: int) -> Detail:
    incident = case.state
    return Detail(
        **_facts(case),
        **_place(incident, coarse=False),
        note=incident.done if incident.state == "resolved" else incident.note,
        public_note=incident.public_note,
        version=case.version,
        reference=incident.reference,
        work_order=incident.work_order,
        reports=reports,
        by_zone=incident.by_zone,
        by_hand=incident.by_hand,
        joins_until=incident.joins_until,
        into=incident.into,
        decided_by=(incident.decided_by.name or incident.decided_by.sub) if incident.decided_by else None,
    )


def _facts(case: Case[Incident]) -> dict[str, Any]:
    plain = {"category", "state", "since", "opened_at", "closed_at", "outcome", "zone", "team", "level", "agency",
             "expected_until"}  # fmt: skip
    return {"id": case.id, **{name: getattr(case.state, name) for name in plain}}


def _place(incident: Incident, *, coarse: bool) -> dict[str, Any]:
    place = incident.middle.for_event() if incident.middle else None
    shown = PublicPlace(**public_place(place, coarse=coarse)) if place else None
    return {"location": shown, "radius_m": incident.radius_m if place else None}


def is_public(town: Town, incident: Incident) -> bool:
    """Everybody may know of it, also by the profile as it is now."""
    return sight_of("public", openness_of_incident(town, incident)).case


def row_of(case: Case[Membership]) -> MemberRow:
    kept = case.state.model_dump(include={"reference", "work_order", "state", "reported_at", "joined_at", "zone"})
    return MemberRow(report_id=case.id, **kept)


def place_in(paged: Paging) -> str | None:
    """The id after which a page begins; 400 for the cursor of another list."""
    match paged.after:
        case None:
            return None
        case (str(case_id),):
            return case_id
        case _:
            raise Problem(400, "cursor")
