"""Messages that do not leave, leave late, or are refused."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel import now
from tests.support.alarms import Watch
from tests.support.kernel import eventually
from tests.support.persistent_clients import PersistentClients
from tests.support.ringing import reports, routed
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]
WAYS = ("sent", "retrying")


async def test_mail_that_does_not_leave_and_then_leaves_late(
    town: Stack, watch: Watch, people: PersistentClients
) -> None:
    notices = people.mongo["onestop_notify"]["notices"]
    await routed(people, await reports(people, 1))
    sent, waits = ({"state.deliveries": {"$elemMatch": {"channel": "email", "state": state}}} for state in WAYS)
    await eventually(lambda: notices.find_one(sent))
    town.stop("mail")
    try:
        await reports(people, 4)
        await eventually(lambda: notices.count_documents(waits), 60)
        await asyncio.sleep(3)
        await grow_older(notices)
        await watch.rings("OnestopDeliveriesStuck", "notify", "page")
    finally:
        town.start("mail")
    await watch.rings("OnestopToldLate", "email", "page", seconds=180)
    await watch.falls_silent("OnestopDeliveriesStuck")


async def grow_older(notices: Any) -> None:
    """An hour passes for what waits, and two for what was sent before."""
    waiting, hour = [{"one.state": "retrying"}], timedelta(hours=1)
    owed = {"state.deliveries.$[one].created_at": now() - hour, "state.happened_at": now() - hour}
    await notices.update_many({"state.deliveries.state": "retrying"}, {"$set": owed}, array_filters=waiting)
    sent = {"state.deliveries.$[one].changed_at": now() - 2 * hour}
    await notices.update_many({}, {"$set": sent}, array_filters=[{"one.state": "sent"}])


async def test_a_provider_that_refuses_us(town: Stack, watch: Watch, people: PersistentClients) -> None:
    town.mailbox.answer = "550 5.7.1 we do not take mail from you"
    try:
        await reports(people, 8)
        await watch.rings("OnestopDeliveriesRefused", "email")
    finally:
        town.mailbox.answer = "250 OK"
    await watch.falls_silent("OnestopDeliveriesRefused")
