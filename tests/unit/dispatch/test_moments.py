"""What dispatch does by the clock under a profile that has changed since: no moment stays where it was."""

from collections.abc import Callable

import pytest

from services.dispatch.domain import agency_work, crew_work, pausing, referring
from services.dispatch.domain.work_order import WorkOrder
from shared.town import Town
from shared.town.work import Target
from tests.support.dispatch_in_memory import CASE, restarted
from tests.support.moments import Timers, saved
from tests.support.work import MONDAY, OFFICER, SOMCHAI, by, order, town


@pytest.fixture
def service() -> Timers:
    return Timers()


def with_promises(change: Callable[[int], int]) -> Town:
    """Mae Hia, with every promise changed."""
    levels = {
        code: level.model_copy(
            update={
                "targets": {
                    priority: Target(
                        **{name: minutes and change(minutes) for name, minutes in target.model_dump().items()}
                    )
                    for priority, target in level.targets.items()
                }
            }
        )
        for code, level in town().service_levels.items()
    }
    return town().model_copy(update={"service_levels": levels})


PROFILES = {
    "the same": town(),
    "longer": with_promises(lambda minutes: minutes * 3),
    "shorter": with_promises(lambda minutes: minutes // 2),
    "service levels gone": town().model_copy(update={"service_levels": {}}),
    "ladder gone": town().model_copy(update={"escalation": ()}),
    "categories gone": town().model_copy(update={"categories": {}}),
}


def taken() -> WorkOrder:
    return crew_work.acknowledge(town(), order(), by(SOMCHAI, MONDAY)).state


def referred() -> WorkOrder:
    return referring.refer(town(), taken(), by(OFFICER, MONDAY), agency="pwa").state


ORDERS = {
    "fresh": order(),
    "taken": taken(),
    "paused": pausing.pause(town(), taken(), by(SOMCHAI, MONDAY), reason="part", note="x").state,
    "referred": referred(),
    "answered": agency_work.answer(town(), referred(), by(OFFICER, MONDAY), expected_on=MONDAY.date()).state,
    "asked": agency_work.ask(town(), referred(), by(OFFICER, MONDAY), note="x").state,
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("state", ORDERS)
async def test_no_moment_of_work_stays_where_it_was(service: Timers, state: str, profile: str) -> None:
    before = restarted(service, town())
    await saved(before.store.orders, CASE, ORDERS[state])
    tables = dict(service.tables)
    desk = restarted(service, PROFILES[profile])
    service.tables["work_orders"].rows.update(tables["work_orders"].rows)
    service.tables["work_orders"].waits.update(tables["work_orders"].waits)

    for _ in range(20):
        if not service.waits(desk.store.orders, CASE):
            return
        assert await service.play(desk.store.orders, CASE) == []
