"""What time alone does to a work order: it tells the next level, and ends a pause as planned."""

from datetime import datetime

from services.dispatch.domain import clocks
from services.dispatch.domain.clocks import Alarm, ClockName
from services.dispatch.domain.history import Acting
from services.dispatch.domain.parts import Informed
from services.dispatch.domain.pausing import resume
from services.dispatch.domain.work_order import LADDER, WorkOrder, change, level_for_event, list_common_fields
from shared.events.base import Event
from shared.events.work_orders import Level, WorkOrderEscalated
from shared.kernel import Step
from shared.town import Town


def elapse(town: Town, order: WorkOrder, at: datetime) -> Step[WorkOrder] | None:
    """Everything that has come due by `at`; None when nothing has, as when the work was closed meanwhile."""
    if not order.is_open:
        return None
    system = Acting(None, at)
    events: list[Event] = []
    if order.waiting is not None and order.waiting.resume_at <= at:
        resumed = resume(town, order, system)
        order, events = resumed.state, [*resumed.events]
    for name in ("acknowledge", "resolve"):
        step = _ring(town, order, name, system)
        order, events = step.state, [*events, *step.events]
    return Step(order, events) if events else None


def _ring(town: Town, order: WorkOrder, name: ClockName, system: Acting) -> Step[WorkOrder]:
    running, alarms = clocks.ring(town, order.clocks, name, system.at)
    clock = getattr(running, name)
    events: list[Event] = []
    for alarm in alarms:
        level = _find_chasing_level(order, alarm)
        again = level == order.level and _is_informed(town, order, alarm.level)
        informed = Informed(level=alarm.level, team=order.team, clock=name, at=system.at)
        told = order.informed if again else [*order.informed, informed]
        order = change(
            order,
            "escalated",
            system,
            facts=_describe_alarm(name, alarm, again=again),
            clocks=running,
            level=level,
            informed=told,
        )
        said = list_common_fields(town, order, system) | {"level": level_for_event(alarm.level)}
        events.append(WorkOrderEscalated(**said, clock=name, percent=alarm.percent, due_at=clock.due_at, again=again))
    return Step(order, events)


def _is_informed(town: Town, order: WorkOrder, level: Level) -> bool:
    """Whether whoever holds that level has been told of this work, and what they were told of is not over.

    That nobody had taken it is over when somebody has; another team may have another head.
    """
    post = town.post(level, order.team)
    unseen = order.clocks.acknowledge
    return any(
        one.level == level
        and town.post(level, one.team) == post
        and (one.clock == "resolve" or (unseen and not unseen.stopped_at and unseen.started_at <= one.at))
        for one in order.informed
    )


def _describe_alarm(name: ClockName, alarm: Alarm, *, again: bool) -> dict[str, str]:
    facts = {"clock": name, "percent": str(alarm.percent), "level": alarm.level}
    return facts | ({"again": "yes"} if again else {})


def _find_chasing_level(order: WorkOrder, alarm: Alarm) -> Level:
    """From 100 % on the work is the told level's to chase, but never a lower one's than it is already. Also what an
    agency has: that the promise to the resident is missed is the town's own."""
    if alarm.percent < 100 or alarm.level not in LADDER:
        return order.level
    if order.level not in LADDER:
        return alarm.level
    return max(order.level, alarm.level, key=LADDER.index)
