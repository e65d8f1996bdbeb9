"""What a crew does with its work: take it, set out, arrive, finish, or give it back. How it waits: `pausing.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need, refusal, with_colleague
from services.dispatch.domain.clocks import Clocks
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Assignee, Completion, Material
from services.dispatch.domain.pausing import ended_by_itself, list_changes_to_go_on, resume
from services.dispatch.domain.proof import need_proof, wants_check
from services.dispatch.domain.referral import end_referral
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.taking_back import open_until
from services.dispatch.domain.work_order import LADDER, WorkOrder, change, choose_base_level, list_common_fields
from shared.events.base import Event
from shared.events.outcomes import Outcome
from shared.events.reports import ReportKind
from shared.events.work_orders import (
    Level,
    WorkOrderAcknowledged,
    WorkOrderCompleted,
    WorkOrderRefused,
    WorkOrderStarted,
)
from shared.kernel import Reject, Step
from shared.readers import with_public_form
from shared.town import Town

Stage = Literal["on_the_way", "on_site"]
PHOTOS_MOST = 10  # of how it was found, and as many of how it was left


@dataclass(frozen=True)
class DoneWork:
    """How work ended, as whoever did it says."""

    outcome: Outcome = "fixed"
    note: str | None = None
    before: Sequence[str] = ()
    photos: Sequence[str] = ()
    materials: Sequence[Material] = ()
    minutes: int | None = None


def acknowledge(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """The team has seen it and takes it."""
    need(order, "acknowledge")
    after, events = see(town, order, acting)
    return Step(after, events)


def start(town: Town, order: WorkOrder, acting: Acting, *, stage: Stage | None = None) -> Step[WorkOrder]:
    """On the way, then on site; without a stage the next one. A crew that sets out has also seen the work, and whoever
    of them sets out has it: a colleague is told so before they drive to the same place."""
    need(order, "start")
    need_free(order, acting)
    after, events = see(town, order, acting)
    stage = stage or ("on_site" if order.state == "on_the_way" else "on_the_way")
    if stage == order.state:
        raise refusal(order, f"it is {stage} already")
    after = change(
        after, "started", acting, facts={"stage": stage}, state=stage, person=choose_person_after(order, acting)
    )
    return Step(after, [*events, WorkOrderStarted(**list_common_fields(town, after, acting), stage=stage)])


def complete(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    outcome: Outcome = "fixed",
    note: str | None = None,
    before: Sequence[str] = (),
    photos: Sequence[str] = (),
    materials: Sequence[Material] = (),
    minutes: int | None = None,
) -> Step[WorkOrder]:
    """Done, with the proof that the town asks for in this category; anything but "fixed" needs its reason.

    What only wants an answer may be answered and closed in triage, without a team.
    """
    need(order, "complete")
    return conclude(town, order, acting, DoneWork(outcome, note, before, photos, materials, minutes))


def conclude(town: Town, order: WorkOrder, acting: Acting, done: DoneWork) -> Step[WorkOrder]:
    """The same wherever the work stands: the desk knows that it was done."""
    need_proof(town, order, done.outcome, done.note, done.photos)
    events: list[Event] = []
    if order.state == "paused" or ended_by_itself(order, acting.happened):
        resumed = resume(town, order, acting)
        order, events = resumed.state, [*resumed.events]
    ended = acting.happened
    found = list(dict.fromkeys((*order.before, *done.before)))[:PHOTOS_MOST]
    completion = Completion(
        at=ended,
        late=clocks.is_late(order.clocks.resolve, ended),
        by=acting.by,
        note=done.note,
        before=found,
        photos=list(done.photos),
        materials=list(done.materials),
        minutes=done.minutes,
    )
    after, completed = finish(town, order, acting, done.outcome, completion)
    return Step(after, [*events, completed])


def finish(
    town: Town, order: WorkOrder, acting: Acting, outcome: Outcome, completion: Completion
) -> tuple[WorkOrder, WorkOrderCompleted]:
    """The work as it is once that is how it ended, and what is said of it."""
    changes: dict[str, Any] = {
        "outcome": outcome,
        "completion": completion,
        "before": completion.before,
        "closed_at": completion.at,
        "reopen_until": open_until(town, order.category, completion.at),
        "clocks": clocks.stop(order.clocks, completion.at),
        "to_verify": wants_check(town, order),
        "parent_due": acting.at if order.parent else None,
    }
    after = change(order, "completed", acting, facts={"outcome": outcome}, state="completed", **changes)
    said = list_common_fields(town, after, acting)
    said |= with_public_form("note", completion.note, openness_under(town, after))
    told = completion.model_dump(include={"before", "photos", "materials", "minutes", "late"})
    kind = _narrow_kind(order)
    return after, WorkOrderCompleted(**said, **told, outcome=outcome, kind=kind, to_verify=after.to_verify)


def refuse(town: Town, order: WorkOrder, acting: Acting, *, reason: str) -> Step[WorkOrder]:
    """Not ours, and why: it is in triage again, and its clocks run on."""
    need(order, "refuse")
    if order.team == town.triage:
        raise Reject("triage-refuses", "Triage cannot refuse: assign it, refer it to an agency, or cancel it.")
    held = list_changes_to_hand_over(town, order, town.triage, acting.happened)
    after = change(order, "refused", acting, text=reason, facts={"previous_team": order.team}, **held)
    return Step(
        after, [WorkOrderRefused(**list_common_fields(town, after, acting), previous_team=order.team, reason=reason)]
    )


def list_changes_to_hand_over(town: Town, order: WorkOrder, team: str, at: datetime) -> dict[str, Any]:
    """The changes by which another team holds it, from the beginning; what it waited for is over."""
    moved = list_changes_to_go_on(town, order, at)
    running = moved.get("clocks", order.clocks)
    return {
        **moved,
        "state": "new" if team == town.triage else "assigned",
        "team": team,
        "person": None,
        "level": choose_level_after(town, team, running, at),
        "acknowledged_at": None,
        "referral": end_referral(order.referral, at),
        "clocks": clocks.hand_over(town, running, at),
    }


def see(town: Town, order: WorkOrder, acting: Acting) -> tuple[WorkOrder, list[Event]]:
    """Whoever goes on with work that its team has not taken yet takes it for the team."""
    if order.state != "assigned":
        return order, []
    seen_at = acting.happened
    running = clocks.acknowledge(order.clocks, seen_at)
    level = choose_level_after(town, order.team, running, seen_at)
    changes: dict[str, Any] = {"acknowledged_at": seen_at, "clocks": running, "level": level}
    after = change(order, "acknowledged", acting, state="acknowledged", **changes)
    return after, [WorkOrderAcknowledged(**list_common_fields(town, after, acting))]


def choose_person_after(order: WorkOrder, acting: Acting) -> Assignee | None:
    """Who has it once this person has set out: they, if nobody else and if they are of the team."""
    if order.person is not None or acting.by is None or acting.team != order.team:
        return order.person
    return Assignee(**acting.by.model_dump())


def need_free(order: WorkOrder, acting: Acting) -> None:
    """409 when somebody sets out to what a colleague of the same team has: who has it, and what to do."""
    of_the_team = acting.by is not None and acting.team == order.team
    if of_the_team and order.person is not None and acting.by and order.person.sub != acting.by.sub:
        raise with_colleague(order)


def choose_level_after(town: Town, team: str, running: Clocks, at: datetime) -> Level:
    """The level that holds it once a team has seen it: back to the team, unless an overdue repair was escalated."""
    return _choose_highest([choose_base_level(town, team), *clocks.list_chasing_levels(town, running, at)])


def choose_level_beside_agency(town: Town, running: Clocks, at: datetime) -> Level:
    """The level that holds what an agency has: whoever chases an overdue repair goes on with that; else the agency."""
    chasing = clocks.list_chasing_levels(town, running, at)
    return _choose_highest(chasing) if any(level in LADDER for level in chasing) else "agency"


def _choose_highest(rungs: Sequence[Level]) -> Level:
    return max((level for level in rungs if level in LADDER), key=LADDER.index)


def _narrow_kind(order: WorkOrder) -> ReportKind:
    """As an event may say it; one that only a newer release knows is taken as a `problem`."""
    return order.kind if order.kind in get_args(ReportKind) else "problem"
