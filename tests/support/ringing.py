"""What the campaign that rings the alarms does to a running town, again and again."""

import asyncio
from datetime import timedelta
from typing import Any

from shared.events.topics import internal
from tests.support.kernel import eventually
from tests.support.persistent_clients import PersistentClients
from tests.support.reconciliation import caught_up, letters_of
from tests.support.stack import Stack

LONG_AGO = timedelta(days=30)
UNREADABLE: dict[str, Any] = {"topic": internal("reports"), "key": b"nobody", "value": b"\xff", "headers": []}


async def reports(people: PersistentClients, count: int) -> list[str]:
    """So many are handed in; their ids."""
    asked = await asyncio.gather(*(people.report() for _ in range(count)))
    return [one.answer["id"] for one in asked]


async def routed(people: PersistentClients, ids: list[str]) -> None:
    """Return when each has its work order."""
    orders = people.mongo["onestop_dispatch"]["work_orders"]

    async def all_there() -> bool:
        return await orders.count_documents({"state.report.id": {"$in": ids}}) == len(ids)

    await eventually(all_there, 60)


async def discard_letters(town: Stack, *groups: str) -> None:
    """What an operator does with records that are nobody's, once all of them are parked."""
    await caught_up(town)
    for group in groups:
        letters = letters_of(town, group)
        await letters.discard([one for one in await letters.all() if one.state == "open"], "rung on purpose")


async def restarted(town: Stack, part: str) -> None:
    """With what it was configured to have."""
    await asyncio.to_thread(town.restart, part)
