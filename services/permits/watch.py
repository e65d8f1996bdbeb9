"""What operators see of the permit clocks: what was decided in time, and what is past its due time now."""

from typing import get_args

from services.permits.domain.application import Application
from services.permits.store import Store
from shared.events.permits import Lane
from shared.kernel import now
from shared.telemetry import metrics

LANES = get_args(Lane)
IN_TIME, LATE = "in-time", "late"


def count_from_zero() -> None:
    """So that an alarm on the rise of a count sees the first one too."""
    for lane in LANES:
        for outcome in (IN_TIME, LATE):
            metrics.permits_decided_total.labels(lane, outcome)


def count_decided(application: Application) -> None:
    """Count a decision that was just made, in time or late by the lane's clock."""
    clock, decision = application.clock, application.decision
    if clock is not None and decision is not None:
        outcome = IN_TIME if decision.at <= clock.due_at else LATE
        metrics.permits_decided_total.labels(clock.lane, outcome).inc()


async def observe_clocks(store: Store) -> None:
    """Every lane has its gauge, at 0 when nothing in it is overdue."""
    overdue = await store.count_overdue(now())
    for lane in LANES:
        metrics.permits_overdue.labels(lane).set(overdue.get(lane, 0))
