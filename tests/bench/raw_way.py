"""The floor under the whole way: the same number of writes, messages and mails as a report costs, and no rules.

A process of its own, so that its processor time can be told from that of the mail server beside it. It prints `ready`,
works when it is given a line, prints `done`, and ends with its input.
"""

import asyncio
import sys
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
import uvloop
from aiokafka import AIOKafkaProducer
from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.ids import new_id
from tests.bench.subject import TEXT

TOPIC = "raw"


@dataclass(frozen=True)
class Way:
    """How many reports, and what each of them costs."""

    reports: int
    writes: int
    messages: int
    mails: int
    at_once: int


async def work(way: Way, kafka: str, mongo: str, smtp: int) -> None:
    """Connect, wait to be told, do all of it."""
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongo, w="majority", journal=True)
    producer = AIOKafkaProducer(bootstrap_servers=[kafka], acks="all", enable_idempotence=True, linger_ms=2)
    await producer.start()
    limit = asyncio.Semaphore(way.at_once)

    async def one() -> None:
        async with limit:
            for _ in range(way.writes):
                await client["raw"]["cases"].insert_one({"_id": new_id(), "state": {"text": TEXT}})
            value = TEXT.encode()
            await asyncio.gather(*(producer.send_and_wait(TOPIC, value, key=b"raw") for _ in range(way.messages)))
            for _ in range(way.mails):
                await aiosmtplib.send(_mail(), hostname="127.0.0.1", port=smtp)

    print("ready", flush=True)  # noqa: T201 - spoken to the bench
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(one() for _ in range(way.reports)))
    print("done", flush=True)  # noqa: T201 - spoken to the bench
    await asyncio.to_thread(sys.stdin.read)
    await producer.stop()
    client.close()


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "town@example.org", "malee@example.org", "MH-7K2P-9QXA"
    message.set_content(TEXT)
    return message


if __name__ == "__main__":
    kafka, mongo, smtp, *counts = sys.argv[1:]
    uvloop.run(work(Way(*map(int, counts)), kafka, mongo, int(smtp)))
