"""What a crew does with its work: take it, set out, arrive, wait, finish, or give it back."""

from datetime import datetime, timedelta
from typing import Any, Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.allowed import need
from services.dispatch.domain.clocks import Clocks, Pause
from services.dispatch.domain.work_order import (
    LADDER,
    TAKEN,
    Actor,
    Completion,
    State,
    Waiting,
    WorkOrder,
    base_level,
    changed,
    common,
)
from shared.events import (
    Event,
    Level,
    Outcome,
    PauseReason,
    WorkOrderAcknowledged,
    WorkOrderCompleted,
    WorkOrderPaused,
    WorkOrderRefused,
    WorkOrderResumed,
    WorkOrderStarted,
)
from shared.kernel import Reject, Step
from shared.town import Town

Stage = Literal["on_the_way", "on_site"]
Wait = Literal["2h", "1d", "3d", "7d"]  # what a crew can choose with one tap
WAITS: dict[Wait, timedelta] = {
    "2h": timedelta(hours=2), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7),
}  # fmt: skip
FINISHED_FROM: tuple[State, ...] = (*TAKEN, "paused", "referred")
LONGEST_PAUSE = timedelta(days=90)  # what waits longer belongs to an agency or is not going to be done


def acknowledge(town: Town, order: WorkOrder, by: Actor, at: datetime) -> Step[WorkOrder]:
    """The team has seen it and takes it."""
    need(order, "acknowledge", ("assigned",))
    after = _acknowledged(town, order, by, at)
    return Step(after, [WorkOrderAcknowledged(**common(town, after, by))])


def set_out(town: Town, order: WorkOrder, by: Actor, at: datetime, stage: Stage | None = None) -> Step[WorkOrder]:
    """On the way, then on site; without a stage the next one. A crew that sets out has also seen the work."""
    need(order, "start", ("assigned", "acknowledged", "on_the_way"))
    events: list[Event] = []
    after = order
    if order.state == "assigned":
        after = _acknowledged(town, order, by, at)
        events.append(WorkOrderAcknowledged(**common(town, after, by)))
    stage = stage or ("on_site" if order.state == "on_the_way" else "on_the_way")
    if stage == order.state:
        need(order, f"start with stage {stage}", ("assigned", "acknowledged"))
    after = changed(after, "started", at, actor=by, facts={"stage": stage}, state=stage)
    return Step(after, [*events, WorkOrderStarted(**common(town, after, by), stage=stage)])


def pause(town: Town, order: WorkOrder, by: Actor, at: datetime, reason: PauseReason,
          resume_at: datetime | None = None, note: str | None = None,
          resume_in: Wait | None = None) -> Step[WorkOrder]:  # fmt: skip
    """The work waits and its clock stands still. It goes on by itself at `resume_at`: nothing may wait unseen.

    Without a moment it goes on after `resume_in`, a day if that is not said either.
    """
    need(order, "pause", TAKEN)
    planned = resume_at or _after(town, at, WAITS[resume_in or "1d"])
    if not at < planned <= at + LONGEST_PAUSE:
        raise Reject("resume-time", f"resume_at must lie ahead, at most {LONGEST_PAUSE.days} days.", status=422)
    waiting = Waiting(reason=reason, since=at, resume_at=planned, goes_on=order.state, note=note)
    pauses = [*order.pauses, Pause(since=at)]
    after = changed(
        order, "paused", at, actor=by, text=note, facts={"reason": reason, "resume_at": planned.isoformat()},
        state="paused", waiting=waiting, pauses=pauses, clocks=clocks.waited(town, order.clocks, pauses),
    )  # fmt: skip
    return Step(after, [WorkOrderPaused(**common(town, after, by), reason=reason, resume_at=planned, note=note)])


def resume(town: Town, order: WorkOrder, by: Actor | None, at: datetime) -> Step[WorkOrder]:
    """Work goes on where it was; the due time has moved by the working time waited."""
    need(order, "resume", ("paused",))
    goes_on: State = order.waiting.goes_on if order.waiting else "acknowledged"
    after = changed(order, "resumed", at, actor=by, state=goes_on, **going_on(town, order, at))
    return Step(after, [WorkOrderResumed(**common(town, after, by), due_at=after.due_at)])


