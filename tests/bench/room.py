"""Room: what a whole report and a whole permit leave in the database and on the broker once all has happened to them.

Bytes do not depend on how busy the machine is: of all figures these are the ones to plan disks by.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.catalogue import SERVICES
from tests.bench.measure import Row, Section
from tests.bench.whole_way import report_body
from tests.support.persistent_clients import PersistentClients
from tests.support.stack import Stack

REPORTS, PERMITS = 150, 10
AT_ONCE = 8
QUIET_SECONDS = 3.0
SETTLED = ("documents", "files", "broker, internal", "broker, public")
FILES = ("documents", "letters")  # as large as what applicants hand in; stated apart
Room = Mapping[str, float]


async def measure(stack: Stack) -> Section:
    """Reports from the form to the crew's last note, permits from the form to the letter."""
    await asyncio.to_thread(stack.up)
    async with PersistentClients(stack) as clients:
        await _many(20, partial(_report, clients))  # the first ones pay for what is made once
        reports = await _each(stack, REPORTS, partial(_report, clients))
        permits = await _each(stack, PERMITS, partial(_permit, clients))
    return Section(
        "Room",
        f"Bytes left by each of {REPORTS} reports with a reporter's address (acknowledged, started and completed by a "
        f"crew) and of {PERMITS} permits (from the form to the letter): in the four databases (documents as they are, "
        "and compressed on disk), in the database's journal (the oplog), and in the broker's logs, all of it once. "
        "Replicas multiply it. Photos, an applicant's documents and letters come on top, each as large as it is.",
        [*_rows("report", reports), *_rows("permit", permits)],
    )


async def _report(clients: PersistentClients, number: int) -> None:
    body: dict[str, Any] = {**report_body(number), "category": "missed-collection"}  # done with a note, no photo
    asked = await clients.report(**body)
    await clients.work(asked.answer["id"], "acknowledge", "start", "complete")


async def _permit(clients: PersistentClients, number: int) -> None:
    await clients.permit(f"room-{number:05d}")


async def _each(stack: Stack, count: int, one: Callable[[int], Awaitable[None]]) -> Room:
    """What one of so many left."""
    before = await _settled(stack)
    await _many(count, one)
    after = await _settled(stack)
    return {name: (after[name] - before.get(name, 0)) / count for name in after}


async def _many(count: int, one: Callable[[int], Awaitable[None]]) -> None:
    limit = asyncio.Semaphore(AT_ONCE)

    async def within(number: int) -> None:
        async with limit:
            await one(number)

    await asyncio.gather(*(within(number) for number in range(count)))


async def _settled(stack: Stack) -> Room:
    """Once nothing more is said or stored; the parts themselves write on into their journals."""
    last: Room = {}
    while True:
        found = await _room(stack)
        if all(found.get(name) == last.get(name) for name in SETTLED):
            return found
        last = found
        await asyncio.sleep(QUIET_SECONDS)


async def _room(stack: Stack) -> Room:
    found: Counter[str] = Counter()
    client: AsyncIOMotorClient[dict[str, object]] = stack.data()
    try:
        await client.admin.command("fsync")
        for service in SERVICES:
            database = client[f"onestop_{service}"]
            for name in await database.list_collection_names():
                stats = await database.command("collStats", name)
                kind = "files" if name.startswith(FILES) else "documents"
                found[kind] += stats["size"]
                found[f"{kind} on disk"] += stats["storageSize"]
                found["indexes"] += stats["totalIndexSize"]
        found["oplog"] = (await client["local"].command("collStats", "oplog.rs"))["size"]
    finally:
        client.close()
    for file in (stack.home / "data" / "kafka").rglob("*.log"):
        found[_visibility(file)] += file.stat().st_size
    return found


def _visibility(log: Path) -> str:
    """`…/internal.reports.v1-7/000….log`"""
    first = log.parent.name.partition(".")[0]
    return f"broker, {first}" if first in {"internal", "public", "private"} else "broker, its own"


def _rows(what: str, room: Room) -> list[Row]:
    named = (
        "documents",
        "documents on disk",
        "indexes",
        "oplog",
        "broker, internal",
        "broker, public",
        "broker, private",
    )
    return [Row(f"{what}: {name}", f"B/{what}", room.get(name, 0.0)) for name in named]
