"""The figures of the permit clocks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from services.permits import watch
from services.permits.store import Store
from shared.telemetry import metrics
from tests.support.permits import application


class Counted:
    """A store that has counted this."""

    def __init__(self, **overdue: int) -> None:
        self._overdue = overdue

    async def count_overdue(self, _at: datetime) -> Mapping[str, int]:
        return self._overdue


async def shown(**overdue: int) -> dict[str, float]:
    await watch.observe_clocks(cast(Store, Counted(**overdue)))
    (family,) = metrics.permits_overdue.collect()
    return {one.labels["lane"]: one.value for one in family.samples}


def decided(outcome: str) -> float:
    labels = {"lane": "fast", "outcome": outcome}
    return metrics.registry.get_sample_value("onestop_permits_decided_total", labels) or 0.0


async def test_every_lane_has_its_figure_also_when_nothing_is_overdue() -> None:
    assert await shown(fast=2) == {"fast": 2, "normal": 0}
    assert await shown() == {"fast": 0, "normal": 0}


def test_a_decision_counts_as_in_time_until_the_due_time_has_passed() -> None:
    watch.count_from_zero()
    in_time, late = decided("in-time"), decided("late")
    done = application("decided")
    assert done.clock is not None
    assert done.decision is not None
    due = done.clock.due_at
    for at in (due, due + timedelta(seconds=1)):
        watch.count_decided(done.model_copy(update={"decision": done.decision.model_copy(update={"at": at})}))

    assert (decided("in-time") - in_time, decided("late") - late) == (1, 1)