def complete(town: Town, order: WorkOrder, by: Actor, at: datetime, *, outcome: Outcome = "fixed",
             note: str | None = None, photos: list[str] | None = None,
             materials: str | None = None) -> Step[WorkOrder]:  # fmt: skip
    """Done, with the proof that the town asks for in this category; anything but "fixed" needs its reason.

    What only wants an answer may be answered and closed in triage, without a team.
    """
    need(order, "complete", ("new", *FINISHED_FROM) if order.wants_answer else FINISHED_FROM)
    pictures = photos or []
    _prove(town, order, outcome, note, pictures)
    events: list[Event] = []
    if order.state == "paused":
        resumed = resume(town, order, by, at)
        order, events = resumed.state, [*resumed.events]
    late = clocks.is_late(order.clocks.resolve, at)
    completion = Completion(at=at, outcome=outcome, late=late, note=note, photos=pictures, materials=materials)
    after = changed(
        order, "completed", at, actor=by, text=note, facts={"outcome": outcome}, state="completed", outcome=outcome,
        completion=completion, closed_at=at, clocks=clocks.stopped(order.clocks, at),
    )  # fmt: skip
    done = WorkOrderCompleted(
        **common(town, after, by), outcome=outcome, kind=order.kind, note=note, photos=pictures, late=late
    )
    return Step(after, [*events, done])


def refuse(town: Town, order: WorkOrder, by: Actor, at: datetime, reason: str) -> Step[WorkOrder]:
    """Not ours, and why: it is in triage again, and its clocks run on."""
    need(order, "refuse", ("assigned", *TAKEN, "paused"))
    if order.team == town.triage:
        raise Reject("triage-refuses", "Triage cannot refuse: assign it, refer it to an agency, or cancel it.")
    after = changed(order, "refused", at, actor=by, text=reason, facts={"previous_team": order.team},
                    **given_to(town, order, town.triage, at))  # fmt: skip
    return Step(after, [WorkOrderRefused(**common(town, after, by), previous_team=order.team, reason=reason)])


def given_to(town: Town, order: WorkOrder, team: str, at: datetime) -> dict[str, Any]:
    """The changes by which another team holds it, from the beginning; what it waited for is over."""
    moved = going_on(town, order, at)
    running = moved.get("clocks", order.clocks)
    return {
        **moved,
        "state": "new" if team == town.triage else "assigned",
        "team": team,
        "level": _holder(town, team, running, at),
        "acknowledged_at": None,
        "referral": None,
        "clocks": clocks.handed_over(town, running, at),
    }


def going_on(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which a waiting order waits no longer; none when it does not wait."""
    if order.waiting is None:
        return {}
    # A timer that was away must not lengthen what was promised: a pause is over when it was planned to be.
    over = min(at, order.waiting.resume_at)
    pauses = [*order.pauses[:-1], Pause(since=order.waiting.since, until=over)]
    return {"waiting": None, "pauses": pauses, "clocks": clocks.waited(town, order.clocks, pauses)}


def _after(town: Town, at: datetime, span: timedelta) -> datetime:
    """After that time; for days, when the office opens then."""
    later = at + span
    return later if span < timedelta(days=1) else town.calendar.next_opening(later)


def _acknowledged(town: Town, order: WorkOrder, by: Actor, at: datetime) -> WorkOrder:
    running = clocks.acknowledged(order.clocks, at)
    return changed(order, "acknowledged", at, actor=by, state="acknowledged", acknowledged_at=at, clocks=running,
                   level=_holder(town, order.team, running, at))  # fmt: skip


def _holder(town: Town, team: str, running: Clocks, at: datetime) -> Level:
    """The team itself: whoever chased another to look at it is done. Whoever chases the overdue repair is not."""
    rungs = [base_level(town, team), *clocks.chasing(town, running, at)]
    return max((level for level in rungs if level in LADDER), key=LADDER.index)


def proof_of(town: Town, order: WorkOrder) -> Literal["photo", "note", "none"]:
    """What "fixed" needs: what the category asks for, and for an answer its words."""
    category = town.categories.get(order.category)
    return category.proof if category and not order.wants_answer else "note"


def _prove(town: Town, order: WorkOrder, outcome: Outcome, note: str | None, photos: list[str]) -> None:
    proof = proof_of(town, order)
    if order.state == "new" and not note:
        raise Reject("proof-answer", "Write the answer in the note: the resident reads it.", status=422)
    if outcome == "fixed" and proof == "photo" and not photos:
        raise Reject("proof-photo", "A photo of the finished work is needed in this category.", status=422)
    if outcome == "fixed" and proof == "note" and not (note or photos):
        raise Reject("proof-note", "A note or a photo of the finished work is needed in this category.", status=422)
    if outcome != "fixed" and not note:
        raise Reject("proof-reason", "Say in the note why it was not fixed.", status=422)
