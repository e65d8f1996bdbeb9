"""What officers do: give work to a team, refer it to an agency outside the town, or call it off."""

from datetime import datetime
from typing import Any, Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.crew_work import changes_to_go_on, changes_to_hand_over, level_after
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Referral
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.work_order import WorkOrder, base_level, change, common_fields
from shared.events.outcomes import Outcome
from shared.events.work_orders import WorkOrderAssigned, WorkOrderCancelled, WorkOrderReferred
from shared.kernel import Reject, Step
from shared.readers import with_public_form
from shared.town import Town

ReferralStatus = Literal["sent", "failed", "answered"]


def assign(town: Town, order: WorkOrder, acting: Acting, *, team: str, reason: str | None = None) -> Step[WorkOrder]:
    """Give it to a team, at any time; what was promised to the resident stays."""
    need(order, "assign")
    if team not in town.teams:
        raise Reject("unknown-team", f"The town has no team {team!r}.", status=422)
    if team == order.team and order.state != "referred":
        raise Reject("same-team", f"{team} has it already.")
    held = changes_to_hand_over(town, order, team, acting.happened)
    after = change(order, "assigned", acting, text=reason, facts={"previous_team": order.team}, **held)
    # An agency had it: the same team as before would say that it keeps what it has in hand.
    previous = None if order.team in (town.triage, team) else order.team
    said = common_fields(town, after, acting)
    return Step(after, [WorkOrderAssigned(**said, previous_team=previous, due_at=after.due_at, reason=reason)])


def refer(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    agency: str,
    status: ReferralStatus = "sent",
    agency_reference: str | None = None,
    note: str | None = None,
) -> Step[WorkOrder]:
    """Handed to an agency, or news of it: not reached, or answered. The team watches it and the clock runs on.

    Where the agency was not reached the work is the town's own team's, as before.
    """
    need(order, "refer")
    if agency not in town.agencies:
        raise Reject("unknown-agency", f"The town knows no agency {agency!r}.", status=422)
    if order.referral is None and status == "answered":
        raise Reject("not-referred", "It was not referred yet, so there is no answer.")
    known = order.referral.agency_reference if order.referral and order.referral.agency == agency else None
    reference = agency_reference or known
    referral = Referral(agency=agency, status=status, at=acting.happened, agency_reference=reference)
    changes = _given_away(town, order, acting.happened) if status != "failed" else _kept(town, order, acting.happened)
    facts = {"agency": agency, "status": status}
    after = change(order, "referred", acting, text=note, facts=facts, referral=referral, **changes)
    said = common_fields(town, after, acting)
    event = WorkOrderReferred(
        **said,
        agency=agency,
        status=status,
        zone=order.zone,
        location=order.place.for_event() if order.place else None,
        due_at=after.due_at,
        agency_reference=reference,
        note=note,
    )
    return Step(after, [event])


def _given_away(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which an agency has it: nobody waits, and who refers it has seen it."""
    moved = changes_to_go_on(town, order, at)
    running = clocks.acknowledge(moved.pop("clocks", order.clocks), at)
    return {**moved, "state": "referred", "level": "agency", "clocks": running}


def _kept(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which it is the team's own again; none where it never left."""
    if order.state != "referred":
        return {}
    state = "new" if order.team == town.triage else "acknowledged"
    return {"state": state, "level": level_after(town, order.team, order.clocks, at)}


def cancel(
    town: Town, order: WorkOrder, acting: Acting, *, outcome: Outcome, reason: str | None = None
) -> Step[WorkOrder]:
    """No work after all, and why."""
    need(order, "cancel")
    if acting.by is not None and not reason:
        raise Reject("cancel-reason", "Say why: the resident reads it.", status=422)
    return call_off(town, order, acting, outcome=outcome, reason=reason)


def call_off(
    town: Town, order: WorkOrder, acting: Acting, *, outcome: Outcome, reason: str | None = None, aside: str = ""
) -> Step[WorkOrder]:
    """The same without asking whether it may be; `aside`: a word for the history alone, which staff read."""
    ended = acting.happened
    moved = changes_to_go_on(town, order, ended)
    running = clocks.stop(moved.pop("clocks", order.clocks), ended)
    level = base_level(town, order.team)
    changes: dict[str, Any] = {**moved, "outcome": outcome, "closed_at": ended, "level": level, "clocks": running}
    text = reason or aside or None
    after = change(order, "cancelled", acting, text=text, facts={"outcome": outcome}, state="cancelled", **changes)
    said = common_fields(town, after, acting) | with_public_form("reason", reason, openness_under(town, after))
    return Step(after, [WorkOrderCancelled(**said, outcome=outcome)])
