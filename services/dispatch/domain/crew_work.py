"""What a crew does with its work: take it, set out, arrive, wait, finish, or give it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need, refusal
from services.dispatch.domain.clocks import Clocks, Pause
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Completion, Waiting
from services.dispatch.domain.referral import ended
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.states import State
from services.dispatch.domain.work_order import LADDER, WorkOrder, base_level, change, common_fields
from shared.events.base import Event
from shared.events.outcomes import Outcome
from shared.events.reports import ReportKind
from shared.events.work_orders import (
    Level,
    PauseReason,
    WorkOrderAcknowledged,
    WorkOrderCompleted,
    WorkOrderPaused,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderStarted,
)
from shared.kernel import Reject, Step
from shared.readers import with_public_form
from shared.town import Town

Stage = Literal["on_the_way", "on_site"]
Wait = Literal["2h", "1d", "3d", "7d"]  # what a crew can choose with one tap
WAITS: dict[Wait, timedelta] = {
    "2h": timedelta(hours=2),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
LONGEST_PAUSE = timedelta(days=90)  # what waits longer belongs to an agency or is not going to be done


def acknowledge(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """The team has seen it and takes it."""
    need(order, "acknowledge")
    after = _taken(town, order, acting)
    return Step(after, [WorkOrderAcknowledged(**common_fields(town, after, acting))])


def start(town: Town, order: WorkOrder, acting: Acting, *, stage: Stage | None = None) -> Step[WorkOrder]:
    """On the way, then on site; without a stage the next one. A crew that sets out has also seen the work."""
    need(order, "start")
    events: list[Event] = []
    after = order
    if order.state == "assigned":
        after = _taken(town, order, acting)
        events.append(WorkOrderAcknowledged(**common_fields(town, after, acting)))
    stage = stage or ("on_site" if order.state == "on_the_way" else "on_the_way")
    if stage == order.state:
        raise refusal(order, f"it is {stage} already")
    after = change(after, "started", acting, facts={"stage": stage}, state=stage)
    return Step(after, [*events, WorkOrderStarted(**common_fields(town, after, acting), stage=stage)])


def pause(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    reason: PauseReason,
    resume_at: datetime | None = None,
    resume_in: Wait | None = None,
    note: str | None = None,
) -> Step[WorkOrder]:
    """The work waits and its clock stands still. It goes on by itself at `resume_at`: nothing may wait unseen.

    Without a time it goes on after `resume_in`, a day if that is not said either. The moment `resume` wakes it.
    """
    need(order, "pause")
    since = acting.happened
    planned = resume_at or _after(town, since, WAITS[resume_in or "1d"])
    if not since < planned <= since + LONGEST_PAUSE:
        raise Reject("resume-time", f"resume_at must lie ahead, at most {LONGEST_PAUSE.days} days.", status=422)
    waiting = Waiting(reason=reason, since=since, resume_at=planned, goes_on=order.state)
    pauses = [*order.pauses, Pause(since=since)]
    changes: dict[str, Any] = {
        "waiting": waiting,
        "pauses": pauses,
        "clocks": clocks.apply_pauses(town, order.clocks, pauses),
    }
    facts = {"reason": reason, "resume_at": planned.isoformat()}
    after = change(order, "paused", acting, text=note, facts=facts, state="paused", **changes)
    said = common_fields(town, after, acting) | with_public_form("note", note, openness_under(town, after))
    return Step(after, [WorkOrderPaused(**said, reason=reason, resume_at=planned)])


def resume(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """Work goes on where it was; the due time has moved by the working time waited."""
    need(order, "resume")
    goes_on: State = order.waiting.goes_on if order.waiting else "acknowledged"
    after = change(order, "resumed", acting, state=goes_on, **changes_to_go_on(town, order, acting.happened))
    return Step(after, [WorkOrderResumed(**common_fields(town, after, acting), due_at=after.due_at)])


def complete(
    town: Town,
    order: WorkOrder,
    acting: Acting,
    *,
    outcome: Outcome = "fixed",
    note: str | None = None,
    photos: Sequence[str] = (),
    materials: str | None = None,
) -> Step[WorkOrder]:
    """Done, with the proof that the town asks for in this category; anything but "fixed" needs its reason.

    What only wants an answer may be answered and closed in triage, without a team.
    """
    need(order, "complete")
    _prove(town, order, outcome, note, photos)
    events: list[Event] = []
    if order.state == "paused":
        resumed = resume(town, order, acting)
        order, events = resumed.state, [*resumed.events]
    ended = acting.happened
    late = clocks.is_late(order.clocks.resolve, ended)
    completion = Completion(at=ended, late=late, note=note, photos=list(photos), materials=materials)
    changes: dict[str, Any] = {"outcome": outcome, "completion": completion, "closed_at": ended}
    after = change(
        order,
        "completed",
        acting,
        facts={"outcome": outcome},
        state="completed",
        clocks=clocks.stop(order.clocks, ended),
        **changes,
    )
    said = common_fields(town, after, acting) | with_public_form("note", note, openness_under(town, after))
    done = WorkOrderCompleted(**said, outcome=outcome, kind=_known_kind(order), photos=list(photos), late=late)
    return Step(after, [*events, done])


def refuse(town: Town, order: WorkOrder, acting: Acting, *, reason: str) -> Step[WorkOrder]:
    """Not ours, and why: it is in triage again, and its clocks run on."""
    need(order, "refuse")
    if order.team == town.triage:
        raise Reject("triage-refuses", "Triage cannot refuse: assign it, refer it to an agency, or cancel it.")
    held = changes_to_hand_over(town, order, town.triage, acting.happened)
    after = change(order, "refused", acting, text=reason, facts={"previous_team": order.team}, **held)
    return Step(
        after, [WorkOrderRefused(**common_fields(town, after, acting), previous_team=order.team, reason=reason)]
    )


def changes_to_hand_over(town: Town, order: WorkOrder, team: str, at: datetime) -> dict[str, Any]:
    """The changes by which another team holds it, from the beginning; what it waited for is over."""
    moved = changes_to_go_on(town, order, at)
    running = moved.get("clocks", order.clocks)
    return {
        **moved,
        "state": "new" if team == town.triage else "assigned",
        "team": team,
        "level": level_after(town, team, running, at),
        "acknowledged_at": None,
        "referral": ended(order.referral, at),
        "clocks": clocks.hand_over(town, running, at),
    }


def changes_to_go_on(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which a waiting order waits no longer; none when it does not wait."""
    if order.waiting is None:
        return {}
    # A timer that was away must not lengthen what was promised: a pause is over when it was planned to be.
    over = min(at, order.waiting.resume_at)
    pauses = [*order.pauses[:-1], Pause(since=order.waiting.since, until=over)]
    return {"waiting": None, "pauses": pauses, "clocks": clocks.apply_pauses(town, order.clocks, pauses)}


