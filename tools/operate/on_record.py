"""What an operator did that is no step of any case, on record in the trail of each service."""

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from shared.kernel.clock import now
from shared.kernel.mongo_trail import MongoTrail
from shared.kernel.trail import Change, Line
from shared.people import Person
from shared.settings import ServiceSettings

PLACE = "operators"  # before the id of such a line, where lines of cases have their collection


async def put_on_record(
    client: AsyncIOMotorClient[Any], settings: ServiceSettings, act: str, who: Person, changes: Sequence[Change]
) -> str:
    """Before it is done. Gives the key of the line."""
    line = Line(new_id(), now(), None, "", "", act, who, changes)
    for service in SERVICES:
        await MongoTrail(client[f"{settings.mongodb_prefix}_{service}"], settings.trail_days).add(PLACE, line)
    return f"{PLACE}//{line.id}"
