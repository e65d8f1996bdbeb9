"""Roles in processes of their own: what one saves another goes on with at once, and none needs Kafka to serve."""

import asyncio
from collections.abc import Set
from datetime import timedelta
from functools import partial

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from shared.events.ids import new_id
from shared.kernel import Cause, Moment, Step, now, publishing, timers
from shared.kernel.service import Service
from shared.settings import ALL_ROLES, Role
from shared.web.ops import ops_routes
from tests.support.kernel import Order, Pair, Report, commented, eventually, serving

HOUR = 3600.0


@pytest.fixture
def no_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps an hour apart: what is done in time, somebody was woken for."""
    monkeypatch.setattr(publishing, "SWEEP_SECONDS", HOUR)
    monkeypatch.setattr(timers, "SWEEP_SECONDS", HOUR)


@pytest.mark.usefixtures("no_sweeps")
async def test_a_process_that_only_relays_publishes_what_another_saves(pair: Pair) -> None:
    (relay, _), (api, reports) = pair.make_writer("relay"), pair.make_writer("api")
    async with relay.lifespan(), api.lifespan():
        await _followed(relay)
        for _ in range(3):
            await reports.step(new_id(), _first_word, Cause.request())
            await eventually(partial(_all_published, pair), 5)


@pytest.mark.usefixtures("no_sweeps")
async def test_a_process_that_only_runs_timers_wakes_what_another_saves(pair: Pair) -> None:
    clock, woken = pair.make_writer("timers")[0], asyncio.Queue[str]()
    api = pair.make_writer("api")[0]
    saved = api.cases("alarms", Order, moments=_rings, kinds=("ring",))
    alarms = clock.cases("alarms", Order, moments=_rings, kinds=("ring",))

    async def on_due(case_id: str, _moment: Moment, cause: Cause) -> None:
        await alarms.step(case_id, lambda _, __: Step(Order(taken=[1])), cause)
        await woken.put(case_id)

    clock.on_due(alarms, on_due)
    async with clock.lifespan(), api.lifespan():
        await _followed(clock)
        for _ in range(3):
            case_id = new_id()
            await saved.step(case_id, lambda _, __: Step(Order()), Cause.request())
            assert await asyncio.wait_for(woken.get(), 5) == case_id


def _named(roles: Set[Role]) -> str:
    """Sorted: every worker must give a test the same name."""
    return "+".join(sorted(roles))


@pytest.mark.parametrize("beside", [ALL_ROLES, set(), {"worker"}, {"relay"}, {"timers"}], ids=_named)
async def test_without_kafka_every_process_serves_and_saves(pair: Pair, beside: set[Role]) -> None:
    roles = frozenset[Role]({"api", *beside})
    nowhere = {"kafka_bootstrap_servers": "127.0.0.1:1", "roles": roles}
    service = Service("dispatch", pair.settings.model_copy(update=nowhere), "maehia")
    orders = service.cases("orders", Report)
    app = FastAPI()
    app.include_router(ops_routes(service.health))
    if "worker" in roles:
        service.on("internal.reports.v1")(_nobody)
    async with service.lifespan(), AsyncClient(transport=ASGITransport(app), base_url="http://ops") as http:
        case = await orders.step(new_id(), _first_word, Cause.request())
        assert case.created
        await serving(http)
        assert (await http.get("/readyz")).json() == {"status": "ready", "problems": {}}
        if "worker" in roles:
            await eventually(partial(_hindered, http, "consumer"), 20)
            assert (await http.get("/readyz")).status_code == 200


async def _hindered(http: AsyncClient, *checks: str) -> bool:
    answer = await http.get("/workz")
    return (answer.status_code, [*answer.json()["problems"]]) == (503, [*checks])


async def _nobody(*_: object) -> None:
    return None


async def _followed(service: Service) -> None:
    """Once the changes of others arrive."""
    await asyncio.sleep(1.5)
    assert "changes" not in await service.health.work_problems()


async def _all_published(pair: Pair) -> bool:
    return await pair.reports.collection.count_documents({"outbox.at": {"$exists": True}}) == 0


def _rings(order: Order) -> list[Moment]:
    return [] if order.taken else [Moment("ring", now() - timedelta(seconds=1))]


def _first_word(state: Report | None, _cause: Cause) -> Step[Report]:
    return commented(state, "ท่อแตก")
