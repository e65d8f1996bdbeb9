"""Clocks of a report whose category is corrected: no moment comes twice, and what was told stays told."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from services.dispatch.commands import Desk
from services.dispatch.domain import clocks, from_report
from services.dispatch.domain.work_order import WorkOrder
from services.dispatch.routing_facts import facts_of_order
from shared.events.reports import ReportAmended
from shared.kernel import Cause, Moment, Step
from tests.support.dispatch_in_memory import CASE, restarted
from tests.support.moments import Timers, saved
from tests.support.work import MONDAY, order, town

DAY = timedelta(days=1)


async def slept(desk: Desk, service: Timers, since: datetime, until: datetime, done: set[Moment]) -> None:
    """Every moment that comes between these times, as the kernel works them: each takes effect once."""
    while due := [one for one in service.waits(desk.store.orders, CASE) if one.at <= until]:
        moment = min(due, key=lambda one: one.at)
        assert moment not in done, f"{moment.name} comes a second time and has no effect"
        done.add(moment)
        cause = Cause(Cause.timer(CASE, moment).id, "", max(since, moment.at))
        await service.handlers["work_orders"](CASE, moment, cause)


async def corrected(desk: Desk, to: str, at: datetime, sequence: int) -> None:
    def decide(work: WorkOrder | None, _: Cause) -> Step[WorkOrder]:
        assert work is not None
        said = ReportAmended(reference=work.reference, category=to, previous_category=work.category)
        facts = facts_of_order(desk.town, from_report.correct(work, said))
        return from_report.amend(desk.town, work, said, facts, sequence, at)

    await desk.store.orders.step(CASE, decide, Cause.request(at=at))


def promises() -> dict[str, str]:
    """One category for each promise to each team."""
    found: dict[object, str] = {}
    for code in town().categories:
        work = order(code)
        found.setdefault((work.team, work.clocks.service_level, work.priority), code)
    return {code: str(key) for key, code in found.items()}


@pytest.mark.parametrize("days", [3, 28, *(pytest.param(days, marks=pytest.mark.campaign) for days in (1, 5, 10))])
async def test_a_corrected_category_never_asks_for_a_moment_that_had_its_effect(days: int) -> None:
    for first, second in permutations(promises(), 2):
        service, done = Timers(), set[Moment]()
        desk = restarted(service, town())
        await saved(desk.store.orders, CASE, order(first, text="x"))
        once, again = MONDAY + days * DAY, MONDAY + (days + 1) * DAY
        await slept(desk, service, MONDAY, once, done)
        await corrected(desk, second, once, 5)
        await slept(desk, service, once, again, done)
        await corrected(desk, first, again, 6)
        await slept(desk, service, again, MONDAY + 60 * DAY, done)


def test_what_was_told_of_a_promise_stays_told_when_it_lapses_for_a_while() -> None:
    promised = order().clocks
    level, priority = promised.service_level, promised.priority
    rung, told = clocks.ring(town(), promised, "resolve", MONDAY + 30 * DAY)
    assert told
    seen = MONDAY + DAY
    lapsed = clocks.recompute(town(), rung, clocks.start(town(), "gone", priority, "2", MONDAY))
    again = clocks.recompute(
        town(), clocks.acknowledge(lapsed, seen), clocks.start(town(), level, priority, "3", MONDAY)
    )

    assert clocks.ring(town(), again, "resolve", MONDAY + 30 * DAY)[1] == []
    assert again.acknowledge is not None
    assert (again.acknowledge.stopped_at, again.acknowledge.alarm) == (seen, None)


def test_a_team_that_was_given_the_work_while_nothing_was_promised_has_its_time_once_something_is() -> None:
    promised = order().clocks
    level, priority = promised.service_level, promised.priority
    seen = clocks.acknowledge(promised, MONDAY)
    lapsed = clocks.recompute(town(), seen, clocks.start(town(), "gone", priority, "2", MONDAY))
    given = clocks.hand_over(town(), lapsed, MONDAY + DAY)
    again = clocks.recompute(town(), given, clocks.start(town(), level, priority, "3", MONDAY))

    assert again.acknowledge is not None
    assert (again.acknowledge.started_at, again.acknowledge.stopped_at) == (MONDAY + DAY, None)
    assert again.acknowledge.alarm is not None
    assert again.acknowledge.alarm.at > MONDAY + DAY
