"""What officers do: give work to a team, or call it off. What they do about an agency is in `referring.py`."""

from typing import Any, Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.colleagues import Member, need_member
from services.dispatch.domain.crew_work import list_changes_to_hand_over
from services.dispatch.domain.history import Acting
from services.dispatch.domain.pausing import list_changes_to_go_on
from services.dispatch.domain.referring import tell_taken_back
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.taking_back import open_until
from services.dispatch.domain.work_order import WorkOrder, change, choose_base_level, list_common_fields
from shared.events.outcomes import Outcome
from shared.events.work_orders import WorkOrderAssigned, WorkOrderCancelled
from shared.kernel import Reject, Step
from shared.readers import with_public_form
from shared.town import Town


def assign(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    team: str,
    person: str | None = None,
    reason: str | None = None,
    member: Member | None = None,
) -> Step[WorkOrder]:
    """Give it to a team, and at once to one of them, at any time; what was promised to the resident stays."""
    need(order, "assign")
    if team not in town.teams:
        raise Reject("unknown-team", f"The town has no team {team!r}.", status=422)
    if team == order.team and order.state != "referred":
        raise Reject("same-team", f"{team} has it already.")
    held = list_changes_to_hand_over(town, order, team, acting.happened)
    if person is not None:
        held["person"] = need_member(team, person, member)
    after = change(order, "assigned", acting, text=reason, facts={"previous_team": order.team}, **held)
    # An agency had it: the same team as before would say that it keeps what it has in hand.
    previous = None if order.team in (town.triage, team) else order.team
    assigned = WorkOrderAssigned(
        **list_common_fields(town, after, acting), previous_team=previous, due_at=after.due_at, reason=reason
    )
    return Step(after, [*tell_taken_back(town, order, acting), assigned])


def cancel(
    town: Town, order: WorkOrder, acting: Acting, *, outcome: Outcome, reason: str | None = None
) -> Step[WorkOrder]:
    """No work after all, and why; the shares of split work are called off with it."""
    need(order, "cancel")
    if acting.by is not None and not reason:
        raise Reject("cancel-reason", "Say why: the resident reads it.", status=422)
    return call_off(town, order, acting, outcome=outcome, reason=reason)


def call_off(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    outcome: Outcome,
    reason: str | None = None,
    aside: str = "",
    because: Literal["replaced", "merged"] | None = None,
) -> Step[WorkOrder]:
    """The same without asking whether it may be; `aside`: a word for the history alone, which staff read; `because`:
    other work on the report begins, or another report's goes on, and its people are not told that theirs is over."""
    ended = acting.happened
    moved = list_changes_to_go_on(town, order, ended)
    running = clocks.stop(moved.pop("clocks", order.clocks), ended)
    level = choose_base_level(town, order.team)
    changes: dict[str, Any] = {**moved, "outcome": outcome, "closed_at": ended, "level": level, "clocks": running}
    changes["reopen_until"] = open_until(town, order.category, ended)
    changes["children_due"] = acting.at if any(child.is_open for child in order.children) else None
    changes["parent_due"] = acting.at if order.parent else None
    if order.stands_aside:  # it does no incident's work, and what another order does says nothing of its end
        changes |= {"incident": None, "goes_on": None}
    text = reason or aside or None
    after = change(order, "cancelled", acting, text=text, facts={"outcome": outcome}, state="cancelled", **changes)
    said = list_common_fields(town, after, acting) | with_public_form("reason", reason, openness_under(town, after))
    replaced, merged = because == "replaced", because == "merged"
    return Step(after, [WorkOrderCancelled(**said, outcome=outcome, replaced=replaced, merged=merged)])
