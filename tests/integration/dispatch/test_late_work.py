"""What the lists and the dashboard count as late is what a work order itself calls late."""

from datetime import timedelta

from services.dispatch.domain import crew_work
from services.dispatch.domain.work_order import OPEN, WorkOrder
from services.dispatch.store import Filter, Store
from shared.events import new_id
from shared.kernel import Cause, Step, now
from tests.support.work import SOMCHAI, order, town

DAY = timedelta(days=1)
AT = now()
LATER = AT + 30 * DAY  # long after everything was due


def paused(work: WorkOrder, after: timedelta) -> WorkOrder:
    on_site = crew_work.set_out(town(), work, SOMCHAI, AT, "on_site").state
    return crew_work.pause(town(), on_site, SOMCHAI, AT + after, "part", AT + 60 * DAY).state


async def test_what_waits_is_late_only_if_it_was_late_before(store: Store) -> None:
    work = order(submitted_at=AT)
    orders = [work, paused(work, timedelta(hours=1)), paused(work, 20 * DAY), order("welfare", submitted_at=LATER)]
    for each in orders:
        await store.orders.step(new_id(), lambda _, c, made=each: Step(made), Cause.request())  # type: ignore[misc]
    late = Filter(states=OPEN, late_at=LATER)
    figures = await store.figures(LATER, AT)

    assert [each.is_late(LATER) for each in orders] == [True, False, True, False]
    assert sorted(case.state.state for case in await store.page(late, None, 10)) == ["assigned", "paused"]
    assert await store.count(late) == 2
    assert sum(row["late"] for row in figures.by_team) == sum(row["late"] for row in figures.by_level) == 2
