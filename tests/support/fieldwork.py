"""Drives a running dispatch from outside: reports in over Kafka, staff over HTTP, work-order events out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from typing import Any, Self, TypeVar

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.dispatch.domain.work_order import order_id
from shared.events.base import Event
from shared.events.envelope import Envelope, decode, encode, to_headers
from shared.events.ids import new_id
from shared.events.topics import internal
from shared.kernel import now
from tests.support.stack import Stack

T = TypeVar("T")
HTML = {"Accept": "text/html"}
PATIENCE = 20.0  # s, for what takes a fraction of one on a quiet machine


@cache
def _token(stack: Stack, sub: str) -> str:
    return stack.token(sub)


class Fieldwork:
    """One test's hands; several may work on the same service at once, each on reports of its own."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.AsyncClient(base_url=stack.url("dispatch"), timeout=PATIENCE)
        self._producer = AIOKafkaProducer(**stack.kafka_options, acks="all")

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()
        await self.http.aclose()

    async def report(
        self,
        event: Event,
        report_id: str | None = None,
        *,
        sequence: int = 1,
        copies: int = 1,
        at: datetime | None = None,
    ) -> str:
        """Send an event of a report as intake does, perhaps several times; returns the report's id."""
        report_id = report_id or new_id()
        envelope = Envelope(
            id=new_id(), source="/maehia/intake", type=event.type, subject=report_id, time=at or now(),
            sequence=sequence, causation_id=new_id(), correlation_id=report_id, traceparent=None, team=None,
            category=getattr(event, "category", None), zone=getattr(event, "zone", None),
        )  # fmt: skip
        for _ in range(copies):
            await self._producer.send_and_wait(
                internal("reports"), encode(event.data()), key=report_id.encode(), headers=to_headers(envelope)
            )
        return report_id

    async def get(self, path: str, who: str = "supervisor", **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self.headers(who))

    async def act(
        self, order: str, action: str, who: str = "crew-water", key: str | None = None, **body: Any
    ) -> httpx.Response:
        headers = self.headers(who) | ({"Idempotency-Key": key} if key else {})
        return await self.http.post(f"/api/v1/work-orders/{order}/{action}", json=body or None, headers=headers)

    async def press(self, path: str, who: str, **form: str) -> httpx.Response:
        """A button of a page: its form, sent."""
        return await self.http.post(path, data=form, headers=self.headers(who) | HTML)

    async def see(self, path: str, who: str) -> str:
        """A page, which asks nothing of the browser that its policy forbids."""
        answer = await self.http.get(path, headers=self.headers(who) | HTML)
        assert answer.status_code == 200
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
        return answer.text

    def headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {_token(self.stack, who)}"}

    async def order_of(
        self, report_id: str, times_reopened: int = 0, until: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        """The work on a report, once it is there and as awaited."""

        async def look() -> dict[str, Any] | None:
            answer = await self.get(f"/api/v1/work-orders/{order_id(report_id, times_reopened)}")
            found: dict[str, Any] | None = answer.json() if answer.status_code == 200 else None
            return found if found is not None and until(found) else None

        return await eventually(look)

    async def events_of(self, order: str, last: str) -> list[tuple[Envelope, Event]]:
        """Everything said about a work order, up to the first event of type `onestop.work-order.<last>.v1`."""
        consumer = AIOKafkaConsumer(internal("work-orders"), **self.stack.kafka_options, auto_offset_reset="earliest")
        await consumer.start()
        try:
            return await asyncio.wait_for(_read(consumer, order, f"onestop.work-order.{last}.v1"), PATIENCE)
        finally:
            await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, order: str, last: str) -> list[tuple[Envelope, Event]]:
    found: list[tuple[Envelope, Event]] = []
    async for record in consumer:
        if record.key == order.encode():
            found.append(decode(record.headers, record.value))
            if found[-1][0].type == last:
                break
    return found


async def eventually(look: Callable[[], Awaitable[T | None]], patience: float = PATIENCE) -> T:
    """What `look` finds, as soon as it finds anything; TimeoutError when it does not."""
    async with asyncio.timeout(patience):
        while True:
            found = await look()
            if found is not None:
                return found
            await asyncio.sleep(0.1)
