"""What every service needs, away: the database, and the broker."""

import asyncio

import httpx
import pytest

from tests.support.alarms import Watch
from tests.support.persistent_clients import REPORT, PersistentClients
from tests.support.ringing import reports, routed
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


async def test_a_database_that_is_away(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await reports(people, 3)
    await asyncio.to_thread(town.stop, "mongo")
    going = asyncio.create_task(knocking(town))
    try:
        await watch.rings("OnestopDatabaseAway", "intake", "page")
        await watch.rings("OnestopNotAccepted", "intake", "page")
        await watch.rings("OnestopNotAnswered", "intake", "page")
    finally:
        going.cancel()
        await asyncio.to_thread(town.start, "mongo")
    await people.ready("intake", "dispatch", "permits", "notify")
    await watch.falls_silent("OnestopDatabaseAway")


async def knocking(town: Stack) -> None:
    """Residents send and look, and are told to come back."""
    async with httpx.AsyncClient(base_url=town.url("intake"), timeout=20) as http:
        while True:
            asks = [http.post("/api/v1/reports", json=REPORT), http.get("/api/v1/reports")]
            await asyncio.gather(*asks, return_exceptions=True)


async def test_a_broker_that_is_away(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await asyncio.to_thread(town.stop, "kafka")
    try:
        waiting = await reports(people, 1)
        await watch.rings("OnestopEventsUnpublished", "intake", "page")
        await watch.rings("OnestopWorkHindered", "consumer", "dispatch")
    finally:
        await asyncio.to_thread(town.start, "kafka")
    await people.ready("intake", "dispatch", "permits", "notify")
    await routed(people, waiting)
    await watch.falls_silent("OnestopEventsUnpublished", "OnestopWorkHindered")
