"""What came too late to change anything: kept whole, and taken into the work by the desk where it still fits."""

from collections.abc import Mapping
from typing import Any, Literal

from services.dispatch.domain.acts import find_arrival_time, need
from services.dispatch.domain.crew_work import choose_level_after
from services.dispatch.domain.history import (
    ADOPTABLE,
    Acting,
    Entry,
    Overtaken,
    list_waiting_steps,
    map_judgements,
    with_lines,
)
from services.dispatch.domain.parts import Assignee
from services.dispatch.domain.states import ActName
from services.dispatch.domain.work_order import WorkOrder, change
from shared.kernel import Reject, Step
from shared.town import Town

TEXTS: Mapping[ActName, str] = {"refuse": "reason", "take_back": "reason", "refer": "text"}  # elsewhere it is a note
WhyNot = Literal["bare", "done", "aside", "over", "not-now"]
WHY: Mapping[WhyNot, str] = {
    "bare": "Such a step says where its crew was then: there is nothing in it that the work could take.",
    "done": "It has been adopted already.",
    "aside": "The desk has looked at it and put it aside.",
    "over": "The work is over, or an incident does it.",
    "not-now": "The work as it stands now does not take it.",
}


def note_overtaken(order: WorkOrder, acting: Acting, step: Overtaken) -> WorkOrder:
    """The order with a line that holds the step; it changes nothing else."""
    text = step.brought.get(TEXTS.get(step.act, "note"))
    after = change(order, "came_late", acting, text=text, facts={"act": step.act})
    line = after.history[-1].model_copy(update={"overtaken": step})
    return after.model_copy(update=with_lines([*after.history[:-1], line]))


def why_not(order: WorkOrder, step: Overtaken) -> WhyNot | None:
    """Why the work cannot take it as it stands; None: it can."""
    if step.act not in ADOPTABLE:
        return "bare"
    if (said := map_judgements(order.history).get(step.id)) is not None:
        return "done" if said == "adopted" else "aside"
    if order.state in ADOPTABLE[step.act]:
        return None
    return "not-now" if order.is_open else "over"


def need_adoptable(order: WorkOrder, step_id: str) -> tuple[Entry, Overtaken]:
    """The line that holds the step, and the step; 404 where none of the newest lines does, 409 when it does not fit."""
    line, step = _need_kept(order, step_id)
    if reason := why_not(order, step):
        raise Reject(f"overtaken-{reason}", WHY[reason])
    return line, step


def put_aside(town: Town, order: WorkOrder, acting: Acting, *, step: str) -> Step[WorkOrder]:  # noqa: ARG001 - as all
    """The desk has looked at it, and the work needs nothing of it: nobody is warned of it any more."""
    need(order, "put_aside")
    line, overtaken = _need_kept(order, step)
    if step not in list_waiting_steps(order.history):
        reason = why_not(order, overtaken) or "bare"
        raise Reject(f"overtaken-{reason}", WHY[reason])
    return Step(change(order, "put_aside", acting, facts=_describe_step(line, overtaken)))


def _need_kept(order: WorkOrder, step_id: str) -> tuple[Entry, Overtaken]:
    for line in order.history:
        if line.overtaken is not None and line.overtaken.id == step_id:
            return line, line.overtaken
    raise Reject("overtaken-unknown", "No such step came too late to this work.", status=404)


def _describe_step(line: Entry, step: Overtaken) -> dict[str, str]:
    """Which step, of whom."""
    whose = (line.actor.name or line.actor.sub) if line.actor else ""
    return {"act": step.act, "step": step.id, "whose": whose}


def note_adopted(town: Town, order: WorkOrder, acting: Acting, line: Entry, step: Overtaken) -> WorkOrder:
    """The order with a line that says whose step the desk took in; what it does follows. Finished work is that of the
    team that finished it, in its figures and on its board, whoever holds it by now."""
    facts = _describe_step(line, step)
    held: dict[str, Any] = {}
    if step.act == "complete" and step.team and step.team != order.team and step.team in order.teams:
        facts["previous_team"] = order.team
        held = {"team": step.team, "level": choose_level_after(town, step.team, order.clocks, acting.at)}
        held["person"] = Assignee(**line.actor.model_dump()) if line.actor else None
    return change(order, "adopted", acting, facts=facts, **held)


def as_it_was_done(order: WorkOrder, acting: Acting, line: Entry) -> Acting:
    """By whoever did it, when they did it; but after what brought the work where it is: a case goes forward only."""
    since = find_arrival_time(order) or line.happened
    return Acting(line.actor, acting.at, max(line.happened, since), order.team)
