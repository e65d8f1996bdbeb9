"""What a process needs at the other end of a wire: the database's client, and whether database and broker answer."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.hosts import split_database_uri
from shared.kernel.errors import say_error
from shared.kernel.failures import is_refusal, is_transient
from shared.kernel.producer import Producer

# Less than a check of `health` may take, and less than the driver's patience, after which it says a page of its own.
ANSWER_SECONDS = 2.5


def connect(uri: str, name: str) -> AsyncIOMotorClient[dict[str, Any]]:
    """The driver's client of one service: writes wait for the majority and its journal, and reads see nothing less."""
    return AsyncIOMotorClient(
        uri,
        tz_aware=True,
        appname=f"onestop-{name}",
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        socketTimeoutMS=20_000,
        w="majority",
        journal=True,
        # Majority reads: a write only a failed primary held must not count as seen or published.
        readConcernLevel="majority",
    )


async def database_away(client: AsyncIOMotorClient[dict[str, Any]], uri: str) -> str | None:
    """Why nothing is loaded or saved; None while it answers."""
    return await away("MongoDB", split_database_uri(uri).hosts, client.admin.command("ping"))


async def broker_away(producer: Producer, servers: str) -> str | None:
    """Why nothing is published or heard; None while it answers."""
    return await away("Kafka", servers, producer.reachable())


async def away(what: str, where: str, question: Awaitable[object]) -> str | None:
    """What an operator is to do when there is no answer; None when there is one."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await question
    except Exception as error:
        if not is_transient(error):
            raise
        if is_refusal(error):
            why = say_error(error).partition(", full error")[0]
            return f"{what} at {where} refuses us ({why}); mend its users or our password, all else goes on by itself"
        return f"{what} at {where} gives no answer ({type(error).__name__}); mend it, all else goes on by itself"
    return None
