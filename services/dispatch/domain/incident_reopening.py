"""An incident that was over and goes on after all: it was closed by mistake, or whoever checked its work says no.

The order that did its work does it again (`checking.open_again`); each of its reports is told once, by the walk over
them (`joins.py`), and their own work stands aside as before.
"""

from datetime import datetime, timedelta

from services.dispatch.domain.incident import Incident, TakenBack, list_incident_fields
from services.dispatch.domain.incident_course import Lead, of_lead, with_announcement, with_fact
from services.dispatch.domain.taking_back import reopens_until
from services.dispatch.domain.vicinity import rule_for
from shared.events.incidents import IncidentReopened
from shared.kernel import Reject, Step
from shared.town import Town


def was_closed(incident: Incident) -> bool:
    """Whether it ended by what its work came to. What became part of another goes on there, and what nobody was in any
    more has nobody to tell."""
    return incident.state == "resolved" and incident.into is None and incident.outcome not in ("duplicate", "withdrawn")


def may_go_on(town: Town, incident: Incident, at: datetime) -> bool:
    """Whether an officer can still say that it is not over."""
    until = reopens_until(town, incident)
    return was_closed(incident) and until is not None and at <= until


def need_closed(town: Town, incident: Incident, at: datetime) -> None:
    """409 where there is nothing to take back, or not any more."""
    if not was_closed(incident):
        raise Reject("incident-not-over", f"The incident is {incident.state}, and nothing can be taken back.")
    if not may_go_on(town, incident, at):
        detail = "The time in which its reports could be opened again is over: it is closed for good."
        raise Reject("incident-over-for-good", detail)


def reopen(
    town: Town,
    incident_id: str,
    incident: Incident,
    lead: Lead,
    at: datetime,
    *,
    expected_until: datetime | None = None,
    note: str | None = None,
) -> Step[Incident]:
    """It goes on; `lead` does its work. Whoever was told that it is over hears so, and reports join by themselves again
    for as long as they do when one begins; so do those that have come alone meanwhile (`joins.tell_members`)."""
    nothing = dict.fromkeys(("outcome", "closed_at", "reopen_until", "done", "public_done", "lead_due"))
    again = incident.model_copy(update={**of_lead(lead), **nothing, "state": "open"})
    after = with_fact(with_announcement(again, at, expected_until, note), at)
    joins_until = max(after.joins_until, at + timedelta(hours=rule_for(town, after.category).join_hours))
    missed = min(filter(None, (incident.missed_since, incident.closed_at)), default=None)
    ends = [*incident.taken_back, TakenBack(fact=incident.fact, work_order=incident.work_order)]
    after = after.model_copy(update={"taken_back": ends, "joins_until": joins_until, "missed_since": missed})
    return Step(after, [IncidentReopened(**list_incident_fields(incident_id, after))])
