"""`onestop status`: whether each service's work goes on: what waits to be published, to be read, to be done, or for
an operator. Asks MongoDB and Kafka alone, so it answers wherever those can be reached."""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pydantic import BaseModel

from shared.events.catalogue import SERVICES
from shared.kernel.clock import now
from shared.kernel.connections import connect
from shared.kernel.dlq import DeadLetters
from shared.kernel.mongo import MongoStore
from shared.kernel.mongo_indexes import case_collections
from shared.kernel.mongo_moments import MongoMoments
from shared.kernel.publishing import UNPUBLISHED_SECONDS
from shared.settings import ServiceSettings
from tools.operate.asking import add_json, as_json
from tools.operate.unread import Unread, unread

# A retry may pause for minutes, and a rebalance takes half a minute: what waits for longer is not on its way.
LONGEST = {"published": timedelta(seconds=UNPUBLISHED_SECONDS), "read": timedelta(minutes=2)}


@dataclass(frozen=True)
class Cases:
    """Of one collection; `unpublished` and `due`: how many cases have an event, or a moment that has come, waiting."""

    collection: str
    unpublished: int
    unpublished_since: datetime | None
    due: int
    parked: int
    failing_since: datetime | None


@dataclass(frozen=True)
class Standing:
    """Of one service."""

    service: str
    cases: Sequence[Cases]
    unread: Unread
    open_dead_letters: int
    troubles: Sequence[str]


def main(arguments: Sequence[str]) -> int:
    """1: somewhere the work does not go on, or waits for an operator."""
    parser = argparse.ArgumentParser(prog="onestop status", description=__doc__)
    add_json(parser)
    asked = parser.parse_args(arguments)
    found = asyncio.run(look(ServiceSettings()))
    print(as_json(found) if asked.json else "\n".join(map(_say_standing, found)))
    return int(any(one.troubles for one in found))


async def look(settings: ServiceSettings) -> list[Standing]:
    """How every service stands."""
    client = connect(settings.mongodb_uri, "operator")
    try:
        of_services = asyncio.gather(*(_of_service(client, settings, service) for service in SERVICES))
        behind, found = await asyncio.gather(unread(settings.brokers, settings.topic_prefix), of_services)
        return [
            judge_standing(service, cases, behind[service], dead_letters, now())
            for service, (cases, dead_letters) in zip(SERVICES, found, strict=True)
        ]
    finally:
        client.close()


async def _of_service(
    client: AsyncIOMotorClient[dict[str, Any]], settings: ServiceSettings, service: str
) -> tuple[Sequence[Cases], int]:
    """Its collections, and how many of its dead letters are open."""
    database = client[f"{settings.mongodb_prefix}_{service}"]
    cases = [await _cases(database[name]) for name in await case_collections(database)]
    dead_letters = await DeadLetters(settings.brokers, service, settings.topic_prefix).all()
    return cases, sum(dead.state == "open" for dead in dead_letters)


def judge_standing(service: str, cases: Sequence[Cases], behind: Unread, dead_letters: int, at: datetime) -> Standing:
    """With what is wrong of it, in sentences."""
    return Standing(service, cases, behind, dead_letters, list(_troubles(service, cases, behind, dead_letters, at)))


async def _cases(collection: AsyncIOMotorCollection[dict[str, Any]]) -> Cases:
    moments, outboxes = MongoMoments(collection), MongoStore(collection, BaseModel)
    return Cases(
        collection.name,
        await collection.count_documents({"outbox.at": {"$exists": True}}, hint="outbox"),
        await outboxes.oldest_unpublished(),
        await moments.count_due(now()),
        await moments.count_parked(),
        await moments.oldest_failing(),
    )


def _troubles(service: str, cases: Sequence[Cases], behind: Unread, dead_letters: int, at: datetime) -> Iterator[str]:
    for one in cases:
        if one.unpublished_since and at - one.unpublished_since > LONGEST["published"]:
            yield f"an event of {one.collection} waits since {_time(one.unpublished_since)} to be published"
        if one.parked:
            yield f"{one.parked} of {one.collection} have a moment that was given up: see its dead letters"
        if one.failing_since and at - one.failing_since > LONGEST["read"]:
            yield f"a moment of {one.collection} fails again and again since {_time(one.failing_since)}"
    if behind.oldest and at - behind.oldest > LONGEST["read"]:
        yield f"{behind.records} records are not read, the oldest of {_time(behind.oldest)}"
    if dead_letters:
        yield f"{dead_letters} open dead letters: onestop dlq list --group {service}"


def _say_standing(one: Standing) -> str:
    unpublished, due = (sum(getattr(each, name) for each in one.cases) for name in ("unpublished", "due"))
    head = f"{one.service:9} {unpublished} to be published, {one.unread.records} to be read, {due} due, "
    lines = [f"{head}{one.open_dead_letters} dead letters" + ("" if one.troubles else ": well")]
    return "\n".join([*lines, *(f"  {trouble}" for trouble in one.troubles)])


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
