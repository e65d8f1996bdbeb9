"""Broker or database away under load, refusing and then hanging: nothing is lost, nothing happens twice."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from shared.events.catalogue import SERVICES
from tests.support.kernel import eventually
from tests.support.persistent_clients import REPORT, Load, PersistentClients
from tests.support.reconciliation import Cases, settle
from tests.support.stack import Stack

SOON = 9.0  # seconds to an answer while the database refuses: its driver looks for 3, on a busy machine


@dataclass(frozen=True)
class Outage:
    """How much is asked meanwhile (reports a second), and for how long the part is away."""

    rate: float
    stopped: float
    hanging: float
    catch_up: float


# The short one is longer than any member of a group, lease or request is waited for; the long one also than the longest
# pause between two tries.
SHORT = Outage(rate=2.0, stopped=25.0, hanging=12.0, catch_up=150.0)
LONG = Outage(rate=20.0, stopped=60.0, hanging=15.0, catch_up=280.0)
OUTAGES = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.campaign)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("outage", OUTAGES)
async def test_while_the_broker_is_away_reports_are_taken_in_and_all_arrive_afterwards(
    battered: Stack, clients: PersistentClients, outage: Outage
) -> None:
    async with Load(clients, outage.rate) as load:
        await asyncio.sleep(3)
        await asyncio.to_thread(battered.stop, "kafka")
        async with AsyncExitStack() as ended:
            ended.push_async_callback(asyncio.to_thread, battered.start, "kafka")
            await _outlast(clients, outage.stopped, "consumer", _still_serves)
        await clients.ready(*SERVICES)
        battered.pause("kafka")
        try:
            await asyncio.sleep(outage.hanging)
        finally:
            battered.resume("kafka")
        await asyncio.sleep(3)
    assert [one for one in load.asked if one.refusals or one.status != 201] == []
    await clients.ready(*SERVICES)
    await settle(battered, Cases([one.answer["id"] for one in load.asked]), outage.catch_up)


async def test_what_a_hanging_broker_has_not_confirmed_stays_with_its_case(
    battered: Stack, clients: PersistentClients
) -> None:
    reports, first = clients.mongo["onestop_intake"]["reports"], await clients.report()
    await settle(battered, Cases([first.answer["id"]]))  # the way to each topic is known
    battered.pause("kafka")
    try:
        asked = await clients.report()
        await asyncio.sleep(2)  # longer than it takes to publish, and than the sweep waits
        assert await reports.count_documents({"_id": asked.answer["id"], "outbox.at": {"$exists": True}}) == 1
    finally:
        battered.resume("kafka")
    await clients.ready(*SERVICES)
    await settle(battered, Cases([asked.answer["id"]]))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("outage", OUTAGES)
async def test_while_the_database_is_away_clients_are_told_to_come_back_and_all_arrive_once(
    battered: Stack, clients: PersistentClients, outage: Outage
) -> None:
    async with Load(clients, outage.rate) as load:
        await asyncio.sleep(3)
        await asyncio.to_thread(battered.stop, "mongo")
        async with AsyncExitStack() as ended:
            ended.push_async_callback(asyncio.to_thread, battered.start, "mongo")
            await _outlast(clients, outage.stopped, "database", _told_to_come_back)
        await clients.ready(*SERVICES)
        battered.pause("mongo")
        try:
            await asyncio.sleep(outage.hanging)
        finally:
            battered.resume("mongo")
        await asyncio.sleep(3)
    asked = load.asked
    assert {one.status for one in asked} <= {200, 201}
    assert len({one.answer["id"] for one in asked}) == len(asked)
    assert {refusal for one in asked for refusal in one.refusals} == {"503"}
    await clients.ready(*SERVICES)
    await settle(battered, Cases([one.answer["id"] for one in asked]), outage.catch_up)


async def _outlast(clients: PersistentClients, seconds: float, check: str, look: Any) -> None:
    """The outage; meanwhile every service says that its work does not go on and why, and lives."""
    until = time.monotonic() + seconds
    for service in SERVICES:
        await eventually(lambda service=service: _unready(clients, service, check), seconds / 2)  # type: ignore[misc]
        assert (await clients.probe(service, "/healthz")).status_code == 200
    await look(clients)
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    for service in SERVICES:
        assert await _unready(clients, service, check), f"{service} says that its work goes on"


async def _unready(clients: PersistentClients, service: str, check: str) -> bool:
    answer = await clients.probe(service)
    return answer.status_code == 503 and check in answer.json()["problems"]


async def _still_serves(clients: PersistentClients) -> None:
    """Every service stays where requests are sent to it, and its pages and the way to report answer."""
    for service in SERVICES:
        ready = await clients.probe(service, "/readyz")
        assert ready.status_code == 200, ready.text
    for path in ("/", "/report", "/map"):
        assert (await clients.probe("intake", path)).status_code == 200
    assert (await clients.post_once(f"{clients.url('intake')}/api/v1/reports", REPORT)).status_code == 201


async def _told_to_come_back(clients: PersistentClients) -> None:
    """503 as a problem with the time to wait, and soon."""
    began = time.monotonic()
    answer = await clients.post_once(f"{clients.url('intake')}/api/v1/reports", REPORT)
    took = time.monotonic() - began
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert took < SOON