def _after(town: Town, at: datetime, span: timedelta) -> datetime:
    """After that time; for days, when the office opens on that day: "the next working day" said in the evening is not
    the day after it."""
    return town.calendar.opening_after(at, span.days) if span.days else at + span


def _taken(town: Town, order: WorkOrder, acting: Acting) -> WorkOrder:
    seen_at = acting.happened
    running = clocks.acknowledge(order.clocks, seen_at)
    level = level_after(town, order.team, running, seen_at)
    changes: dict[str, Any] = {"acknowledged_at": seen_at, "clocks": running, "level": level}
    return change(order, "acknowledged", acting, state="acknowledged", **changes)


def level_after(town: Town, team: str, running: Clocks, at: datetime) -> Level:
    """The level that holds it once a team has seen it: back to the team, unless an overdue repair was escalated."""
    rungs = [base_level(town, team), *clocks.chasing_levels(town, running, at)]
    return max((level for level in rungs if level in LADDER), key=LADDER.index)


def proof_of(town: Town, order: WorkOrder) -> Literal["photo", "note", "none"]:
    """What "fixed" needs: what the category asks for, and for an answer its words."""
    category = town.categories.get(order.category)
    return category.proof if category and not order.wants_answer else "note"


def _known_kind(order: WorkOrder) -> ReportKind:
    """As an event may say it; one that only a newer release knows is taken as a `problem`."""
    return order.kind if order.kind in get_args(ReportKind) else "problem"


def _prove(town: Town, order: WorkOrder, outcome: Outcome, note: str | None, photos: Sequence[str]) -> None:
    proof = proof_of(town, order)
    if order.state == "new" and not note:
        raise Reject("proof-answer", "Write the answer in the note: the resident reads it.", status=422)
    if outcome == "fixed" and proof == "photo" and not photos:
        raise Reject("proof-photo", "A photo of the finished work is needed in this category.", status=422)
    if outcome == "fixed" and proof == "note" and not (note or photos):
        raise Reject("proof-note", "A note or a photo of the finished work is needed in this category.", status=422)
    if outcome != "fixed" and not note:
        raise Reject("proof-reason", "Say in the note why it was not fixed.", status=422)
