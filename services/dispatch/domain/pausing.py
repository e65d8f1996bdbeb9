"""How work waits: paused by its crew, or in triage for its reporter, with a planned end; it goes on by itself or by
somebody's word.

A crew out of reach may have gone on before a pause ended by itself: then the promise moves only by the time that the
work has really waited, whatever their next act is.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from services.dispatch.domain import clocks
from services.dispatch.domain.acts import need
from services.dispatch.domain.clocks import Pause
from services.dispatch.domain.history import Acting, Arrival
from services.dispatch.domain.parts import Waiting
from services.dispatch.domain.rights import openness_under
from services.dispatch.domain.states import State
from services.dispatch.domain.work_order import WorkOrder, change, list_common_fields
from shared.events.work_orders import PauseReason, WorkOrderPaused, WorkOrderResumed
from shared.kernel import Reject, Step
from shared.readers import with_public_form
from shared.town import Town

Wait = Literal["2h", "1d", "3d", "7d"]  # what a crew can choose with one tap
WAITS: dict[Wait, timedelta] = {
    "2h": timedelta(hours=2),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
LONGEST_PAUSE = timedelta(days=90)  # what waits longer belongs to an agency or is not going to be done


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

    Without a time it goes on after `resume_in`, a day if that is not said either. A moment `resume …` wakes it.
    """
    need(order, "pause")
    if order.state == "new" and (reason != "reporter" or not note):
        detail = "In triage work waits for nothing but its reporter's answer: say what the town wants to know."
        raise Reject("triage-asks", detail, status=422)
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
    said = list_common_fields(town, after, acting) | with_public_form("note", note, openness_under(town, after))
    return Step(after, [WorkOrderPaused(**said, reason=reason, resume_at=planned)])


def resume(town: Town, order: WorkOrder, acting: Acting) -> Step[WorkOrder]:
    """Work goes on where it was; the due time has moved by the working time waited."""
    sooner = ended_by_itself(order, acting.happened)
    if not sooner:
        need(order, "resume")
    goes_on: State = order.waiting.goes_on if order.waiting else order.state if sooner else "acknowledged"
    after = change(order, "resumed", acting, state=goes_on, **list_changes_to_go_on(town, order, acting.happened))
    if sooner:  # by somebody, and not by itself
        went_on = Arrival(at=acting.at, happened_at=acting.happened_at, what="resumed", actor=acting.by)
        after = after.model_copy(update={"arrival": went_on})
    return Step(after, [WorkOrderResumed(**list_common_fields(town, after, acting), due_at=after.due_at)])


def hear_answer(town: Town, order: WorkOrder, at: datetime) -> Step[WorkOrder] | None:
    """The reporter has written to the town since triage asked them: it is to be looked at again, and its clocks run on.
    A crew that waits for them goes on by its own word: it may be elsewhere by now. What stands aside for an incident,
    or ended with one, finds the answer when it goes on."""
    waiting = order.waiting
    if waiting is None or waiting.goes_on != "new" or at < waiting.since:
        return None
    acting = Acting(None, at)
    if order.state == "joined":
        changes = list_changes_to_go_on(town, order, at)
        return Step(change(order, "resumed", acting, goes_on=waiting.goes_on, **changes))
    return resume(town, order, acting)


def list_changes_to_go_on(town: Town, order: WorkOrder, at: datetime) -> dict[str, Any]:
    """The changes by which a waiting order waits no longer, or has waited less than was planned; else none."""
    if order.waiting is None and not ended_by_itself(order, at):
        return {}
    # A timer that was away must not lengthen what was promised: a pause is over when it was planned to be.
    last = order.pauses[-1]
    over = min(at, order.waiting.resume_at if order.waiting else at)
    pauses = [*order.pauses[:-1], last.model_copy(update={"until": over})]
    return {"waiting": None, "pauses": pauses, "clocks": clocks.apply_pauses(town, order.clocks, pauses)}


def ended_by_itself(order: WorkOrder, at: datetime) -> bool:
    """Whether that happened in a pause which then ended as planned, before its crew could be heard: the last thing that
    is known of the work."""
    last = order.arrival
    if last is None or last.what != "resumed" or last.actor is not None or not order.pauses:
        return False
    pause = order.pauses[-1]
    return pause.until is not None and pause.since <= at < pause.until


def _after(town: Town, at: datetime, span: timedelta) -> datetime:
    """After that time; for days, when the office opens on that day: "the next working day" said in the evening is not
    the day after it."""
    return town.calendar.find_opening_after(at, span.days) if span.days else at + span
