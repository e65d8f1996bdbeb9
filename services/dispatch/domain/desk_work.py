"""What officers do: give work to a team, refer it to an agency outside the town, or call it off."""

from datetime import datetime
from typing import Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.allowed import need
from services.dispatch.domain.crew_work import given_to, going_on
from services.dispatch.domain.work_order import OPEN, Actor, Referral, WorkOrder, base_level, changed, common
from shared.events import Outcome, WorkOrderAssigned, WorkOrderCancelled, WorkOrderReferred
from shared.kernel import Reject, Step
from shared.town import Town

ReferralStatus = Literal["sent", "failed", "answered"]


def assign(town: Town, order: WorkOrder, by: Actor, at: datetime, team: str,
           reason: str | None = None) -> Step[WorkOrder]:  # fmt: skip
    """Give it to a team, at any time; what was promised to the resident stays."""
    need(order, "assign", OPEN)
    if team not in town.teams:
        raise Reject("unknown-team", f"The town has no team {team!r}.", status=422)
    if team == order.team and order.state != "referred":
        raise Reject("same-team", f"{team} has it already.")
    after = changed(order, "assigned", at, actor=by, text=reason, facts={"previous_team": order.team},
                    **given_to(town, order, team, at))  # fmt: skip
    previous = None if order.team == town.triage else order.team
    event = WorkOrderAssigned(**common(town, after, by), previous_team=previous, due_at=after.due_at, reason=reason)
    return Step(after, [event])


def refer(town: Town, order: WorkOrder, by: Actor, at: datetime, agency: str, *, status: ReferralStatus = "sent",
          agency_reference: str | None = None, note: str | None = None) -> Step[WorkOrder]:  # fmt: skip
    """Handed to an agency, or news of it: not reached, or answered. The team watches it and the clock runs on."""
    need(order, "refer", OPEN)
    if agency not in town.agencies:
        raise Reject("unknown-agency", f"The town knows no agency {agency!r}.", status=422)
    if order.referral is None and status == "answered":
        raise Reject("not-referred", "It was not referred yet, so there is no answer.")
    known = order.referral.agency_reference if order.referral and order.referral.agency == agency else None
    referral = Referral(agency=agency, status=status, at=at, agency_reference=agency_reference or known, note=note)
    moved = going_on(town, order, at)
    running = moved.pop("clocks", order.clocks)
    after = changed(
        order, "referred", at, actor=by, text=note, facts={"agency": agency, "status": status}, state="referred",
        level="agency", referral=referral, clocks=clocks.acknowledged(running, at), **moved,
    )  # fmt: skip
    event = WorkOrderReferred(
        **common(town, after, by), agency=agency, status=status, agency_reference=referral.agency_reference, note=note
    )
    return Step(after, [event])


def cancel(town: Town, order: WorkOrder, by: Actor | None, at: datetime, outcome: Outcome,
           reason: str | None = None) -> Step[WorkOrder]:  # fmt: skip
    """No work after all, and why."""
    need(order, "cancel", OPEN)
    if by is not None and not reason:
        raise Reject("cancel-reason", "Say why: the resident reads it.", status=422)
    moved = going_on(town, order, at)
    running = moved.pop("clocks", order.clocks)
    after = changed(
        order, "cancelled", at, actor=by, text=reason, facts={"outcome": outcome}, state="cancelled", outcome=outcome,
        closed_at=at, level=base_level(town, order.team), clocks=clocks.stopped(running, at), **moved,
    )  # fmt: skip
    return Step(after, [WorkOrderCancelled(**common(town, after, by), outcome=outcome, reason=reason)])
