"""Work that several teams do a share of: each share is an order of its own, and the whole is done when all are.

One level: a share is not split again. Parent and children are cases of their own, so each hears of the other by a
moment of its own (`work_order.moments`), once, whatever fails in between: `families.py` carries it over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.crew_work import PHOTOS_MOST, choose_level_after, finish, list_changes_to_hand_over
from services.dispatch.domain.desk_work import call_off
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Child, Completion
from services.dispatch.domain.pausing import list_changes_to_go_on
from services.dispatch.domain.referral import end_referral
from services.dispatch.domain.referring import tell_taken_back
from services.dispatch.domain.work_order import (
    WorkOrder,
    change,
    choose_base_level,
    list_common_fields,
    priority_for_event,
)
from shared.events.base import Event
from shared.events.ids import derive_id
from shared.events.outcomes import Outcome
from shared.events.work_orders import Priority, WorkOrderAssigned, WorkOrderCreated, WorkOrderSplit
from shared.kernel import Reject, Step
from shared.town import Town

CHILDREN_MOST = 12  # a town has some ten teams
WORST: tuple[Outcome, ...] = ("cannot_be_done", "not_ours", "duplicate", "fixed")  # the whole is as good as its worst
NOTE_MOST = 4000


@dataclass(frozen=True)
class Share:
    """What one team is to do; without a priority as urgent as the whole."""

    team: str
    task: str
    priority: Priority | None = None


def split(town: Town, order: WorkOrder, acting: Acting, *, shares: Sequence[Share]) -> Step[WorkOrder]:
    """Each team gets its share; said again of split work it adds some. What the resident was promised does not move."""
    need(order, "split")
    children = [*order.children, *_plan_children(town, order, acting, shares)]
    if not 2 <= sum(not child.settled for child in children) <= CHILDREN_MOST:
        raise Reject("shares", f"Work is split into 2 to {CHILDREN_MOST} shares.", status=422)
    at = acting.happened
    moved = list_changes_to_go_on(town, order, at)
    running = clocks.acknowledge(moved.pop("clocks", order.clocks), at)
    changes: dict[str, Any] = {
        **moved,
        "state": "split",
        "person": None,
        "referral": end_referral(order.referral, at),
        "level": choose_level_after(town, order.team, running, at),
        "clocks": running,
        "acknowledged_at": order.acknowledged_at or at,
        "children": children,
        "children_due": acting.at,
    }
    facts = {"shares": str(len(children) - len(order.children))}
    step = _split(town, change(order, "split", acting, facts=facts, **changes), acting)
    return Step(step.state, [*tell_taken_back(town, order, acting), *step.events])


def promise_anew(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """Split work whose promise has changed stays split."""
    return _split(town, order, acting)


def _split(town: Town, after: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    said = list_common_fields(town, after, acting)
    children = [child.id for child in after.children]
    return Step(after, [WorkOrderSplit(**said, children=children, due_at=after.due_at)])


def _plan_children(town: Town, order: WorkOrder, acting: Acting, shares: Sequence[Share]) -> list[Child]:
    for share in shares:
        if share.team not in town.teams:
            raise Reject("unknown-team", f"The town has no team {share.team!r}.", status=422)
    began = len(order.children)
    return [
        Child(
            id=derive_id(order.report.id, "share", order.created_at.isoformat(), str(began + number)),
            team=share.team,
            task=share.task,
            priority=share.priority or order.priority,
            by=acting.by,
        )
        for number, share in enumerate(shares)
    ]


def begin_child(town: Town, parent_id: str, parent: WorkOrder, child: Child, at: datetime) -> Step[WorkOrder]:
    """A share becomes work of its team, with clocks of its own; what is known of the report goes with it."""
    known = parent.model_dump(include=KNOWN)
    promised = clocks.start(town, parent.clocks.service_level, child.priority, parent.clocks.version, at)
    order = WorkOrder.model_validate(
        {
            **known,
            "report": parent.report,
            "state": "new" if child.team == town.triage else "assigned",
            "team": child.team,
            "level": choose_base_level(town, child.team),
            "rule": parent.rule,
            "clocks": promised,
            "created_at": at,
            "changed_at": at,
            "parent": parent_id,
            "task": child.task,
        }
    )
    acting = Acting(child.by, at)
    order = change(order, "created", acting, text=child.task)
    event = WorkOrderCreated(
        **list_common_fields(town, order, acting),
        again=order.reopened > 0,
        zone=order.zone,
        priority=priority_for_event(order.priority),
        rules_version=order.rule.version,
        service_level=order.clocks.service_level,
        acknowledge_by=order.clocks.acknowledge.due_at if order.clocks.acknowledge else None,
        due_at=order.due_at,
        task=child.task,
    )
    return Step(order, [event])


KNOWN = {
    "reference", "category", "kind", "channel", "text", "answers", "place", "zone", "outside_town", "sensitive",
    "photos", "followers", "reopened", "reopened_because", "comment_count", "comments",
}  # fmt: skip


def call_off_child(town: Town, child: WorkOrder, parent: WorkOrder, at: datetime) -> Step[WorkOrder] | None:
    """The whole is over, so its share is; None when it was over before."""
    if not child.is_open:
        return None
    return call_off(town, child, Acting(None, at), outcome=parent.outcome or "duplicate", aside=parent.reference)


def note_begun(order: WorkOrder, ended: bool) -> Step[WorkOrder]:
    """Its children have begun, or, where it is over itself, are called off."""
    state = "cancelled" if ended else "open"
    children = [
        child.model_copy(update={"state": state}) if child.state == "planned" else child for child in order.children
    ]
    return Step(order.model_copy(update={"children": children, "children_due": None}))


def note_told(order: WorkOrder) -> Step[WorkOrder]:
    """Note that the whole has heard how this share ended: nothing is owed to it any more."""
    return Step(order.model_copy(update={"parent_due": None}))


def hear_of_child(
    town: Town, parent: WorkOrder, child_id: str, child: WorkOrder, at: datetime
) -> Step[WorkOrder] | None:
    """A share is over; with the last of them the whole is. None: that was heard before, or it is no share of this."""
    known = next((one for one in parent.children if one.id == child_id), None)
    if known is None or not known.is_open or child.is_open:
        return None
    heard = known.model_copy(
        update={
            "state": "completed" if child.completion else "cancelled",
            "outcome": child.outcome,
            "completion": child.completion,
        }
    )
    children = [heard if one.id == child_id else one for one in parent.children]
    facts = {"share_of": child.team, "outcome": child.outcome or ""}
    system = Acting(None, at, child.closed_at)
    after = change(parent, "share_ended", system, text=child.task, facts=facts, children=children)
    if after.state != "split" or any(one.is_open for one in children):
        return Step(after)
    return _end(town, after, system)


def _end(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """All shares are over: the whole is what they came to. Where all were called off nobody has done anything, so its
    own team has it again and says how it ends."""
    done = [child for child in order.children if child.state == "completed" and not child.settled]
    settled = [child.model_copy(update={"settled": True}) for child in order.children]
    order = order.model_copy(update={"children": settled})
    if not done:
        return _take_back(town, order, acting)
    ends = {child.outcome for child in done}
    outcome: Outcome = next((worst for worst in WORST if worst in ends), "fixed")
    late = clocks.is_late(order.clocks.resolve, acting.happened)
    after, event = finish(town, order, acting, outcome, _merge_proofs(town, done, acting.happened, late=late))
    return Step(after, [event])


def _take_back(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    held = list_changes_to_hand_over(town, order, order.team, acting.happened)
    after = change(order, "shares_over", acting, **held)
    said = list_common_fields(town, after, acting)
    events: list[Event] = [WorkOrderAssigned(**said, previous_team=None, due_at=after.due_at)]
    return Step(after, events)


def _merge_proofs(town: Town, done: Sequence[Child], at: datetime, *, late: bool) -> Completion:
    """The proof of all shares as one; each team's words under its name, in the town's first language."""
    parts = [(child, child.completion) for child in done if child.completion]
    notes = [f"{town.team_name(child.team, town.languages[0])}: {said.note}" for child, said in parts if said.note]
    spent = [said.minutes for _, said in parts if said.minutes]
    return Completion(
        at=at,
        late=late,
        note="\n".join(notes)[:NOTE_MOST] or None,
        before=[path for _, said in parts for path in said.before][: 2 * PHOTOS_MOST],
        photos=[path for _, said in parts for path in said.photos][: 2 * PHOTOS_MOST],
        materials=[material for _, said in parts for material in said.materials],
        minutes=sum(spent) if spent else None,
    )
