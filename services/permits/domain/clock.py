"""The permit clock: it starts when the documents are complete, stands still while the applicant answers."""

from datetime import datetime, timedelta
from typing import Annotated

from services.permits.domain.permit_type import Duration, Lane
from shared.events.permits import Lane as LaneCode
from shared.kernel import Lenient, StoredModel
from shared.town.models import Town


class Reminder(StoredModel):
    """The next moment at which somebody above is told, should nothing be decided by then."""

    at: datetime
    percent: int
    level: str


class Clock(StoredModel):
    """Working time promised (`allowed_s`) and used (`used_s`) up to `since`, the last start or resumption."""

    lane: Annotated[LaneCode, Lenient]
    started_at: datetime
    since: datetime
    due_at: datetime
    allowed_s: float
    used_s: float = 0
    paused_at: datetime | None = None
    reminded_percent: int = 0  # of the highest step at which somebody was told
    next: Reminder | None = None


def start(lane: Lane, town: Town, at: datetime) -> Clock:
    """Accepted now: due by the lane's duration on the town's calendar."""
    due = lane.duration.compute_due(town.calendar, at)
    allowed = town.calendar.between(at, due).total_seconds()
    return _with_next(Clock(lane=lane.code, started_at=at, since=at, due_at=due, allowed_s=allowed), town)


def pause(clock: Clock, town: Town, at: datetime) -> Clock:
    """Stands still; what was used so far is kept. One that stands still goes on doing so."""
    if clock.paused_at is not None:
        return clock
    used = clock.used_s + town.calendar.between(clock.since, at).total_seconds()
    return clock.model_copy(update={"paused_at": at, "used_s": used, "next": None})


def resume(clock: Clock, town: Town, at: datetime) -> Clock:
    """Runs on: the due time moves by the working time that was waited."""
    if clock.paused_at is None:
        return clock
    due = town.calendar.after_pause(clock.due_at, clock.paused_at, at)
    return _with_next(clock.model_copy(update={"paused_at": None, "since": at, "due_at": due}), town)


def stop(clock: Clock) -> Clock:
    """Decided or withdrawn: nobody is reminded any more."""
    return clock.model_copy(update={"next": None})


def after_reminder(clock: Clock, town: Town) -> Clock:
    """The current reminder is sent; set the next."""
    percent = clock.next.percent if clock.next else clock.reminded_percent
    return _with_next(clock.model_copy(update={"reminded_percent": percent}), town)


def _with_next(clock: Clock, town: Town) -> Clock:
    allowed, used = timedelta(seconds=clock.allowed_s), timedelta(seconds=clock.used_s)
    return clock.model_copy(update={"next": _find_next(town, clock.since, allowed, used, clock.reminded_percent)})


def _find_next(town: Town, since: datetime, allowed: timedelta, used: timedelta, reminded: int) -> Reminder | None:
    steps = sorted(town.permit_escalation, key=lambda step: step.percent)
    step = next((step for step in steps if step.percent > reminded), None)
    if step is None:
        return None
    left = max(allowed * step.percent / 100 - used, timedelta(0))
    return Reminder(at=town.calendar.add(since, left), percent=step.percent, level=step.level)


class CheckClock(StoredModel):
    """The time that the office promised to look at the documents in; it runs while the application waits for that."""

    since: datetime
    due_at: datetime
    reminded_percent: int = 0
    next: Reminder | None = None


def start_check(promise: Duration | None, town: Town, at: datetime) -> CheckClock | None:
    """Handed in now; None where the profile promises nothing."""
    if promise is None:
        return None
    return _check_with_next(CheckClock(since=at, due_at=promise.compute_due(town.calendar, at)), town)


def after_check_reminder(clock: CheckClock, town: Town) -> CheckClock:
    """The current reminder is sent; set the next."""
    percent = clock.next.percent if clock.next else clock.reminded_percent
    return _check_with_next(clock.model_copy(update={"reminded_percent": percent}), town)


def _check_with_next(clock: CheckClock, town: Town) -> CheckClock:
    allowed = town.calendar.between(clock.since, clock.due_at)
    following = _find_next(town, clock.since, allowed, timedelta(0), clock.reminded_percent)
    return clock.model_copy(update={"next": following})
