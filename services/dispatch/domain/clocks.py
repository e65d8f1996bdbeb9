"""The two clocks of a work order: due times as data, what a pause does to them, and when the next escalation is due.

A clock's due time follows from its start, its minutes and the pauses alone, so it can always be worked out again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.dispatch.domain.service_levels import calendar_of, find_target
from shared.calendar import WorkingCalendar
from shared.events.work_orders import Level, Priority
from shared.kernel import Lenient, StoredModel
from shared.town import Town
from shared.town.models import EscalationStep

ClockName = Literal["acknowledge", "resolve"]
CLOCKS: tuple[ClockName, ...] = ("acknowledge", "resolve")


class Pause(StoredModel):
    """A stretch in which the work waited; `until` None: it still waits."""

    since: datetime
    until: datetime | None = None


class Alarm(StoredModel):
    """The next rung of the ladder: at `at` the holder of `level` is told."""

    at: datetime
    percent: int
    level: Annotated[Level, Lenient]


class Clock(StoredModel):
    """One promise. `runs_from`: the start moved by the time waited, `minutes` of working time before `due_at`."""

    started_at: datetime
    minutes: int
    runs_from: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    told: list[int] = Field(default_factory=list)  # the percentages that were told already: each once
    alarm: Alarm | None = None  # None: stopped, waiting, or nobody is left to tell


class Clocks(StoredModel):
    """Both clocks with the promise they come from; None where the service level promises nothing."""

    priority: Annotated[Priority, Lenient]
    service_level: str
    version: str  # of the rules that set them
    acknowledge: Clock | None = None
    resolve: Clock | None = None
    lapsed: dict[str, Clock] = Field(default_factory=dict)  # by name: promised before, and not by the present promise


def start(
    town: Town, service_level: str, priority: Priority, version: str, at: datetime, pauses: Sequence[Pause] = ()
) -> Clocks:
    """Clocks that begin at `at`; `pauses`: what the work has waited since then."""
    target, calendar = find_target(town, service_level, priority), calendar_of(town, service_level, priority)
    return Clocks(
        priority=priority,
        service_level=service_level,
        version=version,
        acknowledge=_start_clock(town, "acknowledge", calendar, target.acknowledge_minutes, at, ()),
        resolve=_start_clock(town, "resolve", calendar, target.resolve_minutes, at, pauses),
    )


def acknowledge(clocks: Clocks, at: datetime) -> Clocks:
    """The team has seen it: the first clock stops."""
    lapsed = {name: _stop_clock(clock, at) if name == "acknowledge" else clock for name, clock in clocks.lapsed.items()}
    return clocks.model_copy(update={"acknowledge": _stop_clock(clocks.acknowledge, at), "lapsed": lapsed})


def stop(clocks: Clocks, at: datetime) -> Clocks:
    """The work is over: both clocks stop at that time, and what they had counted stays."""
    changes = {"acknowledge": _stop_clock(clocks.acknowledge, at), "resolve": _stop_clock(clocks.resolve, at)}
    return clocks.model_copy(update=changes)


def go_on(town: Town, clocks: Clocks) -> Clocks:
    """It was not over after all: the promise to the resident runs as if it had never stopped."""
    clock = clocks.resolve
    if clock is None or clock.stopped_at is None:
        return clocks
    runs = clock.model_copy(update={"stopped_at": None})
    alarm = _find_next_alarm(town, "resolve", _choose_calendar(town, clocks), runs)
    return clocks.model_copy(update={"resolve": runs.model_copy(update={"alarm": alarm})})


def as_if_never_stopped(town: Town, clocks: Clocks, stopped_at: datetime, pauses: Sequence[Pause]) -> Clocks:
    """It ended then with something else, which is not over after all: what ran then runs on, by the same promise."""
    runs: dict[str, Any] = {
        name: clock.model_copy(update={"stopped_at": None})
        for name in CLOCKS
        if (clock := getattr(clocks, name)) is not None and clock.stopped_at == stopped_at
    }
    return apply_pauses(town, clocks.model_copy(update=runs), pauses)


def hand_over(town: Town, clocks: Clocks, at: datetime) -> Clocks:
    """Another team has it: it gets the full time to see it; what was promised to the resident does not move."""
    minutes = find_target(town, clocks.service_level, clocks.priority).acknowledge_minutes
    fresh = _start_clock(town, "acknowledge", _choose_calendar(town, clocks), minutes, at, ())
    lapsed = dict(clocks.lapsed)
    if before := lapsed.get("acknowledge"):  # what the team before has seen or was told is not this one's
        lapsed["acknowledge"] = before.model_copy(update={"started_at": at, "stopped_at": None, "told": []})
    return clocks.model_copy(update={"acknowledge": fresh, "lapsed": lapsed})


def apply_pauses(town: Town, clocks: Clocks, pauses: Sequence[Pause]) -> Clocks:
    """The clocks that run, after the pauses changed: they stand while one is open, and have moved by those that are
    over. That work is to be taken waits in triage alone: elsewhere somebody has taken it who pauses it."""
    running = {name: clock for name in CLOCKS if (clock := getattr(clocks, name)) and clock.stopped_at is None}
    return clocks.model_copy(
        update={name: _pause_clock(town, clocks, name, clock, pauses) for name, clock in running.items()}
    )


def _pause_clock(town: Town, clocks: Clocks, name: ClockName, clock: Clock, pauses: Sequence[Pause]) -> Clock:
    calendar = _choose_calendar(town, clocks)
    own = [pause for pause in pauses if pause.until is None or pause.until > clock.started_at]
    runs_from, due_at = _move_times(calendar, clock.started_at, clock.minutes, own)
    moved = clock.model_copy(update={"runs_from": runs_from, "due_at": due_at})
    waits = any(pause.until is None for pause in own)
    alarm = None if waits else _find_next_alarm(town, name, calendar, moved)
    return moved.model_copy(update={"alarm": alarm})


def recompute(town: Town, old: Clocks, new: Clocks) -> Clocks:
    """`new` promises for work under way: what was told stays told, what has stopped stays stopped.

    A team that was given the work later has its time to see it from then on. What is not promised any more is kept in
    mind: a later correction may promise it again, and nobody is told twice.
    """
    changes: dict[str, Any] = {"lapsed": {}}
    for name in CLOCKS:
        before: Clock | None = getattr(old, name) or old.lapsed.get(name)
        after: Clock | None = getattr(new, name)
        if before is not None and after is None:
            changes["lapsed"][name] = before.model_copy(update={"alarm": None})
        if before is not None and after is not None:
            if name == "acknowledge":
                after = (
                    _start_clock(town, name, _choose_calendar(town, new), after.minutes, before.started_at, ()) or after
                )
            kept = after.model_copy(update={"stopped_at": before.stopped_at, "told": before.told})
            running = before.stopped_at is None and after.alarm is not None
            alarm = _find_next_alarm(town, name, _choose_calendar(town, new), kept) if running else None
            changes[name] = kept.model_copy(update={"alarm": alarm})
    return new.model_copy(update=changes)


def ring(town: Town, clocks: Clocks, name: ClockName, at: datetime) -> tuple[Clocks, list[Alarm]]:
    """The alarms of one clock that have come due by `at`, each once, and the clock set to the next."""
    clock: Clock | None = getattr(clocks, name)
    due: list[Alarm] = []
    calendar = _choose_calendar(town, clocks)
    while clock is not None and clock.alarm is not None and clock.alarm.at <= at:
        due.append(clock.alarm)
        clock = clock.model_copy(update={"told": [*clock.told, clock.alarm.percent]})
        clock = clock.model_copy(update={"alarm": _find_next_alarm(town, name, calendar, clock)})
    return clocks.model_copy(update={name: clock}), due


def list_chasing_levels(town: Town, clocks: Clocks, at: datetime) -> list[Level]:
    """Who was told that the repair is overdue, while it is."""
    clock = clocks.resolve
    if clock is None or not is_late(clock, at):
        return []
    told = (step for step in town.escalation if step.clock == "resolve" and step.percent in clock.told)
    return [step.level for step in told if step.percent >= 100]


def is_late(clock: Clock | None, at: datetime) -> bool:
    """Whether the promise was missed: stopped after its due time, or still running past it."""
    return clock is not None and (clock.stopped_at or at) > clock.due_at


def _choose_calendar(town: Town, clocks: Clocks) -> WorkingCalendar:
    return calendar_of(town, clocks.service_level, clocks.priority)


def _start_clock(
    town: Town, name: ClockName, calendar: WorkingCalendar, minutes: int | None, at: datetime, pauses: Sequence[Pause]
) -> Clock | None:
    if minutes is None:
        return None
    runs_from, due_at = _move_times(calendar, at, minutes, pauses)
    clock = Clock(started_at=at, minutes=minutes, runs_from=runs_from, due_at=due_at)
    return clock.model_copy(update={"alarm": _find_next_alarm(town, name, calendar, clock)})


def _move_times(
    calendar: WorkingCalendar, start_at: datetime, minutes: int, pauses: Sequence[Pause]
) -> tuple[datetime, datetime]:
    """Start and due time after the pauses that are over, in their order."""
    runs_from, due_at = start_at, calendar.add_minutes(start_at, minutes)
    for pause in pauses:
        if pause.until is not None and pause.since < due_at:
            due_at = calendar.after_pause(due_at, pause.since, pause.until)
            runs_from = calendar.add(runs_from, calendar.between(max(pause.since, start_at), pause.until))
    return runs_from, due_at


def _find_next_alarm(town: Town, name: ClockName, calendar: WorkingCalendar, clock: Clock) -> Alarm | None:
    step = next((step for step in town.escalation if step.clock == name and step.percent not in clock.told), None)
    return _build_alarm(calendar, clock, step) if step else None


def _build_alarm(calendar: WorkingCalendar, clock: Clock, step: EscalationStep) -> Alarm:
    at = calendar.at_percent(clock.runs_from, clock.due_at, step.percent)
    return Alarm(at=at, percent=step.percent, level=step.level)


def _stop_clock(clock: Clock | None, at: datetime) -> Clock | None:
    if clock is None or clock.stopped_at is not None:
        return clock
    return clock.model_copy(update={"stopped_at": at, "alarm": None})
